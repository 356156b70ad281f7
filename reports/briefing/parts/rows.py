"""Charts and actions as tables, for forms without them, and for readers who want the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.numerals import DASH
from reports.briefing.blocks import Action, Actions, Chart, Column, Point, Run, Table, Text, plain
from reports.sentences.formats import Format
from reports.sentences.references import Span
from reports.sentences.sentence import Binding, Name, Piece, Sentence, say

WIDTHS = (0.545, 0.215, 0.24)
WIDE = (0.59, 0.21, 0.2)
LED, ACROSS = (0.52, 0.15, 0.195, 0.135), (0.475, 0.125, 0.28, 0.12)
"""Widths of task, owner and day, without evidence and with it; of task, lead, owner and day, on a page and a slide."""


def as_table(found: Actions, *, across: bool = False) -> Table:
    """Return actions as a table of task, lead where it is named, owner and day.

    Args:
        found: the actions.
        across: whether it is wide enough for several owners on a line, as on a slide.
    """
    led = len(found.headings) == len(LED)
    widths = (ACROSS if across else LED) if led else WIDE if any(one.evidence for one in found.rows) else WIDTHS
    columns = tuple(Column(text, width) for text, width in zip(found.headings, widths, strict=True))
    return Table(
        found.key, found.title, columns, tuple(_action(one, led=led, across=across) for one in found.rows), found.alt
    )


def _action(one: Action, *, led: bool, across: bool) -> tuple[Text, ...]:
    evidence = (Run(say("\n")), *one.evidence) if one.evidence else ()
    task = Run(one.task, strong=bool(one.evidence))
    owner = one.owner if led and across else _broken(one.owner, {"、": "\n"})
    due = _broken(one.due, {"（": "\n", "）": ""})
    lead = [one.lead] if led else []
    return (task, *evidence), *(plain(text or say(DASH)) for text in (*lead, owner, due))


def _broken(found: Sentence, breaks: Mapping[str, str]) -> Sentence:
    """Return words of a cell with line breaks: each owner, and the remark on a deadline, on a line of its own."""
    return Sentence(tuple(_piece(piece, breaks) for piece in found.pieces))


def _piece(piece: Piece, breaks: Mapping[str, str]) -> Piece:
    if isinstance(piece, Binding):
        return piece
    text = piece if isinstance(piece, str) else piece.text
    for sign, new in breaks.items():
        text = text.replace(sign, new)
    return text if isinstance(piece, str) else replace(piece, text=text)


def chart_table(found: Chart) -> Table:
    """Return the rows of a chart as a table: name, verdict, value, interval, n, target, the wave before, the change."""
    before = any(one.before is not None for one in found.points)
    columns = [
        Column(say("项目"), 0.26),
        Column(say("判断"), 0.18),
        Column(say("比例（%）"), 0.12, "right"),
        Column(say("区间（%）"), 0.2, "center"),
        Column(say("n"), 0.1, "right"),
        Column(say("目标"), 0.1, "right"),
    ]
    if before:
        columns.append(Column(say("上轮（%）"), 0.12, "right"))
    if changed := any(one.change for one in found.points):
        columns.append(Column(say("变化"), 0.24))
    rows = tuple(_point(one, before=before, changed=changed) for one in found.points)
    return Table(found.key, found.title, tuple(columns), rows, found.alt)


def _point(one: Point, *, before: bool, changed: bool) -> tuple[Text, ...]:
    cells = [
        plain(one.label),
        (Run(say("{word}", word=Name(one.verdict)), mark=one.verdict),) if one.verdict else plain(say(DASH)),
        (Run(_number(one.value, Format.FIGURES), strong=True),),
        plain(_interval(one)),
        plain(_number(one.n, Format.PLAIN)),
        plain(_number(one.line, Format.TARGET)),
    ]
    if before:
        cells.append(plain(_number(one.before, Format.FIGURES)))
    if changed:
        cells.append(plain(one.change or say(DASH)))
    return tuple(cells)


def _interval(one: Point) -> Sentence:
    if one.low is None or one.high is None:
        return say(DASH)
    return say("{limits}", limits=Binding(Span(one.low.reference, one.high.reference), Format.FIGURES))


def _number(found: Binding | None, form: Format) -> Sentence:
    return say(DASH) if found is None else say("{number}", number=Binding(found.reference, form))
