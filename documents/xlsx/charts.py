"""Native charts of a workbook: columns with intervals, coloured by verdict, with a dash at the target."""

from __future__ import annotations

from typing import Any

from analysis.areas.verdict import Verdict
from documents.marks import mark_of
from reports.briefing.blocks import Chart, Point
from reports.sentences.sentence import Binding

NAME, VALUE = 0, 2
"""Columns of `reports.briefing.parts.rows.chart_table` that a chart shows."""
HELP = ("作图：目标（%）", "作图：区间下差", "作图：区间上差")
"""Columns behind the table that the chart needs."""
GREY, TARGET = "767676", "#111111"


def add_chart(book: Any, page: Any, chart: Chart, at: tuple[int, int, int], styles: dict[str, Any]) -> None:
    """Insert a chart of the rows of its sheet.

    Args:
        book: the workbook.
        page: the sheet, which holds the table of the chart.
        chart: the chart.
        at: first row of the numbers, first free column, and row of the chart.
        styles: formats by name.
    """
    first, column, below = at
    last = first + len(chart.points) - 1
    _numbers(page, chart, (first, column), styles)
    sheet = page.get_name()
    names = [sheet, first, NAME, last, NAME]
    columns = book.add_chart({"type": "column"})
    columns.add_series(
        {
            "name": "比例（%）",
            "categories": names,
            "values": [sheet, first, VALUE, last, VALUE],
            "points": [_look(one) for one in chart.points],
            "gap": 60,
            "y_error_bars": {
                "type": "custom",
                "plus_values": _cells(sheet, first, last, column + 2),
                "minus_values": _cells(sheet, first, last, column + 1),
            },
        }
    )
    if any(one.line is not None for one in chart.points):
        line = book.add_chart({"type": "line"})
        mark = {"type": "long_dash", "size": 15, "fill": {"color": TARGET}, "border": {"color": TARGET}}
        line.add_series(
            {
                "name": "目标（%）",
                "categories": names,
                "values": [sheet, first, column, last, column],
                "line": {"none": True},
                "marker": mark,
            }
        )
        columns.combine(line)
    columns.set_title({"name": chart.title.text, "name_font": {"size": 12}})
    columns.set_y_axis({"name": "%", "min": 0, "max": 100})
    columns.set_legend({"position": "bottom"})
    columns.set_size({"width": 900, "height": 360})
    page.insert_chart(below, 0, columns, {"description": chart.alt.text, "object_position": 2})


def _numbers(page: Any, chart: Chart, at: tuple[int, int], styles: dict[str, Any]) -> None:
    """Write what the chart needs beyond the table: target, and both sides of the interval, in points."""
    first, column = at
    for offset, name in enumerate(HELP):
        page.write_string(first - 1, column + offset, name, styles["head"])
        page.set_column(column + offset, column + offset, 12)
    for row, one in enumerate(chart.points, start=first):
        numbers = (_points(one.line), _spread(one.value, one.low), _spread(one.high, one.value))
        for offset, number in enumerate(numbers):
            if number is not None:
                page.write_number(row, column + offset, number, styles["share"])


def _cells(sheet: str, first: int, last: int, column: int) -> str:
    letter = chr(ord("A") + column)
    quoted = sheet.replace("'", "''")
    return f"='{quoted}'!${letter}${first + 1}:${letter}${last + 1}"


def _look(one: Point) -> dict[str, Any]:
    """Return fill and edge of a column by its verdict; a watched one is hollow, as its mark is."""
    mark = mark_of(one.verdict)
    colour = f"#{mark.colour if mark else GREY}"
    fill = "#FFFFFF" if one.verdict in (Verdict.WATCH, Verdict.UNCLEAR) else colour
    return {"fill": {"color": fill}, "border": {"color": colour, "width": 1.5}}


def _points(cell: Binding | None) -> float | None:
    return None if cell is None else round(100 * float(cell.reference.read()[0]), 1)


def _spread(high: Binding | None, low: Binding | None) -> float | None:
    top, bottom = _points(high), _points(low)
    return None if top is None or bottom is None else round(top - bottom, 1)
