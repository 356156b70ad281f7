"""The dashboard in a real browser: a real server, every page, two screens; nothing leaves the machine."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from reports.labels import wave_label
from survey.study.study import load_study
from tests.browser.desk import OVERFLOW, SCREENS, Visit, served
from tests.browser.phone import needs_chromium
from tests.city_folder import imported_city

PAGES = {"": "总览", "weak_areas": "薄弱区域", "expert": "专家分析"}
PLOTS = {"": 0, "weak_areas": 0, "expert": 1}
STREETS = f"tab={quote('街道和项目')}"
FUNNEL = f"tab={quote('漏斗图')}"

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported_city(tmp_path_factory.mktemp("browser") / "city", texts=False)


@pytest.fixture(scope="module")
def address(city: Path) -> Iterator[str]:
    with served(city) as found:
        yield found


CUT = """
() => [...document.querySelectorAll('.silu-head, .silu-card, .silu-tile, .silu-map b, .silu-chip, .silu-problems td, '
  + '.silu-strip p, .silu-weakness div, .silu-cell, .silu-heat th, .silu-watched p')]
  .filter(box => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== 'inline-block')
  .map(box => box.className + ': ' + box.textContent)
"""


@pytest.mark.parametrize("screen", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_the_first_page_fits_and_a_click_on_the_map_opens_the_district(
    browser: Browser, address: str, city: Path, screen: tuple[int, int]
) -> None:
    visit = Visit(browser, screen)
    visit.go(f"{address}/?sex={quote('女')}", 0)
    assert visit.page.evaluate(CUT) == []
    if screen[0] > 640:
        assert visit.page.locator(".silu-main").bounding_box()["y"] < screen[1] / 2  # type: ignore[index]
        bottom = "document.querySelector('.silu-strip').getBoundingClientRect().bottom"
        assert visit.page.evaluate(bottom) <= screen[1]
    visit.clean(address)
    name = visit.page.locator(".silu-map b").first.inner_text()
    visit.page.locator(".silu-map b").first.scroll_into_view_if_needed()
    where = visit.page.locator(".silu-map b").first.bounding_box()
    assert where is not None
    visit.page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    visit.page.locator(".silu-spine").first.wait_for()
    visit.drawn(0)
    assert f"district={quote(name)}" in visit.page.url
    assert f"sex={quote('女')}" in visit.page.url
    assert not visit.faults
    visit.page.close()


@pytest.mark.parametrize("screen", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_weak_areas_need_one_and_a_half_screens(browser: Browser, address: str, screen: tuple[int, int]) -> None:
    visit = Visit(browser, screen)
    visit.go(f"{address}/weak_areas", 0)
    assert visit.page.evaluate(CUT) == []
    if screen[0] > 640:
        height = visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        assert height <= 1.5 * screen[1]
    summary = visit.page.locator(".silu-fold summary").first
    if summary.count():
        summary.press("Enter")
        assert summary.evaluate("one => one.parentElement.open")
    visit.clean(address)
    visit.page.locator("a.silu-cell").first.click()
    visit.page.locator(".silu-spine").first.wait_for()
    assert "/area?district=" in visit.page.url
    visit.page.close()


def test_a_chart_scrolls_on_a_phone_instead_of_being_cut(browser: Browser, address: str) -> None:
    visit = Visit(browser, (390, 844))
    for query, plots, least in ((STREETS, 2, 640), (FUNNEL, 1, 1180)):
        visit.go(f"{address}/expert?{query}", plots)
        widths = visit.page.evaluate("[...document.querySelectorAll('.js-plotly-plot')].map(plot => plot.clientWidth)")
        assert min(widths) >= least
        visit.clean(address)
        assert visit.page.evaluate(OVERFLOW) == []
    visit.page.close()


def test_a_deep_link_opens_the_view_it_names(browser: Browser, address: str, city: Path) -> None:
    study = load_study(city)
    wave, district = wave_label(study, study.waves[0].name), study.areas.districts[2]
    visit = Visit(browser, SCREENS[1])
    query = f"{STREETS}&wave={quote(wave)}&measure={quote('参与率')}&district={quote(district)}&sex={quote('女')}"
    visit.go(f"{address}/expert?{query}", 2)
    drawn = "\n".join(visit.page.locator(".js-plotly-plot").all_inner_texts())
    assert wave in drawn
    assert f"{district}各街道参与率" in drawn
    assert not visit.faults
    visit.page.close()


def test_filters_go_along_to_the_next_page(browser: Browser, address: str, city: Path) -> None:
    study = load_study(city)
    wave = wave_label(study, study.waves[0].name)
    visit = Visit(browser, SCREENS[1])
    visit.go(f"{address}/?wave={quote(wave)}", PLOTS[""])
    visit.page.get_by_role("link", name="薄弱区域").click()
    visit.drawn(PLOTS["weak_areas"])
    assert f"wave={quote(wave)}" in visit.page.url
    assert f"{study.waves[0].start:%Y-%m-%d}" in visit.page.locator(".silu-source").inner_text()
    assert not visit.faults
    visit.page.close()


def test_every_answer_carries_the_content_policy(browser: Browser, address: str) -> None:
    page = browser.new_page()
    answer = page.goto(address)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert page.evaluate("fetch('http://192.0.2.1/').then(() => 'sent', () => 'refused')") == "refused"
    page.close()
