"""What a person sees in a browser: seconds to the first number and the whole page, bytes, and clicks on a filter.

    python -m benchmarks.screens                       # the demo city beside a plain Streamlit page
    python -m benchmarks.screens --study DIR --pages overview voices --clicks 20
    python -m benchmarks.screens --rows 1e6            # a mock city of that many answers

The server has answered each page once before ("warm"); each measurement takes a new browser context without a cache. A
click chooses another sex in the filter bar and lasts until nothing changes on the page any more; both choices have been
counted before. Bytes are those on the wire: compressed responses, and frames of the websocket.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.__main__ import machine
from benchmarks.dashboards.servers import Server, dashboard, hello
from survey.host import browsers

PAGES = ("overview", "weak_areas", "area", "voices", "change", "passing", "quality")
CLICKED = ("overview", "weak_areas")
"""Pages with filters of people."""
SCREEN = (1366, 768)
CITY = ("--districts", "40")
QUIET = 700
"""Milliseconds without a change after which a page counts as complete."""
PATIENCE = 180_000
WATCH = """
(() => {
  const seen = window.__seen = {number: 0, last: 0, clicked: 0};
  const number = /\\d+\\s*%|Hello,/;
  new MutationObserver(() => {
    const main = document.querySelector('[data-testid=stMain]');
    if (!main) return;
    const text = main.innerText;
    if (text === seen.text && main.querySelectorAll('*').length === seen.count) return;
    seen.text = text; seen.count = main.querySelectorAll('*').length; seen.last = performance.now();
    if (!seen.number && number.test(text)) seen.number = seen.last;
  }).observe(document, {subtree: true, childList: true, characterData: true});
  addEventListener('click', event => {
    if (event.target.closest('[role=option]')) seen.clicked = performance.now();
  }, true);
})()
"""
"""Notes when the text of the page changes, and when an option is chosen. The first number is a share, on the plain page
its line."""


@dataclass(frozen=True)
class View:
    """The first view of a page: milliseconds to its first number and to the last change, and kilobytes."""

    number: float
    whole: float
    size: float


def context_of(browser: Browser) -> BrowserContext:
    """Return a context without a cache that watches its pages."""
    context = browser.new_context(viewport={"width": SCREEN[0], "height": SCREEN[1]}, locale="zh-CN")
    context.add_init_script(WATCH)
    return context


def settled(tab: Page) -> None:
    """Wait until the page has a number and nothing changes any more."""
    ready = f"() => window.__seen.number && performance.now() - window.__seen.last > {QUIET}"
    tab.wait_for_function(ready, timeout=PATIENCE, polling=50)
    tab.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=PATIENCE)


def view(browser: Browser, address: str) -> View:
    """Open a page in a new context."""
    context = context_of(browser)
    tab, sizes = context.new_page(), list[float]()
    wire: Any = context.new_cdp_session(tab)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived", lambda event: sizes.append(len(event["response"]["payloadData"]) * 0.75))
    tab.goto(address, timeout=PATIENCE)
    settled(tab)
    number, last = tab.evaluate("[window.__seen.number, window.__seen.last]")
    context.close()
    return View(number, last, sum(sizes) / 1000)


def clicks(browser: Browser, address: str, count: int) -> list[float]:
    """Choose one sex after the other; return the milliseconds until each is drawn."""
    context = context_of(browser)
    tab, taken = context.new_page(), list[float]()
    tab.goto(address, timeout=PATIENCE)
    settled(tab)
    for step in range(count + 2):
        box = tab.get_by_role("combobox", name="性别")
        box.click()
        tab.get_by_role("option", name="男" if step % 2 else "女", exact=True).click()
        tab.wait_for_function("() => window.__seen.last > window.__seen.clicked", timeout=PATIENCE, polling=20)
        settled(tab)
        if step >= 2:  # each choice is counted once before
            taken.append(tab.evaluate("window.__seen.last - window.__seen.clicked"))
    context.close()
    return taken


def row(browser: Browser, server: Server, page: str, name: str, views: int, count: int) -> str:
    """Return a row of the table: medians over some views, and clicks where the page has the filter."""
    address = f"http://127.0.0.1:{server.port}/{page}"
    view(browser, address)
    seen = [view(browser, address) for _ in range(views)]
    middle = [statistics.median(getattr(one, part) for one in seen) for part in ("number", "whole", "size")]
    cells = [name, *(f"{value:.0f}" for value in middle)]
    taken = clicks(browser, address, count) if count else []
    late = statistics.quantiles(taken, n=20)[-1] if taken else 0.0
    cells += [f"{statistics.median(taken):.0f}", f"{late:.0f}"] if taken else ["–", "–"]
    return f"| {' | '.join(cells)} |"


def measure(study: Path, pages: Sequence[str], views: int, count: int, show: Callable[[str], None]) -> None:
    """Show the table of one study, a plain page first."""
    show("| page | first number ms | whole page ms | kB | click median ms | click p95 ms |\n|---|---|---|---|---|---|")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as scratch:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = driver.chromium.launch(executable_path=browsers.installed(), args=flags)
        with hello(Path(scratch)) as server:
            show(row(browser, server, "", "plain Streamlit", views, count))
        with dashboard(study) as server:
            for page in pages:
                show(row(browser, server, page, page, views, count if page in CLICKED else 0))
        browser.close()


def main(arguments: Sequence[str]) -> int:
    """Measure the demo city, a study of your own, or a mock city of some size."""
    from cli import main as silu
    from commands.upkeep.demo import prepare

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--rows", type=float, default=0)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--views", type=int, default=3)
    parser.add_argument("--clicks", type=int, default=20)
    asked = parser.parse_args(arguments)
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        study = Path(scratch) / "city"
        if asked.study:
            shutil.copytree(asked.study, study)
        elif asked.rows:
            if silu(["mock", str(study), *CITY, "--responses", f"{asked.rows:.0f}"]):
                return 1
        else:
            prepare(study)
        measure(study, asked.pages, asked.views, asked.clicks, lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
