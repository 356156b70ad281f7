"""Sentences on the next sample."""

from __future__ import annotations

from analysis.decisions.sample_plan import SampleGoal, SamplePlan
from analysis.estimation.intervals import LEVEL
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Sentence, count, field, rows_of, say, setting

WIDE = 0.05
"""Half-width of an interval, a share, from which a district is called imprecise."""


def plan(found: SamplePlan, source: Sentence) -> Sentence:
    """Report how many interviews, where, at what cost, and what they can and cannot show.

    Args:
        found: the plan.
        source: the source of its correlation.
    """
    widest = rows_of(found.districts, found.districts.sort_values("half_width").tail(1), "district")[0]
    return say(
        "访问 {interviews} 份、{communities} 个社区，约 {cost}：全市误差 {margin}，最粗的{district} {widest}，"
        "变化小于 {detectable}在那里看不出来（按同社区相似程度 {icc} 估算，{source}）。",
        interviews=field(found, "interviews", Format.COUNT),
        communities=field(found, "communities", Format.COUNT),
        cost=field(found, "cost", Format.MONEY),
        margin=field(found, "half_width", Format.MARGIN),
        district=widest.name("district"),
        widest=widest.bound("half_width", Format.MARGIN),
        detectable=widest.bound("detectable", Format.POINTS),
        icc=field(found.goal, "icc", Format.DECIMAL),
        source=source,
    )


def precision(found: SamplePlan) -> Sentence:
    """Report how many districts would be imprecise, for the title of a figure."""
    districts, wide = found.districts, setting("WIDE", WIDE, Format.STEP)
    coarse = rows_of(districts, districts[districts["half_width"] > WIDE], "district")
    if not coarse:
        return say("每个区县误差都在 {wide}以内", wide=wide)
    return say("{count} 个区县误差超过 {wide}", count=count(coarse, "imprecise districts"), wide=wide)


def intervals(goal: SampleGoal) -> Sentence:
    """Describe the figure of the districts."""
    level = setting("LEVEL", LEVEL, Format.TARGET)
    words = "预计比例 {rate} 时各区县的 {level} 区间；份数、社区数、误差"
    return say(words, rate=field(goal, "rate", Format.PERCENT), level=level)


def assumed(rate: float, icc: float) -> Sentence:
    """Report what a first plan assumes."""
    numbers = {"rate": setting("rate", rate, Format.TARGET), "icc": setting("icc", icc, Format.DECIMAL)}
    return say("比例 {rate}，同社区相似程度 ICC {icc}", **numbers)


def of_few(fewest: int) -> Sentence:
    """Report that there are too few answers to estimate a correlation."""
    return say("答卷不足 {fewest} 份，用默认值", fewest=setting("FEW", fewest, Format.COUNT))


def of_item(label: str) -> Sentence:
    """Report the item that a correlation is estimated from."""
    return say("取自已有各轮的“{item}”", item=Name(label))


def foot(found: SamplePlan, title: str, rule: str, frame: str) -> Sentence:
    """Return the foot of the figure of a plan, which states that a plan is not a result."""
    deff = field(found, "deff", Format.DECIMAL)
    words = "{title}；设计效应 {deff}；{rule}；这是方案，不是调查结果；{frame}"
    return say(words, title=Name(title), deff=deff, rule=Name(rule), frame=Name(frame))


def account(found: SamplePlan, mock: str) -> Sentence:
    """Return the note below a plan in a workbook."""
    return say(
        "设计效应 {deff}（每社区 {take} 份，同社区相似程度 {icc}）；{mock}",
        deff=field(found, "deff", Format.DECIMAL),
        take=field(found.goal, "take", Format.COUNT),
        icc=field(found.goal, "icc", Format.DECIMAL),
        mock=Name(mock),
    )
