"""数据质量 and 数据导入 in a real browser: two screens, many files at once, two people at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from tests.browser.desk import OVERFLOW, SCREENS, Visit, served
from tests.browser.phone import SHOTS, needs_chromium
from tests.city_folder import imported_city
from tests.survey.small_study import answer, make_study, write_csv

NAMES = [f"{width}x{height}" for width, height in SCREENS]
WIDE_SLOW = [pytest.param(SCREENS[0], marks=pytest.mark.slow), SCREENS[1]]
pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A city with a few excluded responses."""
    root = imported_city(tmp_path_factory.mktemp("browser") / "city", districts=3, texts=False)
    ids = ResponseStore(root / "store").read(["response_id"], waves=["W2"])["response_id"][:5].to_pylist()
    Decisions(root / FILE).exclude(ids, wave="W2", who="张三", why="复访核实")
    with served(root) as address:
        yield address


@pytest.mark.parametrize("screen", WIDE_SLOW, ids=NAMES)
def test_quality(browser: Browser, city: str, screen: tuple[int, int]) -> None:
    visit = Visit(browser, screen)
    visit.go(f"{city}/quality?without=true", 0)
    visit.page.get_by_text("这个数怎么来的").wait_for(timeout=60_000)
    text = visit.page.inner_text("[data-testid=stMain]")
    for part in ("剔除与恢复", "已剔除 5 份", "逐份检查", "哪些人更常被标记", "区县的灯", "模拟数据"):
        assert part in text
    assert not visit.page.evaluate(OVERFLOW)
    visit.clean(city)
    SHOTS.mkdir(exist_ok=True)
    visit.whole(SHOTS / f"quality_{screen[0]}x{screen[1]}_whole.png")
    visit.page.close()


def opened(browser: Browser, address: str, screen: tuple[int, int]) -> Visit:
    visit = Visit(browser, screen)
    visit.page.goto(f"{address}/imports")
    visit.page.wait_for_selector("[data-testid=stFileUploaderDropzone]", timeout=60_000)
    visit.settle()
    return visit


def files(folder: Path, count: int, first: int) -> list[str]:
    """Write a number of files of three responses each."""
    folder.mkdir()
    every = (range(first + 3 * at, first + 3 * at + 3) for at in range(count))
    return [
        str(write_csv(folder / f"答卷{at + 1}.csv", [answer(number) for number in ids])) for at, ids in enumerate(every)
    ]


def previewed(visit: Visit, names: list[str]) -> str:
    """Choose files and wait for the preview."""
    visit.page.set_input_files("[data-testid=stFileUploaderDropzoneInput]", names)
    visit.page.wait_for_selector("text=② 预览", timeout=60_000)
    visit.settle()
    return str(visit.page.inner_text("[data-testid=stMain]"))


def committed(visit: Visit) -> str:
    """Return the page text after 已写入 appears."""
    visit.page.wait_for_selector("text=已写入", timeout=60_000)
    return str(visit.page.locator("[data-testid=stAlert]").first.inner_text())


@pytest.mark.slow
@pytest.mark.parametrize("screen", WIDE_SLOW, ids=NAMES)
def test_twenty_files_at_once(browser: Browser, tmp_path: Path, screen: tuple[int, int]) -> None:
    study = make_study(tmp_path / "study")
    with served(study.root) as address:
        visit = opened(browser, address, screen)
        text = visit.page.inner_text("[data-testid=stMain]")
        assert "选择文件" in text
        assert "每个文件不超过" in text
        assert not re.search(r"Upload|per file|Drag|Browse", text)
        SHOTS.mkdir(exist_ok=True)
        visit.page.screenshot(path=SHOTS / f"imports_{screen[0]}x{screen[1]}.png")
        assert "60" in previewed(visit, files(tmp_path / "files", 20, 0))
        visit.page.screenshot(path=SHOTS / f"imports_preview_{screen[0]}x{screen[1]}.png")
        visit.page.get_by_role("button", name="③ 写入答卷库").click()
        assert "新增 60" in committed(visit)
        visit.clean(address)
        visit.page.close()
    assert ResponseStore(study.root / "store").read(["response_id"]).num_rows == 60


def test_two_people_at_once(browser: Browser, tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    with served(study.root) as address:
        both = [opened(browser, address, SCREENS[1]) for _ in range(2)]
        for at, visit in enumerate(both):
            assert "新增 6" in previewed(visit, files(tmp_path / f"files{at}", 2, at * 3))
        for visit in both:  # prepared on the same version; three answers are in both
            visit.page.get_by_role("button", name="③ 写入答卷库").click(no_wait_after=True)
        texts = [committed(visit) for visit in both]
        assert sorted("更新 0" in one for one in texts) == [True, True]
        for visit in both:
            visit.clean(address)
            visit.page.close()
    rows = ResponseStore(study.root / "store").read(["response_id"])
    assert rows.num_rows == len(set(rows["response_id"].to_pylist())) == 9
