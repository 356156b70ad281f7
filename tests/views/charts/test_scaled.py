"""A scaled chart: lengths grow, data stay."""

import plotly.graph_objects as go

from views.charts.parts.frame import Box, Caption, framed
from views.charts.parts.scaled import scaled

TRACE = {
    "type": "scatter",
    "x": [0.5, 0.7],
    "y": [0, 1],
    "marker": {"size": [10, 20], "line": {"width": 2}},
    "error_x": {"array": [0.1, 0.1], "width": 0, "thickness": 3},
}


def test_texts_marks_lines_and_margins_grow_and_data_do_not() -> None:
    plain = framed([TRACE], {"xaxis": {"range": [0, 1]}}, Caption("结论", "指标", "出处", True), Box(300))
    large = scaled(plain, 1.5)
    assert large.layout.height == plain.layout.height * 1.5
    assert large.layout.margin.l == plain.layout.margin.l * 1.5
    sizes, grown = ([one.font.size for one in picture.layout.annotations] for picture in (plain, large))
    assert sizes
    assert grown == [size * 1.5 for size in sizes]
    trace = large.data[0]
    assert (list(trace.x), trace.marker.size, trace.marker.line.width) == ([0.5, 0.7], (15.0, 30.0), 3.0)
    assert (trace.error_x.thickness, list(trace.error_x.array)) == (4.5, [0.1, 0.1])
    assert large.layout.xaxis.range == (0, 1)
    assert isinstance(large, go.Figure)
    assert plain.data[0].marker.size == (10, 20)
