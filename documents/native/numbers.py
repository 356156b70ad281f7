"""The numbers of a native chart, as they are printed, and the workbook that an editor of the chart opens."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from documents.archive import same_bytes
from reports.briefing.blocks import Chart
from reports.sentences.sentence import Binding
from survey.storage.spreadsheets import open_workbook

SHEET = "Sheet1"
HEADS = ("项目", "比例（%）", "区间下差", "区间上差", "目标（%）", "判断")
NAME, VALUE, MINUS, PLUS, TARGET, VERDICT = "ABCDEF"
"""Columns of the workbook."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """One row of a chart; shares in percent with one decimal, None for none.

    Attributes:
        name: its label.
        verdict: its verdict, or the reason for none.
        value: the estimate.
        minus, plus: from the estimate to both limits of its interval.
        line: its target.
    """

    name: str
    verdict: str
    value: float | None
    minus: float | None
    plus: float | None
    line: float | None


def percent(found: Binding | None) -> float | None:
    """Return a bound share in percent, with one decimal as it is printed; None for none."""
    return None if found is None else round(100 * float(found.reference.read()[0]), 1)


def numbers_of(found: Chart) -> tuple[Numbers, ...]:
    """Return the rows of a chart in order."""
    rows = []
    for one in found.points:
        value, low, high = percent(one.value), percent(one.low), percent(one.high)
        rows.append(
            Numbers(one.label.text, one.verdict, value, _apart(low, value), _apart(value, high), percent(one.line))
        )
    return tuple(rows)


def _apart(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else round(high - low, 1)


def target_of(rows: Sequence[Numbers]) -> float | None:
    """Return the target of all rows; None where they have none or several."""
    lines = {row.line for row in rows}
    return lines.pop() if len(lines) == 1 else None


def workbook(rows: Sequence[Numbers]) -> bytes:
    """Return the workbook of a chart: a row for each of its rows, below the heads."""
    out = io.BytesIO()
    book = open_workbook(out, in_memory=True)
    sheet = book.add_worksheet(SHEET)
    for at, head in enumerate(HEADS):
        sheet.write_string(0, at, head)
    for at, row in enumerate(rows, start=1):
        sheet.write_string(at, 0, row.name)
        for column, number in enumerate((row.value, row.minus, row.plus, row.line), start=1):
            if number is not None:
                sheet.write_number(at, column, number)
        sheet.write_string(at, len(HEADS) - 1, row.verdict)
    book.close()
    return same_bytes(out.getvalue())
