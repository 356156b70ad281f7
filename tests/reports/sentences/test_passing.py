"""Sentences on the forecast: probabilities without certainty, gains in percentage points."""

import numpy as np
import pandas as pd

from analysis.decisions.pass_forecast import Forecast, Gate, OfficialSample
from reports.sentences import passing

GATES = (passing.gate(Gate("E0", (0,), 0.8), "满意率"), passing.gate(Gate("A0", (1,), 0.85), "知晓率"))
RATES = ("满意率", "知晓率")


def forecast(gain: tuple[float, float], error: float = 0.005) -> Forecast:
    return Forecast(np.array([0.45, 0.999]), 0.44, error, np.array(gain), np.array([0.2, 0.01, 0.01]), 0.02)


def districts(gain: tuple[float, ...] = (0.2, 0.01, 0.01)) -> pd.DataFrame:
    return pd.DataFrame({"district": ["甲区", "乙区", "丙区"], "gain": gain, "everything": [0.2, 0.6, 0.9]})


def test_a_gain_of_probability_is_said_in_percentage_points() -> None:
    text = passing.verdict(forecast((0.203, 0.01)), GATES, RATES, districts()).text
    assert text == (
        "照这次的水平，官方调查全部达标的可能约 44%（不是保证，只反映抽样和估计的误差）；"
        "没有把握的是满意率 ≥ 80%（约 45%）；"
        "最该先抓满意率：全市提高 2 个百分点，把握再增 20.3 个百分点；区县里先抓甲区。"
    )


def test_what_the_simulation_cannot_separate_is_not_ranked() -> None:
    text = passing.verdict(forecast((0.203, 0.2)), GATES, RATES, districts((0.02, 0.02, 0.02))).text
    assert "最该先抓满意率、知晓率，帮助分不出先后：任一项全市提高 2 个百分点，把握最多再增 20.3 个百分点" in text
    assert text.endswith("单抓哪个区县帮助都差不多。")


def test_nothing_is_advised_below_the_error_of_the_simulation() -> None:
    assert "先抓" not in passing.verdict(forecast((0.005, 0.001)), GATES, RATES, districts()).text


def test_titles_of_the_figures() -> None:
    found = forecast((0.2, 0.01))
    assert passing.everything(found).text == "全部达标的可能约 44%"
    assert passing.gates(OfficialSample(1200)).text == "官方调查抽 1,200 份时，各条线达标的可能"
    assert passing.lever(found, [("全市满意率", 0.2), ("甲区四率", 0.195)]).text == (
        "提高 2 个百分点，帮助最大的是全市满意率、甲区四率"
    )
    assert passing.lever(found, [("全市满意率", 0.001)]).text == "单独提高 2 个百分点，把握都增加不到 1 个百分点"
    assert passing.levers(found).text == "某一项提高 2 个百分点，全部达标的可能增加多少（百分点）"
    assert passing.districts(districts()).text == "单独看，1 个区县多半不能全部达标"
    assert passing.districts(districts()[1:]).text == "单独看，每个区县全部达标的可能都过半"
    assert "（有效样本 " in passing.method(OfficialSample(1200)).text


def test_the_verdicts_of_the_wave_are_told_apart_from_the_forecast() -> None:
    text = passing.verdicts([("满意率", "达标"), ("知晓率", "达标"), ("参与率", "尚难判断（样本不足）")]).text
    assert text.startswith("本轮自己的判断是另一回事：满意率、知晓率达标；参与率尚难判断（样本不足）。")
    assert text.endswith("能不能过看上面的可能。")
