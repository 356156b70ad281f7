"""Sentences on a plan: size, cost, precision."""

import re
from dataclasses import replace

import pandas as pd

from analysis.decisions.sample_plan import SampleGoal, SamplePlan
from reports.sentences import sampling
from reports.sentences.sentence import say


def plan(widths: tuple[float, float]) -> SamplePlan:
    rows = pd.DataFrame(
        {
            "district": ["甲区", "乙区"],
            "population": [60_000, 40_000],
            "interviews": [1500, 1380],
            "communities": [84, 77],
            "contacts": [2500, 2300],
            "half_width": widths,
            "detectable": [0.051, 0.064],
            "cost": [120_000.0, 110_000.0],
        }
    )
    return SamplePlan(SampleGoal(0.8), 1.5, rows)


def test_a_plan_says_what_it_costs_and_gives_and_what_it_cannot_show() -> None:
    found = plan((0.03, 0.0612))
    assert re.fullmatch(r"下一轮访 2,880 份，全市误差 ±1\.\d 个百分点", sampling.headline(found).text)
    assert sampling.headline(found, advised=True).text.startswith("下一轮建议访 2,880 份")
    assert re.fullmatch(
        r"到 161 个社区入户；全市变化 \d\.\d 个百分点就看得出，单个区县的小变化还看不出。",
        sampling.lead(found).text,
    )
    call = sampling.submitted(found, "市创建办", "12 月 4 日前", examples=True).text
    assert call == ("请市创建办 12 月 4 日前批准份数和经费；23 万元是按示例单价估的，报批前请分析员换成本地单价。")
    own = sampling.submitted(found, "市创建办", "12 月 4 日前", examples=False).text
    assert own == "请市创建办 12 月 4 日前批准份数和经费，约 23 万元；由分析员报批。"
    basis = sampling.basis(found, say("手工填写")).text
    assert basis == "按同社区相似程度 0.05 估算，手工填写；设计效应 1.50"


def test_further_interviews_say_nothing_about_the_city() -> None:
    text = sampling.headline(replace(plan((0.03, 0.0612)), further=True)).text
    assert text == "补访 2,880 份：2 个区县可以判断"


def test_the_curve_says_what_more_money_would_give_and_what_less() -> None:
    table = pd.DataFrame(
        {
            "factor": [0.5, 1.0, 2.0],
            "interviews": [500, 1000, 2000],
            "cost": [4e4, 8e4, 16e4],
            "half_width": [0.042, 0.03, 0.021],
            "detectable": [0.084, 0.06, 0.042],
            "chosen": [False, True, False],
            "offered": True,
        }
    )
    assert sampling.curve(table, advised=True).text == "建议 8 万元：花 16 万元也只到 ±2.1 个百分点"
    assert sampling.curve(table[:2], advised=False).text == "选定 8 万元：花 4 万元就到 ±4.2 个百分点"
    assert "容不下" in sampling.curve(table[1:2], advised=True).text
    row = [one.text for one in sampling.option(table, 1)]
    assert row == ["8 万元", "1,000", "±3.0 个百分点", "6.0 个百分点"]


def test_titles_of_the_figure() -> None:
    assert sampling.precision(plan((0.03, 0.0612))).text == "1 个区县误差超过 5 个百分点"
    assert sampling.precision(plan((0.03, 0.04))).text == "每个区县误差都在 5 个百分点以内"
    assert sampling.intervals(SampleGoal(0.8)).text == "预计比例 80.0% 时各区县的 95% 区间；份数、社区数、误差"


def test_sources_of_the_correlation() -> None:
    assert sampling.of_few(100).text == "答卷不足 100 份，用默认值"
    assert sampling.of_item("知晓 12345").text == "取自已有各轮的“知晓 12345”"
    assert sampling.assumed(0.8, 0.05).text == "比例 80%，同社区相似程度 ICC 0.05"
