"""Take the pictures of README and docs again, from the demo city: `make pictures`.

Each is the first screen of a page at 1366 x 768, as an analyst sees it. The demo city is drawn with its fixed seed and
its sample ledger; only what depends on today's date differs (days that an entry of the ledger is late).
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.dashboards.servers import dashboard
from commands.demo import prepare
from survey.host import browsers

FOLDER = Path(__file__).parents[1] / "docs" / "images"
PAGES = (
    *("overview", "weak_areas", "area", "change", "voices"),
    *("passing", "planning", "crosstab", "outreach", "ledger", "quality"),
)
"""Names of the pages, which are the names of their pictures."""
QUERY = {"area": "?district=青苇区"}
"""Page -> query; without one, a page opens as it does for a visitor."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")
SCREEN = (1366, 768)
COLOURS = 128
"""Colours of a picture: enough for flat areas and smooth letters, at a third of the size."""
PATIENCE = 120_000
"""Milliseconds until a page counts as hung."""
WORKING = '[data-testid="stStatusWidget"], [data-stale="true"], .stSpinner'
"""What Streamlit shows while a page is not complete."""


def take(browser: Browser, address: str, name: str) -> None:
    """Save the picture of a page."""
    tab = browser.new_page(viewport={"width": SCREEN[0], "height": SCREEN[1]}, locale="zh-CN")
    tab.goto(f"{address}/{name}{QUERY.get(name, '')}", timeout=PATIENCE)
    tab.locator(".silu-head h1").first.wait_for(timeout=PATIENCE)
    for _ in range(3):  # a page is drawn part by part: it is complete once nothing works for a while
        tab.locator(WORKING).first.wait_for(state="detached", timeout=PATIENCE)
        tab.wait_for_timeout(1500)
    shot = Image.open(io.BytesIO(tab.screenshot()))
    shot.convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
    tab.close()


def main() -> None:
    """Draw the demo city into a scratch folder, serve it and take the pictures."""
    with tempfile.TemporaryDirectory() as scratch:
        study = Path(scratch) / "demo"
        prepare(study)
        with dashboard(study) as server, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browsers.installed(), args=list(FLAGS))
            for name in PAGES:
                take(browser, f"http://127.0.0.1:{server.port}", name)
                print(f"docs/images/{name}.png", flush=True)


if __name__ == "__main__":
    main()
