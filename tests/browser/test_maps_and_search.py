"""Boundaries, the search box and named views in a real browser: import, refuse, click, find, keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.boundaries.stored import FILE, read_boundaries, remove_boundaries
from survey.study.study import load_study
from tests.browser.desk import SCREENS, Visit, served
from tests.browser.phone import needs_chromium
from tests.city_folder import imported_city

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, needs_chromium]
PATIENCE = 60_000
UPLOAD = "[data-testid=stExpander]:has-text('地图边界') [data-testid=stFileUploaderDropzoneInput]"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = {"districts": 3, "streets_per_district": 2, "communities_per_street": 2}
    return imported_city(tmp_path_factory.mktemp("maps") / "city", **size, texts=False)


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    with served(root) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    opened = Visit(browser, SCREENS[1])
    yield opened
    opened.page.close()


def opened(visit: Visit, address: str) -> Page:
    visit.page.goto(address)
    visit.page.wait_for_selector(".silu-find", timeout=PATIENCE)
    visit.settle()
    return visit.page


def collection(root: Path) -> str:
    """Return the districts of the invented city as a file of DataV.GeoAtlas would have them."""
    stored = read_boundaries(root)
    assert stored is not None
    found = [
        {
            "type": "Feature",
            "properties": {"adcode": one.code, "name": one.name, "level": "district"},
            "geometry": {"type": "MultiPolygon", "coordinates": one.parts},
        }
        for one in stored.of("district")
    ]
    return json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False)


def test_a_click_on_a_district_of_the_map_opens_its_profile(visit: Visit, address: str, root: Path) -> None:
    page = opened(visit, address)
    district = load_study(root).areas.districts[0]
    page.locator(f".silu-map a[aria-label^='{district}：']").first.click()
    page.wait_for_url(re.compile("/area"), timeout=PATIENCE)
    visit.settle()
    assert district in unquote(page.url)
    assert district in page.inner_text("[data-testid=stMain] h1")
    visit.clean(address)


def test_boundaries_are_imported_by_their_panel_and_a_fault_is_named(
    visit: Visit, address: str, root: Path, tmp_path: Path
) -> None:
    content = (root / FILE).read_bytes()
    good, faulty = tmp_path / "区县.json", tmp_path / "坏.json"
    good.write_text(collection(root), encoding="utf-8")
    faulty.write_text(good.read_text(encoding="utf-8")[:-400], encoding="utf-8")
    remove_boundaries(root)
    try:
        page = opened(visit, f"{address}/imports")
        page.get_by_text("地图边界", exact=False).first.click()
        page.set_input_files(UPLOAD, str(faulty))
        expect(page.locator("[data-testid=stAlert]", has_text="坏.json").first).to_be_visible(timeout=PATIENCE)
        assert not (root / FILE).exists()
        page = opened(visit, f"{address}/imports")
        page.get_by_text("地图边界", exact=False).first.click()
        page.set_input_files(UPLOAD, str(good))
        page.get_by_role("button", name="写入边界").click(timeout=PATIENCE)
        page.get_by_text("已写入边界：3 个区县").first.wait_for(timeout=PATIENCE)
        stored = read_boundaries(root)
        assert stored is not None
        assert {one.name for one in stored.of("district")} == set(load_study(root).areas.districts)
        visit.clean(address)
    finally:
        (root / FILE).write_bytes(content)


def test_of_two_people_with_boundaries_of_one_level_the_second_sees_the_first_before_replacing(
    browser: Browser, visit: Visit, address: str, root: Path, tmp_path: Path
) -> None:
    content = (root / FILE).read_bytes()
    files = [tmp_path / "全部.json", tmp_path / "少一个.json"]
    drawn = json.loads(collection(root))
    for file, some in zip(files, (drawn["features"], drawn["features"][1:]), strict=True):
        file.write_text(json.dumps({**drawn, "features": some}, ensure_ascii=False), encoding="utf-8")
    remove_boundaries(root)
    other = Visit(browser, SCREENS[1])
    try:
        pages = [opened(one, f"{address}/imports") for one in (visit, other)]
        for page, file in zip(pages, files, strict=True):
            page.get_by_text("地图边界", exact=False).first.click()
            page.set_input_files(UPLOAD, str(file))
            page.get_by_role("button", name="写入边界").wait_for(timeout=PATIENCE)
        first, second = pages
        first.get_by_role("button", name="写入边界").click()
        first.get_by_text("已写入边界：3 个区县").first.wait_for(timeout=PATIENCE)
        before = (root / FILE).read_bytes()
        second.get_by_role("button", name="写入边界").click()
        told = second.locator("[data-testid=stAlert]", has_text="别人改了区县边界").first
        expect(told).to_be_visible(timeout=PATIENCE)
        assert (root / FILE).read_bytes() == before
        second.get_by_text("写入会替换已有的 3 个区县边界").first.wait_for(timeout=PATIENCE)
        second.get_by_role("button", name="写入边界").click()
        second.get_by_text("已写入边界：2 个区县").first.wait_for(timeout=PATIENCE)
        stored = read_boundaries(root)
        assert stored is not None
        assert len(stored.of("district")) == 2
    finally:
        other.page.close()
        (root / FILE).write_bytes(content)


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_the_search_box_opens_by_keys_and_leads_to_a_district(
    visit: Visit, address: str, root: Path, keys: str
) -> None:
    page = opened(visit, address)
    district = load_study(root).areas.districts[1]
    page.keyboard.press(keys)
    box = page.locator(".silu-find-input")
    expect(box).to_be_focused()
    box.fill(district)
    expect(page.locator(".silu-find-list a").first).to_contain_text(district)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: district in unquote(url), timeout=PATIENCE)
    page.goto(address)
    page.wait_for_selector(".silu-find", timeout=PATIENCE)
    visit.settle()
    page.keyboard.press(keys)
    box.fill("没有这样的东西")
    expect(page.locator(".silu-find-list a")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_a_named_view_comes_back_as_it_was_kept(visit: Visit, address: str) -> None:
    page = opened(visit, f"{address}/crosstab?rows=E0")
    page.locator("[class*=st-key-desk-views] button").first.click()
    page.get_by_label("给这一页起个名字").fill("满意度看这里")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="存下", exact=True).click()
    page.get_by_role("link", name="满意度看这里").first.wait_for(timeout=PATIENCE, state="attached")
    opened(visit, address)
    page.keyboard.press("/")
    page.locator(".silu-find-input").fill("满意度看这里")
    expect(page.locator(".silu-find-list a").first).to_contain_text("满意度看这里")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/crosstab"), timeout=PATIENCE)
    assert parse_qs(urlsplit(page.url).query)["rows"] == ["E0"]
    page.get_by_text("总体满意").first.wait_for(timeout=PATIENCE)
