"""The curve marks the chosen point and the offered ones, and its ticks are round."""

import pandas as pd
import pytest

from views.charts.curve import _ticks, cost_curve
from views.charts.parts.frame import Caption


def test_the_chosen_point_is_marked_and_named() -> None:
    table = pd.DataFrame(
        {
            "interviews": [500, 700, 1000],
            "cost": [40_000.0, 56_000.0, 80_000.0],
            "half_width": [0.042, 0.036, 0.03],
            "detectable": [0.084, 0.07, 0.06],
            "chosen": [False, False, True],
            "offered": [True, False, True],
        }
    )
    figure = cost_curve(table, Caption("题", "说明", "来源", mock=True), page_width=620).to_plotly_json()
    line, offered, chosen = figure["data"]
    assert len(line["x"]) == 3
    assert (offered["x"], chosen["x"]) == ([4.0], [8.0])
    assert chosen["marker"]["symbol"] == "star"
    assert chosen["text"] == ["8 万元 · 1,000 份 · ±3.0 个百分点 · 6.0 个百分点"]
    (name,) = [note for note in figure["layout"]["annotations"] if "8 万元，±3.0 个百分点" in note["text"]]
    assert name["xanchor"] == "right"  # the last point has room at its left alone


ENDS = {4.3: [1, 2, 3, 4], 66.0: [10, 20, 30, 40, 50, 60], 0.11: [0.02, 0.04, 0.06, 0.08, 0.1]}


@pytest.mark.parametrize("end", ENDS)
def test_ticks_are_few_and_round(end: float) -> None:
    ticks = _ticks(end, "±{}")
    assert ticks["tickvals"] == pytest.approx(ENDS[end])
    assert ticks["ticktext"] == [f"±{one}" for one in ENDS[end]]
