"""Tools for browser tests of the dashboard: a real server on a study, and a visit that records all page activity."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent.parent
SCREENS = [(1920, 1080), (1366, 768)]
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
PLOTTED = "n => document.querySelectorAll('.js-plotly-plot .main-svg').length >= n"


@contextmanager
def served(root: Path, *options: str) -> Iterator[str]:
    """Serve a dashboard on a study, with more options; yield its address."""
    command = [sys.executable, str(ROOT / "cli.py"), "dashboard", str(root), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[\d.:]+", server.stdout.readline())
            assert found is not None
            yield found.group()
        finally:
            server.terminate()


class Visit:
    """A page in the browser, with everything it asked for and complained of."""

    def __init__(self, browser: Browser, screen: tuple[int, int]) -> None:
        self.width, self.height = screen
        self.page = browser.new_page(viewport={"width": self.width, "height": self.height}, locale="zh-CN")
        self.hosts: set[str] = set()
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).netloc))
        self.page.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def go(self, address: str, plots: int) -> None:
        """Open a page and wait for its figures."""
        self.page.goto(address)
        self.drawn(plots)

    def drawn(self, plots: int) -> None:
        """Wait for a number of figures; for the last block of 总览 where there are none."""
        if not plots:
            self.page.wait_for_selector(".silu-strip", timeout=60_000)
        self.page.wait_for_function(PLOTTED, arg=plots, timeout=60_000)
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)
        self.page.wait_for_timeout(700)

    def whole(self, path: Path) -> None:
        """Enlarge the window to the height of the content, because Streamlit scrolls inside it."""
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({"width": self.width, "height": height})
        self.page.wait_for_timeout(500)
        self.page.screenshot(path=path)

    def clean(self, address: str) -> None:
        """Assert no request to another machine, no console error, and no content wider than the screen."""
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width
        assert {host for host in self.hosts if host} == {urlsplit(address).netloc}
        assert not self.faults
