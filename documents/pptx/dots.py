"""A chart of dots as a native scatter chart: value, interval, target and verdict of each row, beside its words.

Intervals are lines of two points and no error bars: LibreOffice ignores error bars of unequal lengths, and a line is
edited like any other series.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from power_pptx.chart.data import XyChartData
from power_pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from power_pptx.enum.dml import MSO_LINE
from power_pptx.oxml.ns import qn
from power_pptx.util import Pt

from analysis.areas.verdict import Verdict
from analysis.numerals import width
from documents.marks import MARKS, PALE, mark_of
from documents.pptx.layout import SOFT, Box, rgb
from documents.pptx.tables import add_rows
from reports.briefing.blocks import Chart, Column, Point, Run, Text, plain
from reports.briefing.parts.rows import chart_table
from reports.sentences.sentence import Binding, Sentence, say

HEAD, PITCH, LARGEST = 0.3, 0.48, 13
"""Height of the scale, and largest height of a row, in inches; largest type of a row in points."""
SHAPES = {
    "▼": XL_MARKER_STYLE.DIAMOND,
    "▽": XL_MARKER_STYLE.TRIANGLE,
    "○": XL_MARKER_STYLE.CIRCLE,
    "■": XL_MARKER_STYLE.SQUARE,
}
"""Sign of a verdict -> marker; charts of presentations have no triangle that points down."""
RED_LINE = "C8102E"
SERIES, TARGET, INTERVAL = "比例（%）", "目标（%）", "区间（%）"


def add_dots(slide: Any, box: Box, found: Chart) -> None:
    """Add the rows of a chart: names with verdicts at the left, the dots, values at the right."""
    points = found.points
    pitch = min(PITCH, (box.height - HEAD) / max(len(points), 1))
    names, plot = 0.34 * box.width, 0.32 * box.width
    longest = max((width(f"▼ {point.label.text}") for point in points), default=1)
    size = min(LARGEST, (names - 0.15) * 72 / longest, pitch * 72 / 1.3)
    table = chart_table(found)
    cells = tuple((_name(point), (), (*row[2], *_rest(row))) for point, row in zip(points, table.rows, strict=True))
    widths = (names, plot, box.width - names - plot)
    columns = tuple(Column(text, share / box.width) for text, share in zip(_heads(), widths, strict=True))
    add_rows(
        slide,
        Box(box.left, box.top, box.width, HEAD),
        (columns, cells),
        [HEAD] + [pitch] * len(points),
        found.title.text,
        size=int(size),
    )
    shown = [(at, point) for at, point in enumerate(points) if point.value is not None]
    if shown:
        frame = Box(box.left + names, box.top, plot, HEAD + pitch * len(points))
        _chart(slide, frame, found, shown, HEAD / frame.height)


def _heads() -> tuple[Sentence, ...]:
    return Sentence(), Sentence(), say("%（区间，n）")


def _name(point: Point) -> Text:
    return (Run(point.label, mark=point.verdict),)


def _rest(row: tuple[Text, ...]) -> Text:
    """Return interval and number behind the value."""
    limits, n = row[3], row[4]
    return plain(say("（{limits}，{n}）", limits=limits[0].text, n=n[0].text)) if limits and n else ()


def percent(found: Binding | None) -> float | None:
    """Return a bound share in percent, with one decimal as it is printed; None for none."""
    return None if found is None else round(100 * float(found.reference.read()[0]), 1)


def _chart(slide: Any, box: Box, found: Chart, shown: list[tuple[int, Point]], head: float) -> None:
    data, count = XyChartData(number_format="0.0"), len(found.points)  # type: ignore[no-untyped-call]
    # Longer series come first, because LibreOffice draws none that follows a shorter one.
    lined = [(at, line) for at, point in shown if (line := percent(point.line)) is not None]
    if lined:
        _series(data, TARGET, [(line, count - at - rest) for at, line in lined for rest in (1, 0)])
    _series(data, SERIES, [(percent(point.value), count - at - 0.5) for at, point in shown])
    spread = [(at, point) for at, point in shown if point.low is not None and point.high is not None]
    for at, point in spread:
        ends = [(percent(end), count - at - 0.5) for end in (point.low, point.high)]
        _series(data, f"{point.label.text}{INTERVAL}", ends)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *box.emu, data)
    frame.name, frame.alt_text = found.title.text, found.alt.text
    chart = frame.chart
    chart.has_legend = chart.has_title = False
    _scale(chart, found, count, head)
    drawn = list(chart.plots[0].series)
    if lined:
        _line(drawn.pop(0), RED_LINE, 1.5)
    _mark(drawn.pop(0), [point for _, point in shown])
    for series, (_, point) in zip(drawn, spread, strict=True):
        _line(series, _colour(point), 1.75)


def _series(data: Any, name: str, points: Sequence[tuple[float | None, float]]) -> None:
    series = data.add_series(name)
    for across, up in points:
        series.add_data_point(across, up)


def _scale(chart: Any, found: Chart, count: int, head: float) -> None:
    """Set both axes: the scale stands above the dots, which fill the rest of the frame."""
    values = [
        value for point in found.points for value in map(percent, (point.low, point.high, point.line, point.value))
    ]
    known = [value for value in values if value is not None]
    low, high = max(0, 10 * int((min(known) - 2) // 10)), min(100, 10 * int((max(known) + 12) // 10))
    across, up = chart.category_axis, chart.value_axis
    across.minimum_scale, across.maximum_scale, across.major_unit = low, high, 10
    across.has_major_gridlines = False
    across.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    across.tick_labels.font.size = Pt(11)
    across.tick_labels.font.color.rgb = rgb(SOFT)
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = "0", False
    across.format.line.fill.background()
    across.major_tick_mark = XL_TICK_MARK.NONE
    up.minimum_scale, up.maximum_scale, up.major_unit = 0, count, 1
    up.visible, up.has_major_gridlines = False, False
    _inner(chart, head)


def _inner(chart: Any, head: float) -> None:
    """Lay the plot area out by hand, so that its rows stand beside those of the table."""
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = area.makeelement(qn("c:layout"), {})
    manual = layout.makeelement(qn("c:manualLayout"), {})
    layout.append(manual)
    for name, value in (
        ("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"), ("x", "0.03"), ("y", str(round(head, 4))),
        ("w", "0.94"), ("h", str(round(1 - head, 4))),
    ):  # fmt: skip
        manual.append(manual.makeelement(qn(f"c:{name}"), {"val": value}))
    area.insert(0, layout)


def _mark(series: Any, points: Sequence[Point]) -> None:
    """Draw the marks of verdicts."""
    series.format.line.fill.background()
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 10
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(MARKS[Verdict.UNCLEAR].colour)
    for number, point in enumerate(points):
        mark, marker = mark_of(point.verdict), series.points[number].marker
        marker.style, marker.size = SHAPES.get(mark.sign if mark else "", XL_MARKER_STYLE.X), 10
        marker.format.line.color.rgb = rgb(_colour(point))
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = rgb(_colour(point))


def _colour(point: Point) -> str:
    mark = mark_of(point.verdict)
    return mark.colour if mark else PALE


def _line(series: Any, colour: str, width: float) -> None:
    """Draw a series as a line without marks."""
    series.marker.style = XL_MARKER_STYLE.NONE
    series.format.line.color.rgb = rgb(colour)
    series.format.line.width = Pt(width)
    series.format.line.dash_style = MSO_LINE.SOLID
    series.smooth = False
