"""Pieces of HTML that all blocks share: escaped text, the mark of a verdict, and the stylesheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from analysis.areas.verdict import UNDECIDED, Verdict
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from views.charts.parts import style
from views.shell.markup import unsplit

CLASSES: Mapping[str, str] = {
    Verdict.WEAK: "silu-weak",
    Verdict.WATCH: "silu-watch",
    Verdict.UNCLEAR: "silu-unclear",
    Verdict.MET: "silu-met",
}
"""Verdict -> class of its chip and tile; all else is `silu-none`."""

WIDTH = re.compile(r"@media (\(m(?:in|ax)-width: [\d.]+px\))")
"""A rule that follows the width of the window."""


@dataclass(frozen=True, slots=True)
class AsItIs:
    """Long HTML for `st.html`, which would look for indents in every line of a text.

    Attributes:
        html: the element, without space around it.
    """

    html: str

    def _repr_html_(self) -> str:
        return self.html


@lru_cache(maxsize=2)
def stylesheet(*, framed: bool = False) -> str:
    """Return the stylesheet of all blocks as an element: `css/base.css` first, then one file a block.

    Args:
        framed: whether widths are those of the frame of picture mode, not of the window.
    """
    files = (resources.files("views.blocks") / "css").iterdir()
    sheets = sorted((file.name != "base.css", file.name, file.read_text(encoding="utf-8")) for file in files)
    rules = "".join(sheet for *_, sheet in sheets)
    if framed:
        rules = WIDTH.sub(r"@container \1", rules)
    return f"<style>{rules}</style>"


def text(words: object) -> str:
    """Return text that the browser shows as it is, with days and counts that are not split at the end of a line."""
    return escape(unsplit(" ".join(str(words).split())))


def class_of(state: str) -> str:
    """Return the class of a verdict, or of a reason for none."""
    return CLASSES.get(state, "silu-none")


def mark(state: str) -> str:
    """Return the sign of a verdict, or of a reason for none; hidden from screen readers, which read the word."""
    return f'<span aria-hidden="true">{style.MARKS[state][2]}</span>'


def chip(state: str) -> str:
    """Return a verdict as sign, word and colour."""
    return f'<span class="silu-chip {class_of(state)}">{mark(state)}{text(state)}</span>'


def entry(state: str, number: str = "") -> str:
    """Return what a legend says of a verdict: sign, word, perhaps a number, and what an undecided one means."""
    meaning = f"（{text(style.MEANINGS[state])}）" if state in UNDECIDED else ""
    return " ".join(part for part in (mark(state), text(state), text(number)) if part) + meaning


def link(page: str, query: Mapping[str, Any]) -> str:
    """Return the address of a page relative to the present one, with its query."""
    return escape(f"{page}?{urlencode(query)}" if query else page)


def coming(title: object) -> str:
    """Return the title of a chart that the browser is still loading; the stylesheet hides it once the chart stands."""
    return f'<p class="silu-coming">{text(title)}<small>{tr("图正在载入")}</small></p>'


def head(title: object, lead: object) -> str:
    """Return the headline of a page and the line below it."""
    below = f"<p>{text(lead)}</p>" if str(lead) else ""
    return f'<div class="silu-head"><h1>{text(title)}</h1>{below}</div>'


def remark(words: object) -> str:
    """Return one quiet line below a block."""
    return f'<p class="silu-more">{text(words)}</p>'


def strip(light: object, details: str, change: object, source: object) -> str:
    """Return the last block of a page: the light of the data and the change at the left, the method at the right.

    Args:
        light: sentence on red lights; empty where there is none.
        details: address of the page with the details; "" where the reader has none.
        change: sentence on changes since the previous wave; may be empty.
        source: one line on n, interval, dates, mode, weighting and version.
    """
    more = f' <a href="{details}">{tr("去看&nbsp;→")}</a>' if details and str(light) else ""
    words = f'<b aria-hidden="true">◆</b> {text(light)}{more}' if str(light) else tr("各区县的答卷没有发现真实性问题")
    moved = f"<p>{text(change)}</p>" if str(change) else ""
    return (
        f'<footer class="silu-strip"><div><p class="silu-light">{words}</p>{moved}</div>'
        f'<p class="silu-source">{text(source)}</p></footer>'
    )


def foot(left: object, source: object) -> str:
    """Return the last block of a page: a caveat at the left, one line on n, dates, mode and version at the right."""
    return (
        f'<footer class="silu-strip"><div><p>{text(left)}</p></div><p class="silu-source">{text(source)}</p></footer>'
    )


def refusal(error: SiluError) -> str:
    """Return the headline of a page that cannot be computed: what is missing, and below it where and how to mend it."""
    needed = tr("应为{expected}").format(expected=error.expected) if error.expected else ""
    return head(error.what, "；".join(part for part in (error.where, error.got, needed, error.cure) if part))
