"""Sentences on the forecast: probabilities without certainty, gains in percentage points."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.decisions.passing.official_survey import Gate, OfficialSample
from analysis.decisions.passing.pass_forecast import Forecast
from reports.sentences import passing
from reports.sentences.formats import Format
from reports.sentences.notes import reaching
from reports.sentences.sentence import field, rows_of, setting
from reports.sentences.weak import after_revisit

RATES = ("满意率", "知晓率")


def forecast(gain: tuple[float, float], error: float = 0.005) -> Forecast:
    districts, expected = np.array([0.2, 0.01, 0.01]), np.array([0.798, 0.96])
    at_line = np.full((3, 2), 0.5)
    return Forecast(np.array([0.45, 0.999]), 0.44, error, np.array(gain), districts, 0.02, expected, at_line, at_line)


def districts(gain: tuple[float, ...] = (0.2, 0.01, 0.01)) -> pd.DataFrame:
    return pd.DataFrame({"district": ["甲区", "乙区", "丙区"], "gain": gain, "everything": [0.2, 0.6, 0.9]})


def test_the_headline_names_the_lines_in_doubt() -> None:
    assert passing.headline(forecast((0.2, 0.0)), RATES).text == "全部达标的可能约 44%，缺口只在满意率"
    both = replace(forecast((0.2, 0.0)), gate=np.array([0.45, 0.5]))
    assert passing.headline(both, RATES).text == "全部达标的可能约 44%，缺口在满意率、知晓率"
    sure = replace(both, gate=np.array([0.95, 0.97]), everything=0.93)
    assert passing.headline(sure, RATES).text == "全部达标的可能约 93%，每条线各有九成以上把握"


def test_the_reason_compares_the_expected_share_with_the_line() -> None:
    found, official = forecast((0.2, 0.0)), OfficialSample(1000, 20, 0.0)
    gates = (Gate("s", (0,), 0.8), Gate("k", (1,), 0.85))
    assert passing.reason(found, gates, RATES, official).text == (
        "为什么：推算全市满意率 79.8%，贴着目标 80%，官方抽样误差 ±2.5 个百分点"
    )
    # The city has one number on all pages; the expected share without a district would be another one.
    only = passing.LeftOut(["丙区"], {"s": after_revisit(["丙区"])})
    assert passing.reason(found, gates, RATES, official, only).text == (
        "为什么：推算全市满意率（不含待复访的丙区）贴着目标 80%，等丙区复访后才能判断，官方抽样误差 ±2.5 个百分点"
    )
    low = replace(found, expected=np.array([0.7, 0.96]))
    assert passing.reason(low, gates, RATES, official).text == "为什么：推算全市满意率 70.0%，低于目标 80%"
    assert not passing.reason(replace(found, gate=np.array([0.95, 0.99])), gates, RATES, official)


def test_the_lead_says_what_helps_most_and_who_acts() -> None:
    assert passing.raising(forecast((0.203, 0.01)), RATES).text == "满意率提高 2 个百分点，可能升到约 64%"
    assert passing.acting("甲区", ("停车", "占道"), ("城管",)).text == "最差的是甲区，由城管优先解决停车、占道"
    assert passing.acting("", (), ("城管",)).text == "由城管负责"
    assert passing.acting("甲区", (), ()).text == "最差的是甲区"
    assert not passing.acting("", (), ())
    table = pd.DataFrame({"district": ["甲区"], "item": "E0", "label": "满意率", "estimate": 0.7})
    row, found = rows_of(table, table, "district", "item")[0], forecast((0.203, 0.01))
    line, chance = setting("line", 0.8, Format.TARGET), field(found, "everything", Format.CHANCE)
    text = reaching.first(row, line, chance).text
    assert text == "甲区满意率从 70% 提到 80%，全部达标的可能升到约 44%"
    assert reaching.further((row,), (), line, chance).text == "再把甲区（70%）也提到 80%，升到约 44%"
    assert not reaching.further((), (), line, chance)
    assert reaching.enough("满意率", replace(found, needed=0.058)).text == "要到九成，全市满意率得提高 5.8 个百分点"
    assert reaching.enough("满意率", found).text == "单靠满意率到不了九成"


def test_the_day_of_the_official_survey_is_named_or_said_to_be_open() -> None:
    today = date(2026, 11, 29)
    assert reaching.exam(None, today).text == "官方调查日期待定"
    assert reaching.exam(date(2026, 12, 20), today).text == "官方调查 12 月 20 日"
    assert reaching.exam(date(2027, 3, 19), today).text == "官方调查 2027 年 3 月 19 日"
    assert reaching.exam(date(2026, 10, 1), today).text == "官方调查 10 月 1 日（已过）"


def test_what_the_simulation_cannot_separate_is_not_ranked() -> None:
    found = forecast((0.203, 0.2))
    assert passing.raising(found, RATES).text == "满意率、知晓率任一项提高 2 个百分点，可能升到约 64%"
    assert passing.tied_with(found, 0) == (0, 1)
    assert passing.tied_with(forecast((0.203, 0.1)), 0) == (0,)
    alike = districts((0.02, 0.02, 0.02))
    assert passing.district_order(found, alike).text == "单抓哪个区县，对全市的帮助都差不多"
    assert passing.district_order(found, districts()).text == "一个区县各率都提高 2 个百分点，帮助最大的是甲区"
    assert not passing.district_order(found, alike[:1])


def test_nothing_is_advised_below_the_error_of_the_simulation() -> None:
    found = forecast((0.005, 0.001))
    assert passing.best_lever(found) is None
    assert passing.raising(found, RATES).text == "任一项提高 2 个百分点，可能都增加不到 1 个百分点"
    assert passing.no_step(found).text == "单独提高哪一项都帮助不大，要几项一起抓"
    assert passing.no_step(replace(found, everything=0.95)).text == "已有九成以上把握，守住现在的水平"


def test_words_of_the_picture() -> None:
    found = forecast((0.2, 0.01))
    assert passing.in_ten(found).text == "同样考十次，约 4 次全部达标"
    assert passing.in_ten(replace(found, everything=0.03)).text == "同样考十次，全部达标的不到一次"
    assert passing.step_title("满意率", found).text == "全市满意率提高 2 个百分点"
    assert passing.gains_title(found).text == "每项提高 2 个百分点，全部达标的可能增加多少"
    assert passing.official(OfficialSample(1200)).text == "官方调查抽 1,200 份，竖线为九成把握"
    assert passing.gate(Gate("E0", (0,), 0.8), "满意率").text == "满意率 ≥ 80%"
    assert passing.districts(districts()).text == "单独看，1 个区县多半不能全部达标"
    assert passing.districts(districts()[1:]).text == "单独看，每个区县全部达标的可能都过半"
    assert "（有效样本 " in passing.method(OfficialSample(1200)).text


def test_the_verdicts_of_the_wave_are_told_apart_from_the_forecast() -> None:
    text = passing.verdicts([("满意率", "达标"), ("知晓率", "达标"), ("参与率", "尚难判断（样本不足）")]).text
    assert text.startswith("本轮自己的判断是另一回事：满意率、知晓率达标；参与率尚难判断（样本不足）。")
    assert text.endswith("能不能过看上面的可能。")
