"""Read the text of pages and figures in tests."""

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from streamlit.testing.v1 import AppTest

from analysis.areas.verdict import Reason
from views.shell.markup import WORD_JOINER

WEAK_AREAS = "views/pages/weak_areas.py"
EXPERT = "views/pages/expert.py"
KINDS = ("markdown", "error", "info", "warning", "caption")
TAGS = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)
Run = Callable[..., AppTest]


def open_page(app: AppTest, page: str, query: Mapping[str, str]) -> None:
    """Begin a visit on a page, as a link does, without a view of the first page before it.

    Args:
        app: the app before its first run.
        page: path of the file below the app; "" for the first page.
        query: query parameters.
    """
    if page:
        app.switch_page(page)
    asked = app._page_hash
    app.query_params.update(query)
    app.run()
    if page:
        app.switch_page(page)  # now by the addresses of the pages that the visitor has
    if app._page_hash != asked:
        app.query_params.update(query)
        app.run()


def figures(app: AppTest) -> list[dict[str, Any]]:
    """Return the figures of a page as Plotly draws them."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def words(figure: dict[str, Any]) -> str:
    """Return all text in a figure, on one line."""
    text = "".join(note["text"] for note in figure["layout"]["annotations"])
    return text.replace("<br>", "").replace("<b>", "").replace("</b>", "")


def seen(text: object) -> str:
    """Return Markdown text as displayed, without escapes."""
    return unglued(re.sub(r"\\(.)", r"\1", str(text)))


def unglued(text: str) -> str:
    """Return text without what keeps days and counts on one line."""
    return text.replace(WORD_JOINER, "").replace("\u00a0", " ")


def page_text(app: AppTest) -> str:
    """Return all text of a page outside its figures."""
    return "\n".join([*(seen(entry.value) for kind in KINDS for entry in app.get(kind)), *blocks(app)])


def bodies(app: AppTest) -> list[str]:
    """Return the HTML of the blocks of a page."""
    return [unglued(entry.proto.body) for entry in app.get("html")]


def title(app: AppTest) -> str:
    """Return the headline of a page of blocks."""
    found = re.search("<h1>(.+?)</h1>", "".join(bodies(app)))
    return html.unescape(found[1]) if found else ""


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
    """Return district -> worst verdict, or reason for none, and the rate of its tile, or of its place on the map."""
    found = re.findall(r'class="silu-(?:tile [^"]*|place)"[^>]*aria-label="(.+?)：([^"]+)"', "".join(bodies(app)))
    return {area: _said(html.unescape(text)) for area, text in found}


def _said(text: str) -> tuple[str, str]:
    """Return verdict and rate of "满意率 70%，观察"; a reason alone, such as "样本过少，不显示", has no rate."""
    if text in set(Reason):
        return text.partition("，")[0], ""
    rate, _, state = text.rpartition("，")
    return state, rate


def problems(app: AppTest) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (district, rate) -> verdict and number of the list of 总览."""
    place = r"<td><b>(.+?)</b> <span>(.+?)</span></td>"
    row = rf'<td><span class="silu-chip.*?</span>(.+?)</span></td>{place}<td.*?>(.+?)</td>'
    return {(area, rate): (verdict, now) for verdict, area, rate, now in re.findall(row, "".join(bodies(app)))}


def heat_cells(app: AppTest) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (district, rate) -> verdict, or reason for none, and number of the heat table of 薄弱区域."""
    cell = r'class="silu-cell [^"]*"[^>]*aria-label="(.+?)"'
    said = [html.unescape(one) for one in re.findall(cell, "".join(bodies(app)))]
    found = {}
    for text in said:
        silent = re.fullmatch(r"(.+) (\S+?)：(.+)", text)
        if silent:
            found[silent[1], silent[2]] = (silent[3], "—")
        elif shown := re.fullmatch(r"(.+) (\S+) ([\d.]+%)(?:（.+?）)?，n=[\d,]+，(.+?)(?:，没到的可能 .+)?", text):
            found[shown[1], shown[2]] = (shown[4], shown[3])
    return found


def confirmed(app: AppTest) -> list[tuple[str, str, str]]:
    """Return district, rate and number of each card of 薄弱区域."""
    card = r'<article [^>]*aria-label="(.+?) (\S+?)">.*?<p class="silu-figure"><b>(.+?)</b>'
    return [(area, rate, TAGS.sub("", now)) for area, rate, now in re.findall(card, "".join(bodies(app)))]


def watched(app: AppTest) -> dict[tuple[str, str], str]:
    """Return (district, rate) -> number of each row of 观察 on 薄弱区域."""
    row = r"<li><p><span class=\"silu-chip.*?</span>观察</span> <b>(.+?)</b> (.+?)</p><b>(.+?)</b>"
    found = re.findall(row, "".join(bodies(app)))
    return {(TAGS.sub("", area), TAGS.sub("", rate)): now for area, rate, now in found}


def steps_of_problems(app: AppTest) -> dict[tuple[str, str], str]:
    """Return (district, rate) -> next step of the list of 总览."""
    row = r'<td><b>([^<]+)</b> <span>([^<]+)</span></td>.*?<td data-head="下一步">(.*?)</td></tr>'
    found = re.findall(row, "".join(bodies(app)))
    return {(area, rate): html.unescape(re.sub(r"<small>.*", "", step)) for area, rate, step in found}


def steps_of_weak(app: AppTest) -> dict[tuple[str, str], str]:
    """Return (district, rate) -> next step of the cards and rows of 薄弱区域."""
    who = r'<div class="silu-who">(?:<p><b>.*?</b></p>)?<p [^>]*>(.*?)</p>'
    place = r'<li><p><span class="silu-chip.*?</span> <b>(.+?)</b> <span>(.+?)</span></p>'
    return _steps(
        app, rf'<article [^>]*aria-label="(\S+?) (\S+?)">.*?{who}', rf"{place}<b>.*?</b><p>.*?</p><p>(.*?)</p></li>"
    )


def steps_of_looks(app: AppTest) -> dict[tuple[str, str], str]:
    """Return (district, rate) -> next step of the cards and rows of 趋势与回头看, but for the first and closed ones."""
    card = r'<h3>([^<]+)<span>([^<]+)</span></h3><span class="silu-chip (?!silu-met)[^>]*>'
    row = r'<td data-head="区县 · 哪项"[^>]*>([^<]+?区)([^<]+)</td>(?:(?!</tr>).)*?<td data-head="下一步">([^<]+)</td>'
    return _steps(app, rf"{card}(?:(?!</li>).)*?<small><b>[^<]*</b></small><small>([^<]*)</small>", row)


def _steps(app: AppTest, *patterns: str) -> dict[tuple[str, str], str]:
    found = [one for pattern in patterns for one in re.findall(pattern, "".join(bodies(app)))]
    return {(TAGS.sub("", area), rate): html.unescape(step) for area, rate, step in found}
