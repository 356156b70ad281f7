"""Sentences on a plan: size, cost, precision."""

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


def test_a_plan_says_size_cost_and_what_it_cannot_show() -> None:
    found = plan((0.03, 0.0612))
    text = sampling.plan(found, say("手工填写")).text
    assert text.startswith("访问 2,880 份、161 个社区，约 23.0 万元：全市误差 ±")
    assert "最粗的乙区 ±6.1 个百分点，变化小于 6.4 个百分点在那里看不出来" in text
    assert text.endswith("（按同社区相似程度 0.05 估算，手工填写）。")


def test_titles_of_the_figure() -> None:
    assert sampling.precision(plan((0.03, 0.0612))).text == "1 个区县误差超过 5 个百分点"
    assert sampling.precision(plan((0.03, 0.04))).text == "每个区县误差都在 5 个百分点以内"
    assert sampling.intervals(SampleGoal(0.8)).text == "预计比例 80.0% 时各区县的 95% 区间；份数、社区数、误差"


def test_sources_of_the_correlation() -> None:
    assert sampling.of_few(100).text == "答卷不足 100 份，用默认值"
    assert sampling.of_item("知晓 12345").text == "取自已有各轮的“知晓 12345”"
    assert sampling.assumed(0.8, 0.05).text == "比例 80%，同社区相似程度 ICC 0.05"
