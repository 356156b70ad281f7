"""Sentences on the next sample."""

from __future__ import annotations

import pandas as pd

from analysis.decisions.sample_plan import SampleGoal, SamplePlan
from analysis.estimation.intervals import LEVEL
from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Sentence, Slot, count, field, rows_of, say, setting

WIDE = 0.05
"""Half-width of an interval, a share, from which a district is called imprecise."""


def headline(found: SamplePlan, *, advised: bool = False) -> Sentence:
    """Report how many interviews the plan has and how precise they are; what they cost stands in `submitted`.

    Args:
        found: the plan.
        advised: whether the program proposes it, rather than the reader.
    """
    interviews = field(found, "interviews", Format.COUNT)
    if found.further:
        areas = count(rows_of(found.districts, found.districts, "district"), "districts of the plan")
        return say("补访 {interviews} 份：{areas} 个区县可以判断", interviews=interviews, areas=areas)
    advice = Name("下一轮建议" if advised else "下一轮")
    margin = field(found, "half_width", Format.MARGIN)
    return say("{advice}访 {interviews} 份，全市误差 {margin}", advice=advice, interviews=interviews, margin=margin)


def submitted(found: SamplePlan, office: str, day: str, *, examples: bool) -> Sentence:
    """Report who approves the plan by when, what it costs, and what comes first.

    Args:
        found: the plan.
        office: who approves it.
        day: the deadline in words, "12月4日前".
        examples: whether the prices are those that the program ships.
    """
    numbers: dict[str, Slot] = {"office": Name(office), "day": Declared(day, "date")}
    numbers |= {"cost": field(found, "cost", Format.MONEY)}
    if examples:
        return say("请{office} {day}批准份数和经费；{cost}是按示例单价估的，报批前请分析员换成本地单价。", **numbers)
    return say("请{office} {day}批准份数和经费，约 {cost}；由分析员报批。", **numbers)


def lead(found: SamplePlan) -> Sentence:
    """Report how many communities the plan visits, which change its margin shows in the city, and where it does not."""
    widest = rows_of(found.districts, found.districts.sort_values("half_width").tail(1), "district")[0]
    numbers: dict[str, Slot] = {
        "communities": field(found, "communities", Format.COUNT),
        "district": widest.name("district"),
        "detectable": widest.bound("detectable", Format.POINTS),
    }
    if found.further:
        return say("到 {communities} 个社区入户；最不准的{district}要变化 {detectable}才看得出。", **numbers)
    change = field(found, "detectable", Format.POINTS)
    words = "到 {communities} 个社区入户；全市变化 {change}就看得出，单个区县的小变化还看不出。"
    return say(words, communities=numbers["communities"], change=change)


def basis(found: SamplePlan, source: Sentence) -> Sentence:
    """Report what the precision rests on.

    Args:
        found: the plan.
        source: the source of its correlation.
    """
    icc, deff = field(found.goal, "icc", Format.DECIMAL), field(found, "deff", Format.DECIMAL)
    return say("按同社区相似程度 {icc} 估算，{source}；设计效应 {deff}", icc=icc, source=source, deff=deff)


def curve(points: pd.DataFrame, *, advised: bool) -> Sentence:
    """Report what is recommended, and what twice the chosen sample would give, or half of it: the title of the curve.

    Args:
        points: from `reports.plans.sample_curve.cost_curve`.
        advised: whether the program proposes the chosen point, rather than the reader.
    """
    others = points[points["offered"] & ~points["chosen"]]
    if others.empty:
        return say("抽样框再容不下更大或更小的样本")
    more = bool(others["factor"].iloc[-1] > 1)
    other = rows_of(points, others.iloc[[-1] if more else [0]], "interviews")[0]
    mine = rows_of(points, points[points["chosen"]], "interviews")[0]
    return say(
        "{word} {mine}：花 {cost}{way} {margin}",
        word=Name("建议" if advised else "选定"),
        mine=mine.bound("cost", Format.MONEY),
        cost=other.bound("cost", Format.MONEY),
        way=Name("也只到" if more else "就到"),
        margin=other.bound("half_width", Format.MARGIN),
    )


def option(points: pd.DataFrame, at: int) -> tuple[Sentence, ...]:
    """Return cost, interviews, margin and detectable change of one point of the curve, for a row of a table.

    Args:
        points: from `reports.plans.sample_curve.cost_curve`.
        at: position of the row.
    """
    row = rows_of(points, points.iloc[[at]], "interviews")[0]
    forms = {"cost": Format.MONEY, "interviews": Format.COUNT, "half_width": Format.MARGIN, "detectable": Format.POINTS}
    return tuple(say("{number}", number=row.bound(name, form)) for name, form in forms.items())


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


def foot(title: str, rule: str, frame: str) -> Sentence:
    """Return the foot of the figure of a plan, which states that a plan is not a result."""
    words = "{title}；{rule}；这是方案，不是调查结果；{frame}"
    return say(words, title=Name(title), rule=Name(rule), frame=Name(frame))


def account(found: SamplePlan, mock: str) -> Sentence:
    """Return the note below a plan in a workbook."""
    return say(
        "设计效应 {deff}（每社区 {take} 份，同社区相似程度 {icc}）；{mock}",
        deff=field(found, "deff", Format.DECIMAL),
        take=field(found.goal, "take", Format.COUNT),
        icc=field(found.goal, "icc", Format.DECIMAL),
        mock=Name(mock),
    )
