"""A briefing as PDF: tagged, with embedded fonts, by a template that adds no word of its own but the page number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import repeat
from typing import Any

from documents import code_picture
from documents.docx.layout import BEHIND, FALLBACKS, LATIN, LAYOUTS, SANS, Layout, sent_lines, whole_names
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
    Role,
    Table,
    Text,
)
from reports.briefing.model import Briefing, Kind
from reports.briefing.parts.rows import as_table, chart_table
from reports.briefing.record import code
from reports.sentences.sentence import Binding, Sentence

SIGNS = ["DejaVu Sans", "Segoe UI Symbol", "Noto Sans Symbols2", "Noto Sans CJK SC", "SimSun"]
LATINS: Mapping[str, tuple[str, ...]] = {LATIN: (LATIN, "Liberation Serif"), SANS: (SANS, "Liberation Sans")}
"""Font of figures and Latin letters -> itself and its free stand-in of the same width."""
GAPS: Mapping[str, tuple[float, float]] = {"official": (0, 5.0), "sheet": (1.6, 4.2), "profile": (2.4, 3.8)}
"""Room above headings and height of a row of a chart, in mm. The last two kinds stand on one page."""
PLOTS = (0.3, 0.18)
"""Share of the width of a table for the chart of its rows: of one with few columns, and with more than `FEW`."""
FEW = 4
SIGNED = 2
"""Number of paragraphs that stand on the page of the signature."""


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
        "outer": layout.outer,
        "colours": {"red": layout.red.colour or "000000", "heading": layout.heading.colour or "000000"},
        "strong": layout.heading.bold,
        "margins": layout.margins,
        "size": layout.body.size,
        "sizes": _sizes(layout),
        "fonts": _fonts(layout),
        "head": {name: _words(getattr(head, name)) for name in ("red", "number", "left", "right", "mark", "secrecy")}
        | {"addressee": _words(head.addressee)},
        "blocks": _blocks(found),
        "foot": {
            "method": _runs(foot.method),
            "signature": _words(foot.signature),
            "date": _words(foot.date),
            "fields": [_words(one) for one in foot.fields],
            "sent": [line.split("\t") for line in sent_lines(found, layout)],
        },
    }


def _blocks(found: Briefing) -> list[dict[str, Any]]:
    """Return the blocks; a chart with a table of the same rows stands in a column of it.

    Of several charts only the first says how to read them.
    """
    charts, tables = {one.key: one for one in found.charts}, {table.key for table in found.tables}
    first = next(iter(found.charts), None)
    parts = []
    for block in found.blocks:
        chart = charts.get(block.key.removesuffix(BEHIND)) if isinstance(block, Table) else None
        if isinstance(block, Chart) and f"{block.key}{BEHIND}" in tables:
            continue
        if isinstance(block, Table) and block.key.endswith(BEHIND) and chart is not None:
            parts += [_drawn(block, chart), *([_note(chart)] if chart is first and chart.note else [])]
        elif isinstance(block, Chart) and block is not first:
            parts.append(_chart(replace(block, note=NOTHING)))
        else:
            parts.append(_block(block, LAYOUTS[found.kind]))
    return _signed(parts)


def _signed(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks; the last paragraphs before a signature stay on its page, as does who signs with the day."""
    first = next((at for at, part in enumerate(parts) if part.get("role") == Role.SIGNATURE), 0)
    kept = range(max(first - SIGNED, 0), first + 1 if first else 0)
    return [part | {"sticky": True} if at in kept and "sticky" in part else part for at, part in enumerate(parts)]


def _drawn(table: Table, chart: Chart) -> dict[str, Any]:
    """Return a table with the chart of its rows in its second column."""
    part, drawn = _table(table), _chart(chart)
    plots = [{"plot": point} for point in drawn["points"]]
    rows = [[row[0], plot, *row[1:]] for row, plot in zip(part["rows"], plots, strict=True)]
    share = PLOTS[len(part["columns"]) > FEW]
    rest = [{**one, "width": one["width"] * (1 - share)} for one in part["columns"]]
    column = {"width": share, "align": "left", "heading": []}
    alt = "；".join((drawn["alt"], part["alt"]))
    ends = {"low": drawn["low"], "high": drawn["high"]}
    return {**part, **ends, "alt": alt, "columns": [rest[0], column, *rest[1:]], "rows": rows}


def _note(chart: Chart) -> dict[str, Any]:
    return {"kind": "paragraph", "role": str(Role.NOTE), "runs": [_glue(_words(chart.note))], "sticky": False}


def _pitch(layout: Layout) -> dict[str, float]:
    kind = "official" if layout.outer else "sheet" if layout.indent else "profile"
    pitch = {"leading": layout.pitch / layout.body.size - 1, "inset": (layout.row - layout.table.size) / 2}
    return {**pitch, **dict(zip(("gap", "row"), GAPS[kind], strict=True))}


def _sizes(layout: Layout) -> dict[str, float]:
    return {
        "red": layout.red.size,
        "title": layout.title.size,
        "heading": layout.heading.size,
        "table": layout.table.size,
        "method": layout.small.size,
    }


def _fonts(layout: Layout) -> dict[str, list[Any]]:
    """Return the fonts of each role in order; those of Latin letters leave the marks of Chinese to the others."""
    parts = {"body": layout.body, "title": layout.title, "head": layout.heading}
    chains: dict[str, list[Any]] = {}
    for name, kind in parts.items():
        latin = [{"name": one, "covers": "latin-in-cjk"} for one in LATINS[kind.latin]]
        chains[name] = [*latin, kind.east, *FALLBACKS.get(kind.east, "").split(",")]
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


def _block(block: Block, layout: Layout) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": _words(block.text), "note": _words(block.note)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "role": str(block.role), "runs": _runs(block.text), "sticky": False}
    if isinstance(block, Annex):
        return {"kind": "annex", "label": _words(block.label), "title": _words(block.title)}
    if isinstance(block, Chart):
        return _chart(block)
    table = as_table(block) if isinstance(block, Actions) else block
    shares = [one.width / sum(each.width for each in table.columns) for one in table.columns]
    rows = (tuple(map(whole_names, row, shares, repeat(layout))) for row in table.rows)
    return _table(replace(table, rows=tuple(rows)))


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
        "words": [*_runs(row[1]), *(_numbers(row) if point.value is not None else [])],
    }


def _numbers(row: tuple[Text, ...]) -> list[dict[str, Any]]:
    return [_glue("　"), *_runs(row[2]), _glue("（"), *_runs(row[3]), _glue("）")]


def _glue(words: str) -> dict[str, Any]:
    return {"text": words, "strong": False, "pale": False, "sign": "", "colour": PALE}


def _percent(found: Binding | None) -> float | None:
    return None if found is None else 100 * float(found.reference.read()[0])
