"""The dashboard in a real browser: a real server, every page, two screens; nothing leaves the machine."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from survey.mock.spec import MockSpec
from survey.study import load_study
from views.labels import wave_label

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parent.parent.parent
SHOTS = Path(__file__).parent / "screenshots"
SCREENS = [(1920, 1080), (1366, 768)]
PAGES = {"": "总览", "weak_areas": "薄弱区域"}
PLOTS = {"": 2, "weak_areas": 5}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.server,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("browser") / "city"
    mock = draw(MockSpec(texts=False))
    write_folder(mock, root)
    import_folder(root, mock)
    return root


@pytest.fixture(scope="module")
def address(city: Path) -> Iterator[str]:
    command = [sys.executable, str(ROOT / "cli.py"), "dashboard", str(city), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://[\d.:]+", server.stdout.readline())
        assert found is not None
        yield found.group()
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """A page in the browser, with everything it asked for and complained of."""

    def __init__(self, browser: "playwright.Browser", screen: tuple[int, int]) -> None:
        self.width, self.height = screen
        self.page = browser.new_page(viewport={"width": self.width, "height": self.height}, locale="zh-CN")
        self.hosts: set[str] = set()
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).netloc))
        self.page.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def go(self, address: str, plots: int) -> None:
        self.page.goto(address)
        self.page.wait_for_function(
            "n => document.querySelectorAll('.js-plotly-plot .main-svg').length >= n", arg=plots, timeout=60_000
        )
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)
        self.page.wait_for_timeout(700)

    def whole(self, path: Path) -> None:
        """Streamlit scrolls inside: the window must be as high as the content."""
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({"width": self.width, "height": height})
        self.page.wait_for_timeout(500)
        self.page.screenshot(path=path)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: f"{screen[0]}x{screen[1]}")
@pytest.mark.parametrize("name", PAGES)
def test_pages_draw_and_ask_no_other_machine(
    browser: "playwright.Browser", address: str, name: str, screen: tuple[int, int]
) -> None:
    visit = Visit(browser, screen)
    visit.go(f"{address}/{name}", PLOTS[name])
    SHOTS.mkdir(exist_ok=True)
    stem = f"{name or 'overview'}_{screen[0]}x{screen[1]}"
    visit.page.screenshot(path=SHOTS / f"{stem}.png")
    assert "模拟数据" in visit.page.inner_text("[data-testid=stMain]")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= screen[0]
    overflow = visit.page.evaluate(OVERFLOW)
    visit.whole(SHOTS / f"{stem}_whole.png")
    assert not overflow
    assert {host for host in visit.hosts if host} == {urlsplit(address).netloc}
    assert not visit.faults
    visit.page.close()


# Every text of every figure must lie inside its figure: nothing cut at an edge.
OVERFLOW = """
() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
  const box = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('text')].filter(text => text.textContent.trim()).filter(text => {
    const own = text.getBoundingClientRect();
    return own.width && (own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1);
  }).map(text => text.textContent);
})
"""


def test_a_deep_link_opens_the_view_it_names(browser: "playwright.Browser", address: str, city: Path) -> None:
    study = load_study(city)
    wave, district = wave_label(study, study.waves[0].name), study.areas.districts[2]
    visit = Visit(browser, SCREENS[1])
    query = f"wave={quote(wave)}&measure={quote('参与率')}&district={quote(district)}&sex={quote('女')}"
    visit.go(f"{address}/weak_areas?{query}", PLOTS["weak_areas"])
    drawn = "\n".join(visit.page.locator(".js-plotly-plot").all_inner_texts())
    assert wave in drawn
    assert "参与率" in drawn
    assert f"{district}各街道参与率" in drawn
    assert not visit.faults
    visit.page.close()


def test_filters_go_along_to_the_next_page(browser: "playwright.Browser", address: str, city: Path) -> None:
    study = load_study(city)
    wave = wave_label(study, study.waves[0].name)
    visit = Visit(browser, SCREENS[1])
    visit.go(f"{address}/?wave={quote(wave)}", PLOTS[""])
    visit.page.get_by_role("link", name="薄弱区域").click()
    visit.page.wait_for_function(
        "n => document.querySelectorAll('.js-plotly-plot .main-svg').length >= n", arg=PLOTS["weak_areas"]
    )
    visit.settle()
    assert f"wave={quote(wave)}" in visit.page.url
    assert wave in visit.page.locator(".js-plotly-plot").first.inner_text()
    assert not visit.faults
    visit.page.close()


def test_every_answer_carries_the_content_policy(browser: "playwright.Browser", address: str) -> None:
    page = browser.new_page()
    answer = page.goto(address)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert page.evaluate("fetch('http://192.0.2.1/').then(() => 'sent', () => 'refused')") == "refused"
    page.close()
