"""A briefing as PDF: tagged, with embedded fonts, by a template that adds no word of its own but the page number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from documents import code_picture
from documents.docx.layout import FALLBACKS, LATIN, LAYOUTS, Layout
from documents.docx.text import clean
from documents.marks import PALE, mark_of
from documents.pdf.compiler import template, typeset
from reports.briefing.blocks import (
    NOTHING,
    Actions,
    Annex,
    Block,
    Chart,
    Column,
    Heading,
    Paragraph,
    Point,
    Table,
    Text,
)
from reports.briefing.model import Briefing, Kind
from reports.briefing.parts.rows import as_table, chart_table
from reports.briefing.record import code
from reports.sentences.sentence import Binding, Sentence

SIGNS = ["DejaVu Sans", "Segoe UI Symbol", "Noto Sans Symbols2", "Noto Sans CJK SC", "SimSun"]
PITCHES: Mapping[str, tuple[float, float, float, float]] = {
    "official": (0.62, 3.4, 3.2, 5.0),
    "sheet": (0.54, 2.3, 2.4, 4.2),
    "profile": (0.5, 1.7, 2.0, 3.8),
}
"""Leading in em, room in cells in points, room above headings and height of a row of a chart in mm. The last two kinds
stand on one page."""


def render(found: Briefing) -> bytes:
    """Return a document as PDF/A-2a and PDF/UA-1, byte for byte the same for the same content and fonts.

    Raises:
        ArgumentError: typst refuses the document, such as for a missing font or alternative text.
    """
    data, day = content_of(found, LAYOUTS[found.kind]), datetime.fromisoformat(found.day)
    standards = ["a-2a", "ua-1"]
    stamp = int(day.timestamp())
    return typeset(template("briefing.typ"), data, "PDF ", format="pdf", pdf_standards=standards, timestamp=stamp)


def content_of(found: Briefing, layout: Layout) -> dict[str, Any]:
    """Return what a template lays out: every word, number and type."""
    head, foot, name = found.head, found.foot, code(found)
    day = datetime.fromisoformat(found.day)
    title = found.title or head.red
    return {
        "title": _words(title),
        "heading": _words(found.title),
        "author": _words(foot.signature or head.left),
        "subject": str(found.kind),
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "long": found.kind in (Kind.CIRCULAR, Kind.REPORT, Kind.PROFILE, Kind.DECK),
        "source": _words(foot.source),
        "code": name,
        "caption": _words(code_picture.caption(name)),
        "alternative": _words(code_picture.alternative(name)),
        "picture": code_picture.drawing(name),
        **_pitch(layout),
        "indent": layout.indent,
        "margins": layout.margins,
        "size": layout.body.size,
        "sizes": _sizes(layout),
        "fonts": _fonts(layout),
        "head": {name: _words(getattr(head, name)) for name in ("red", "number", "left", "right", "mark", "secrecy")}
        | {"addressee": _words(head.addressee)},
        "blocks": [_block(block) for block in _annotated(found)],
        "foot": {
            "method": _runs(foot.method),
            "signature": _words(foot.signature),
            "date": _words(foot.date),
            "fields": [_words(one) for one in foot.fields],
            "sent": [_words(one) for one in foot.sent],
        },
    }


def _annotated(found: Briefing) -> list[Block]:
    """Return the blocks; of several charts only the first says how to read them."""
    first = next(iter(found.charts), None)
    return [replace(one, note=NOTHING) if isinstance(one, Chart) and one is not first else one for one in found.blocks]


def _pitch(layout: Layout) -> dict[str, float]:
    kind = "official" if layout.outer else "sheet" if layout.indent else "profile"
    return dict(zip(("leading", "inset", "gap", "row"), PITCHES[kind], strict=True))


def _sizes(layout: Layout) -> dict[str, float]:
    return {
        "red": layout.red.size,
        "title": layout.title.size,
        "heading": layout.heading.size,
        "table": layout.table.size,
        "method": layout.small.size,
    }


def _fonts(layout: Layout) -> dict[str, list[str]]:
    parts = {"body": layout.body, "title": layout.title, "head": layout.heading}
    chains = {name: [kind.latin, kind.east, *FALLBACKS.get(kind.east, "").split(",")] for name, kind in parts.items()}
    return {**chains, "signs": [*SIGNS, LATIN]}


def _words(text: Sentence) -> str:
    return clean(text.text)


def _runs(text: Text) -> list[dict[str, Any]]:
    return [
        {
            "text": _words(run.text),
            "strong": run.strong,
            "pale": run.pale,
            "sign": mark.sign if (mark := mark_of(run.mark)) else "",
            "colour": mark.colour if mark else PALE,
        }
        for run in text
    ]


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": _words(block.text), "note": _words(block.note)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "role": str(block.role), "runs": _runs(block.text)}
    if isinstance(block, Annex):
        return {"kind": "annex", "label": _words(block.label), "title": _words(block.title)}
    if isinstance(block, Chart):
        return _chart(block)
    return _table(as_table(block) if isinstance(block, Actions) else block)


def _table(block: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "grid": block.grid,
        "alt": _words(block.alt),
        "columns": [_column(column) for column in block.columns],
        "rows": [[{"runs": _runs(cell)} for cell in row] for row in block.rows],
    }


def _column(column: Column) -> dict[str, Any]:
    mark = mark_of(column.mark)
    sign = {"sign": mark.sign if mark else "", "colour": mark.colour if mark else PALE}
    heading = [{"text": _words(column.heading), "strong": False, "pale": False, **sign}]
    return {"width": column.width, "align": column.align, "heading": heading}


def _chart(block: Chart) -> dict[str, Any]:
    rows = chart_table(block).rows
    values = [value for one in block.points for value in map(_percent, (one.value, one.low, one.high, one.line))]
    known = [value for value in values if value is not None] or [0.0, 100.0]
    return {
        "kind": "chart",
        "alt": _words(block.alt),
        "note": _words(block.note),
        "low": min(known) - 1,
        "high": max(known) + 1,
        "points": [_point(point, row) for point, row in zip(block.points, rows, strict=True)],
    }


def _point(point: Point, row: tuple[Text, ...]) -> dict[str, Any]:
    mark = mark_of(point.verdict)
    numbers: Mapping[str, Binding | None] = {name: getattr(point, name) for name in ("value", "low", "high", "line")}
    return {
        **{name: _percent(number) for name, number in numbers.items()},
        "sign": mark.sign if mark else "×",
        "colour": mark.colour if mark else PALE,
        "label": _runs(row[0]),
        "words": [*_runs(row[1]), _glue("　"), *_runs(row[2]), _glue("（"), *_runs(row[3]), _glue("）")],
    }


def _glue(words: str) -> dict[str, Any]:
    return {"text": words, "strong": False, "pale": False, "sign": "", "colour": PALE}


def _percent(found: Binding | None) -> float | None:
    return None if found is None else 100 * float(found.reference.read()[0])
