"""A chart of rows on a slide: names with verdicts at the left, native bars with error bars, values at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from power_pptx.enum.chart import XL_CHART_TYPE

from analysis.line_breaks import width
from documents.native.chart import Look, chart_xml
from documents.native.numbers import numbers_of, workbook
from documents.pptx.layout import Box
from documents.pptx.tables import add_rows
from reports.briefing.blocks import Chart, Column, Point, Run, Text, plain, text_of
from reports.briefing.parts.rows import chart_table
from reports.sentences.sentence import Name, Sentence, say

HEAD, PITCH, LARGEST = 0.3, 0.6, 14
"""Height of the scale, and largest height of a row, in inches; largest type of a row in points."""
WRAPPED = 11
"""Smallest type of a row that may take two lines, in points."""
LOOSE = 1.2
"""Width of digits in fonts that are wider than ours, in units of ours."""
WIDE = 10
"""Width from which more of a chart is for its bars, in inches."""


@dataclass(frozen=True, slots=True)
class Data:
    """What the library puts into a new chart: the chart of a model, and its workbook."""

    found: Chart
    head: float

    def xml_bytes(self, _: object) -> bytes:
        """Return the chart; the library adds the relationship to the workbook."""
        return chart_xml(numbers_of(self.found), Look(head=self.head))

    @property
    def xlsx_blob(self) -> bytes:
        """Return the workbook."""
        return workbook(numbers_of(self.found))


def add_dots(slide: Any, box: Box, found: Chart, name: str) -> float:
    """Add the rows of a chart, a table of names and values with the chart between them, and return their height."""
    points = found.points
    pitch = min(PITCH, (box.height - HEAD) / max(len(points), 1))
    names = (0.28 if box.width < WIDE else 0.22) * box.width
    plot = (0.34 if box.width < WIDE else 0.52) * box.width
    longest = max((width(f"▼ {point.label.text}") for point in points), default=1)
    least = WRAPPED if pitch >= PITCH / 1.3 else 0  # so that a long name may take two lines
    table = chart_table(found)
    cells = tuple((_name(point), (), _value(point, row)) for point, row in zip(points, table.rows, strict=True))
    widths = (names, plot, box.width - names - plot)
    numbers = max((width(text_of(row[2])) for row in cells), default=1)
    most = (widths[2] - 0.15) * 72 / (LOOSE * max(numbers, 1))  # a row that grew would no longer stand beside its bar
    size = min(LARGEST, max((names - 0.15) * 72 / longest, least), most, pitch * 72 / 1.3)
    columns = tuple(Column(text, share / box.width) for text, share in zip(_heads(), widths, strict=True))
    heights = [HEAD] + [pitch] * len(points)
    add_rows(slide, Box(box.left, box.top, box.width, HEAD), (columns, cells), heights, f"{name}:rows", size=int(size))
    if any(point.value is not None for point in points):
        frame = Box(box.left + names, box.top, plot, HEAD + pitch * len(points))
        shape = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *frame.emu, Data(found, HEAD / frame.height))
        shape.name, shape.alt_text = f"{name}:chart", found.alt.text
    return sum(heights)


def _heads() -> tuple[Sentence, ...]:
    return Sentence(), Sentence(), say("%（区间，n）")


def _name(point: Point) -> Text:
    return (Run(point.label, mark=point.verdict),)


def _value(point: Point, row: tuple[Text, ...]) -> Text:
    """Return value, interval and number; without a value, why there is none."""
    if point.value is None and point.verdict:
        return (Run(say("{word}，不作判断", word=Name(point.verdict)), pale=True),)
    return (*row[2], *_rest(row))


def _rest(row: tuple[Text, ...]) -> Text:
    """Return interval and number behind the value."""
    limits, n = row[3], row[4]
    return plain(say("（{limits}，{n}）", limits=limits[0].text, n=n[0].text)) if limits and n else ()
