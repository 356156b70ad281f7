"""Read the text of pages and figures in tests."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from views.shell.markup import WORD_JOINER

WEAK_AREAS = "views/pages/weak_areas.py"
KINDS = ("markdown", "error", "info", "warning", "caption")
TAGS = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)
Run = Callable[..., AppTest]


def figures(app: AppTest) -> list[dict[str, Any]]:
    """Return the figures of a page as Plotly draws them."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def words(figure: dict[str, Any]) -> str:
    """Return all text in a figure, on one line."""
    text = "".join(note["text"] for note in figure["layout"]["annotations"])
    return text.replace("<br>", "").replace("<b>", "").replace("</b>", "")


def seen(text: object) -> str:
    """Return Markdown text as displayed, without escapes."""
    return re.sub(r"\\(.)", r"\1", str(text)).replace(WORD_JOINER, "")


def page_text(app: AppTest) -> str:
    """Return all text of a page outside its figures."""
    return "\n".join([*(seen(entry.value) for kind in KINDS for entry in app.get(kind)), *blocks(app)])


def bodies(app: AppTest) -> list[str]:
    """Return the HTML of the blocks of a page."""
    return [entry.proto.body for entry in app.get("html")]


def blocks(app: AppTest) -> list[str]:
    """Return the text of the blocks of HTML."""
    return [" ".join(html.unescape(TAGS.sub(" ", body)).split()) for body in bodies(app)]


def block(app: AppTest, name: str) -> str:
    """Return the text of the first block of a kind: "head", "strip", "rows"; see `views/blocks`."""
    body = next(one for one in bodies(app) if re.match(rf'<\w+ class="silu-{name}\b', one))
    return " ".join(html.unescape(TAGS.sub(" ", body)).split())


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    """Return rate -> verdict and number of the cards of 总览."""
    card = r'<h2>(.+?)</h2><span class="silu-chip.*?</span>(.+?)</span></header><p class="silu-figure"><b>(.+?)</b>'
    found = re.findall(card, "".join(bodies(app)))
    return {label: (verdict, TAGS.sub("", number)) for label, verdict, number in found}


def tiles(app: AppTest) -> dict[str, tuple[str, str]]:
    """Return district -> worst verdict, or reason for none, and the rate of its tile."""
    found = re.findall(r'aria-label="(.+?)：(.+?)(?:，([^"]+))?"', "".join(bodies(app)))
    return {area: (state or first, first if state else "") for area, first, state in found}


def problems(app: AppTest) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (district, rate) -> verdict and number of the list of 总览."""
    place = r"<td><b>(.+?)</b> <span>(.+?)</span></td>"
    row = rf'<td><span class="silu-chip.*?</span>(.+?)</span></td>{place}<td.*?>(.+?)</td>'
    return {(area, rate): (verdict, now) for verdict, area, rate, now in re.findall(row, "".join(bodies(app)))}
