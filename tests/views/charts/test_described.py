"""The alternative text of a chart: the finding, then the texts of its marks, at most a dozen."""

import plotly.graph_objects as go

from views.charts.parts.described import MOST, described


def chart(*texts: str, template: str = "%{text}<extra></extra>") -> go.Figure:
    return go.Figure(
        [{"type": "scatter", "x": list(range(len(texts))), "text": list(texts), "hovertemplate": template}]
    )


def test_marks_are_read_out_after_the_finding() -> None:
    assert described(chart("甲区  70%", "乙区  80%"), "甲区最低") == "甲区最低。甲区 70%；乙区 80%"


def test_a_long_chart_is_cut_and_says_so() -> None:
    text = described(chart(*(f"第{at}区" for at in range(MOST + 1))), "都差不多")
    assert text.endswith(f"第{MOST - 1}区；……")
    assert f"第{MOST}区" not in text


def test_texts_that_nobody_can_point_at_and_charts_without_any_are_left_out() -> None:
    assert described(chart("甲区", template=""), "甲区最低") == "甲区最低"
    assert described(go.Figure([{"type": "heatmap", "z": [[1]]}]), "甲区最低") == "甲区最低"
