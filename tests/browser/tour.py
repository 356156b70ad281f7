"""Visit pages of the dashboard one after another, each in windows of several widths, and collect what is wrong.

That is cut or overprinted text (`tests.browser.boxes`), requests to other machines, errors on the console, content
wider than the window, a mock city that is not marked as such, and what axe-core finds serious or critical.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.boxes import faults, small
from tests.browser.desk import Visit

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE = (390, 844)
WINDOWS = ((1920, 1080), (1366, 768), (768, 1024), PHONE)
STILL = """
() => {
  const app = document.querySelector('[data-testid=stApp]'), main = document.querySelector('[data-testid=stMain]');
  if (!app || app.dataset.testScriptState !== 'notRunning') return false;
  if (!main || !main.querySelector('[data-testid=stElementContainer]')) return false;
  if (document.querySelector('[data-testid=stSkeleton], [data-testid=stStatusWidget], [data-stale=true]')) return false;
  const plots = [...document.querySelectorAll('[data-testid=stPlotlyChart]')].filter(plot => plot.checkVisibility());
  return plots.every(plot => {
    const svg = plot.querySelector('.main-svg');
    return svg && Math.abs(svg.getBoundingClientRect().width - plot.getBoundingClientRect().width) < 2;
  });
}
"""
"""Whether the server has done its work and every chart is drawn for the present width."""
SEVERE = """
() => axe.run(document, {resultTypes: ['violations'], elementRef: false}).then(found => found.violations
  .filter(one => one.impact === 'serious' || one.impact === 'critical')
  .map(one => [one.id, one.nodes.length + ' x ' + one.nodes[0].html.slice(0, 120)]))
"""
EXCEPTIONS: Mapping[str, str] = {
    "scrollable-region-focusable": "a chart scrolls within a container of Streamlit, which takes no tabindex; Chromium "
    "(130 and later) and Firefox let the keyboard reach such containers by themselves",
}
"""Rule of axe-core that Streamlit's own markup breaks -> why we leave it."""


def still(page: Page) -> None:
    """Wait until a page stands still."""
    page.wait_for_function(STILL, timeout=120_000)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def look(visit: Visit, windows: Sequence[tuple[int, int]]) -> list[str]:
    """Return the faults of the page that is open, in windows of these sizes, the widest first."""
    found: list[str] = []
    for width, height in windows:
        visit.page.set_viewport_size({"width": width, "height": height})
        still(visit.page)
        found += [f"{width}: {fault}" for fault in faults(visit.page)]
        if visit.page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width}: wider than the window")
        if (width, height) == PHONE:
            found += [f"{width}: small {one}" for one in small(visit.page)]
    return found


def inspect(visit: Visit) -> list[str]:
    """Return what axe-core finds serious or critical on the page that is open, but for the exceptions."""
    if not AXE.is_file():
        pytest.skip("没有 axe-core：先运行 make .make/npm；看板的无障碍检查未运行")
    visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    return [f"axe: {rule} {what}" for rule, what in visit.page.evaluate(SEVERE) if rule not in EXCEPTIONS]


def tour(
    visit: Visit, address: str, pages: Sequence[str], windows: Sequence[tuple[int, int]]
) -> Mapping[str, list[str]]:
    """Return page -> its faults, without the pages that have none."""
    found = {}
    host = address.removeprefix("http://")
    for name in pages:
        visit.page.goto(f"{address}/{name}")
        still(visit.page)
        marked = "模拟数据" in visit.page.inner_text("[data-testid=stMain]")
        seen = ([] if marked else ["not marked as 模拟数据"]) + look(visit, windows) + inspect(visit)
        seen += [f"console: {fault}" for fault in visit.faults]
        seen += [f"request: {other}" for other in sorted(visit.hosts - {host, ""})]
        visit.faults.clear()
        visit.hosts.clear()
        if seen:
            found[name] = seen
    return found
