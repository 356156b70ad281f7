"""The forecast block: bars in order, the best step marked, everything a reader compares printed once."""

import re
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.passing.official_survey import OfficialSample
from analysis.decisions.passing.pass_forecast import Forecast
from reports.overview.lever import Foreseen, Lever
from reports.plans.pass_forecast import PassForecast
from reports.sentences.sentence import Declared, Sentence, rows_of, say
from views.blocks.single.passing import district_table, forecast_block, gain_block, gains, gates, rungs

EVIL = "<script>alert(1)</script>"
EXPECTED, LINE = np.array([0.798, 0.96]), np.array([[0.72, np.nan], [0.44, np.nan]])
FOUND = Forecast(
    np.array([0.47, 0.999]), 0.424, 0.005, np.array([0.294, 0.0]), np.array([0.05, 0.05]), 0.02, EXPECTED, LINE, LINE
)
STEP = Lever(0, EVIL, ("停车",), ("城管",))
ALONE = pd.DataFrame(
    {
        "district": [EVIL, "乙区※"],
        "gain": [0.05, np.nan],
        "everything": [0.3, np.nan],
        "E0": [0.4, np.nan],
        "A0": [1.0, np.nan],
    }
)


def answer(found: Forecast = FOUND, lever: Lever = STEP) -> Foreseen:
    labels = {"E0": "满意率 ≥ 80%", "A0": "知晓率 ≥ 85%"}
    nothing = cast(Any, None)
    rest = (Sentence(), Sentence(), say("为什么：<甲>"), (), nothing)
    forecast = PassForecast(found, nothing, lambda: ALONE, labels, ("满意率", "知晓率"), OfficialSample(1000), *rest)
    rise = Sentence((Declared("要到九成：全市满意率提高 5.8 个百分点", "wording"),))
    return Foreseen(forecast, lever, Sentence(), Sentence(), Sentence(), rise, say("贴着目标线"))


def test_the_block_states_the_probability_and_the_step() -> None:
    html = forecast_block(answer())
    assert "<b>42</b><small>%</small>" in html
    assert html.count("silu-full") == 4
    assert "42% → <b>72%</b>" in html
    assert "城管" not in html, "who acts stands in the line below the headline"
    assert EVIL not in html
    assert "为什么：&lt;甲&gt;；贴着目标线" in html
    table = pd.DataFrame({"district": ["青区"], "item": "E0", "label": "满意率", "estimate": 0.7})
    reached = Lever(0, "青区", ("停车",), ("城管",), rows_of(table, table, "district", "item")[0], 0.8, 0.57)
    html = forecast_block(answer(lever=reached))
    assert "<h3>青区满意率从 70% 提到 80%</h3>" in html
    assert "42% → <b>57%</b>" in html
    assert "先办这一步（仍不到九成" in html
    others = replace(reached, others=(cast(Any, reached.row),), leads=("乙区指挥部",), together=0.64)
    assert "仍不到九成" not in forecast_block(answer(lever=others))
    assert others.further.text == "再由乙区指挥部把青区（70%）也提到 80%，升到约 64%"
    assert [(bar.label, bar.number, bar.kind, bar.note) for bar in rungs(answer(lever=others))] == [
        ("照这次的水平", "42%", "", ""),
        ("青区满意率从 70% 提到 80%", "57%", "silu-best", ""),
        ("青区也提到 80%", "64%", "", "由乙区指挥部牵头"),
        ("要到九成：全市满意率提高 5.8 个百分点", "90%", "silu-sure", ""),
    ]
    assert not others.likely
    assert replace(others, together=0.93).likely


def test_bars_stand_in_order_and_only_nine_in_ten_are_blue() -> None:
    assert [(bar.label, bar.number, bar.kind) for bar in gates(answer().forecast)] == [
        ("知晓率 ≥ 85%", "超过 99%", "silu-sure"),
        ("满意率 ≥ 80%", "47%", ""),
    ]
    assert [(bar.label, bar.number, bar.kind) for bar in gains(answer())] == [
        ("满意率", "+30", "silu-best"),
        ("知晓率", "0", ""),
    ]


@pytest.mark.parametrize("everything", [0.0, 0.004, 0.5, 0.999, 1.0])
def test_extreme_probabilities_stay_in_the_picture(everything: float) -> None:
    found = replace(FOUND, everything=everything, item_gain=np.array([1 - everything, 0.0]))
    html = forecast_block(answer(found, lever=Lever(None)))
    assert all(0 <= float(one) <= 100 for one in re.findall(r"width:([\d.]+)%", html))
    assert "→" not in html
    assert html.count("<i") == 10 + 2, "no further step helps"
    assert gain_block(answer(found)).count("<i") == 2


def test_a_district_without_answers_has_dashes() -> None:
    table = district_table(answer().forecast)
    assert EVIL not in table
    assert "乙区※" in table
    assert re.findall(r'<td data-head="([^"]+)" class="silu-row-number">(.+?)</td>', table)[:4] == [
        ("全部达标", "30%"),
        ("满意率 ≥ 80%", "40%"),
        ("知晓率 ≥ 85%", "&gt;99%"),
        ("多出（百分点）", "+5"),
    ]
    assert table.count(">—<") == 4
