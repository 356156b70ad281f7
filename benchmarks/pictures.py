"""Take the pictures of README and docs again, from the demo city: `make pictures`.

Each is the first screen of a page at 1366 x 768, as an analyst sees it, or the first page of a document. The demo city
is drawn with its fixed seed and its sample ledger; only what depends on today's date differs (days that an entry of the
ledger is late).
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.dashboards.servers import dashboard
from commands.upkeep.demo import prepare
from documents.docx.layout import LAYOUTS
from documents.pdf.compiler import template, typeset
from documents.pdf.render import content_of
from reports.briefing.build import build, source
from reports.briefing.model import Kind
from reports.sample import gather
from reports.selection import Selection
from survey.host import browsers
from survey.study.study import load_study

FOLDER = Path(__file__).parents[1] / "docs" / "images"
PAGES = (
    *("overview", "weak_areas", "area", "change", "voices"),
    *("passing", "planning", "crosstab", "outreach", "ledger", "quality"),
)
"""Names of the pages, which are the names of their pictures."""
DOCUMENTS = (("briefing", Kind.BRIEF, ""), ("profile", Kind.PROFILE, "青苇区"))
"""Name of the picture, kind of the document and its area."""
INCH = 96.0
"""Pixels of an inch of a document."""
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
    shot = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    shot.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
    tab.close()


def write_documents(study: Path) -> None:
    """Save the first pages of documents, as their PDF shows them."""
    selection = Selection(mode="household")
    found = source(gather(load_study(study), selection), selection, quotes=True)
    for name, kind, area in DOCUMENTS:
        data = content_of(build(found, kind, area)[0], LAYOUTS[kind])
        page = Image.open(io.BytesIO(typeset(template("briefing.typ"), data, "图片", format="png", ppi=INCH)))
        # Palettes by frequency of colours turn the amber of marks into the red of the letterhead.
        few = page.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE)
        few.save(FOLDER / f"{name}.png", optimize=True)
        print(f"docs/images/{name}.png", flush=True)


def main() -> None:
    """Draw the demo city into a scratch folder, serve it and take the pictures."""
    with tempfile.TemporaryDirectory() as scratch:
        study = Path(scratch) / "demo"
        prepare(study)
        write_documents(study)
        with dashboard(study) as server, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browsers.installed(), args=list(FLAGS))
            for name in PAGES:
                take(browser, f"http://127.0.0.1:{server.port}", name)
                print(f"docs/images/{name}.png", flush=True)


if __name__ == "__main__":
    main()
