"""Sentences on outreach: whom to reach, through which channels, for how much, and which channels get no money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Sentence, count, field, join, names, rows_of, say
from reports.sentences.sentence import listed as listed_names
from survey.study.study import Study

NAMED = 3  # channels that a title names
STREETS = 2  # streets that a row names
ONLINE = (
    say("网络自填是参与者意见，不能推算全市有多少人不知道"),
    say("请在上方换成入户或电话；没有这样的答卷，就先做一轮抽样调查。"),
)
"""Headline and line below where the answers are self-selected."""
WAIT = say("先补访，或合并渠道的选项。")


@dataclass(frozen=True, slots=True)
class Spending:
    """What a plan spends and gains, and whom it concerns.

    Attributes:
        unaware: residents who do not know.
        unaware_limits: limits of the interval.
        channels: names of the channels of the plan.
        share: the unaware who use at least one of them, each counted once, as a share.
        cost: yuan.
        activities: their number.
        gain: residents newly aware, or reached with `reach_only`.
        limits: of the gain; NaN where they say nothing.
        reach_only: whether being reached is the aim.
        unit: who is in charge of awareness; may be empty.
    """

    unaware: float
    unaware_limits: tuple[float, float]
    channels: tuple[str, ...]
    share: float
    cost: float
    activities: int
    gain: float
    limits: tuple[float, float]
    reach_only: bool
    unit: str = ""

    @property
    def limited(self) -> bool:
        """Whether the gain has limits."""
        return self.limits[0] > 0

    @property
    def unit_cost(self) -> float:
        """Yuan for one resident gained."""
        return self.cost / self.gain

    @property
    def unit_limits(self) -> tuple[float, float]:
        """Limits of the yuan for one resident gained."""
        return self.cost / self.limits[1], self.cost / self.limits[0]


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """What a plan does in one area.

    Attributes:
        place: name of the district, or of the street where there is one district.
        streets: its streets with activities, the largest gain first; empty for a street.
        channels: names of its channels.
        activities: their number.
        cost: yuan.
        gain: residents newly aware, or reached with `reach_only`.
        limits: of the gain; NaN where they say nothing.
        red: whether it has a red light.
    """

    place: str
    streets: tuple[str, ...]
    channels: tuple[str, ...]
    activities: int
    cost: float
    gain: float
    limits: tuple[float, float]
    red: bool = False


def headline(spent: Spending, plans: Sequence[AreaPlan]) -> Sentence:
    """Report where the first money goes, and what it is expected to gain.

    Args:
        spent: the plan.
        plans: the plan by area, from `reports.plans.area_plans.area_plans`.
    """
    if not plans:
        return say("约 {number}还不知道，宣传活动还排不出来", number=field(spent, "unaware", Format.PEOPLE))
    gain = say(
        "{money}预计{what} {people}",
        money=field(plans[0], "cost", Format.MONEY),
        what=_what(spent),
        people=field(plans[0], "gain", Format.PEOPLE),
    )
    return say(
        "宣传{first}安排{place}：{gain}",
        first=Name("优先" if len(plans) > 1 else ""),
        place=Name(plans[0].place),
        gain=gain,
    )


def lead(spent: Spending, plans: Sequence[AreaPlan], *, examples: bool = False) -> Sentence:
    """Report who acts, how many do not know, and what the whole plan costs and is expected to gain.

    Args:
        spent: the plan.
        plans: the plan by area.
        examples: whether it rests on prices or reach that the program ships as examples.
    """
    unit = say("由{unit}办。", unit=Name(spent.unit)) if spent.unit else Sentence()
    unaware = say("居民中约 {number}还不知道", number=field(spent, "unaware", Format.PEOPLE))
    whole = say(
        "{examples}{cost}办 {activities} 场，预计{what} {gain}",
        examples=Name("单价为示例，" if examples else ""),
        cost=field(spent, "cost", Format.MONEY),
        activities=field(spent, "activities", Format.COUNT),
        what=_what(spent),
        gain=gain(spent),
    )
    return unit + join([unaware, whole] if plans else [unaware]) + "。"


def assigned(unit: str, day: str) -> Sentence:
    """Return the label of the button that hands the plan to a unit.

    Args:
        unit: who is to act.
        day: the deadline in words.
    """
    return say("出任务单：{unit}，{day}", unit=Name(unit), day=Declared(day, "date"))


def gain(spent: Spending) -> Sentence:
    """Return the expected gain with its limits; without them where they say nothing."""
    limits = span(spent)
    return people(spent) + (say("（{limits}）", limits=limits) if limits else Sentence())


def people(spent: Spending | AreaPlan) -> Sentence:
    """Return the expected gain."""
    return say("{people}", people=field(spent, "gain", Format.PEOPLE))


def span(spent: Spending | AreaPlan) -> Sentence:
    """Return the limits of the expected gain; empty where they say nothing."""
    if not spent.limits[0] > 0:
        return Sentence()
    return say("{limits}", limits=field(spent, "limits", Format.PEOPLE_INTERVAL))


def _what(spent: Spending) -> Name:
    return Name("触达" if spent.reach_only else "新增知晓")


def streets(one: AreaPlan) -> Sentence:
    """Return the streets of an area with activities."""
    return listed_names(names(one.streets), STREETS)


def summed(rest: Sequence[AreaPlan]) -> Sentence:
    """Return the name of the row that sums up the areas without one."""
    return say("其余 {n} 个", n=count(rest, "areas without a row"))


def unlike(examples: Sequence[str], plans: Sequence[AreaPlan], *, reach_only: bool) -> Sentence:
    """Return what a reader of the table must know: association, example prices, red lights."""
    red = [one for one in plans if one.red]
    parts = [
        say("只算触达，不推算知晓") if reach_only else say("关联推算，不是因果"),
        say("渠道单价或触达为示例，请换成本地数字") if examples else Sentence(),
        say("{n} 个区县亮真实性红灯（※），复访后再定", n=count(red, "areas with a red light")) if red else Sentence(),
    ]
    return join(parts)


def together(spent: Spending) -> Sentence:
    """Report the unaware residents whom the channels of the plan reach, each counted once."""
    return say(
        "{number} 种渠道{jointly}能接触 {share} 的不知晓者：{names}",
        number=count(spent.channels, "channels of the plan"),
        jointly=_jointly(spent),
        share=field(spent, "share", Format.PERCENT),
        names=listed(spent.channels),
    )


def unit_cost(spent: Spending) -> Sentence:
    """Report yuan per resident gained, with limits; no figure where the limits say nothing."""
    if not spent.activities:
        return Sentence()
    price = field(spent, "unit_cost", Format.YUAN)
    if spent.reach_only:
        return say("每触达一人约 {price}", price=price)
    if not spent.limited:
        return say("渠道关联的误差太大，不给每新增一人的费用")
    limits = field(spent, "unit_limits", Format.YUAN_INTERVAL)
    return say("每新增一人约 {price}（{limits}，只含渠道关联的误差）", price=price, limits=limits)


def without_money(left_out: Mapping[str, Sequence[str]]) -> Sentence:
    """Report which channels get no money, and why; empty where all are considered."""
    parts = [say("{why}（{names}）", why=Name(why), names=listed(names)) for why, names in left_out.items()]
    return say("不安排钱的渠道：{parts}", parts=join(parts, "、")) if parts else Sentence()


def example_prices(channels: Sequence[str]) -> Sentence:
    """Report the channels whose price or reach is an example; empty for none."""
    words = "示例单价或触达：{names}；请在 study.toml 的 [outreach] 里写本地数字"
    return say(words, names=listed(channels)) if channels else Sentence()


def idle(considered: int, *, unseen: bool) -> Sentence:
    """Report why a plan has no activity, and how to mend it.

    Args:
        considered: number of channels that may get money.
        unseen: whether channels were left out because their association is not seen.
    """
    if considered:
        return say("没有可安排的活动：预算或场次为零，或不够办一场。")
    if unseen:
        words = "没有可安排的活动：没有渠道与知晓的关联看得出来，推算不出新增知晓；只想多触达，请选“只求触达”。"
        return say(words)
    return say("没有可安排的活动：没有可用的渠道，请勾选“可用”并填写单价，或写进 study.toml 的 [outreach]。")


def listed(channels: Sequence[str]) -> Sentence:
    """Join names of channels; each is quoted, since many hold 、."""
    return join([say("“{name}”", name=Name(name)) for name in channels], "")


def _jointly(spent: Spending) -> Sentence:
    return say("合起来") if len(spent.channels) > 1 else Sentence()


def too_few(study: Study) -> Sentence:
    """Report that no channel has enough answers to plan outreach."""
    limit = field(study, "suppression", Format.COUNT)
    return say("每个渠道的答卷都不足 {limit} 份，不能规划宣传：等答卷多些再看。", limit=limit)


def widest(table: pd.DataFrame) -> Sentence:
    """Report the channels that reach most residents; one is called the widest only where its interval stands apart.

    Args:
        table: from `analysis.decisions.audience.reach_table`, at least one row.
    """
    ordered = table.sort_values("reach", ascending=False, kind="stable")
    top = rows_of(table, ordered[ordered["reach_high"] >= ordered["reach_low"].iloc[0]].head(NAMED), "item")
    named = [(row.name("label"), row.bound("reach", Format.PERCENT)) for row in top]
    parts = [say("“{name}”（{share}）", name=name, share=share) for name, share in named]
    if len(parts) == 1:
        return say("接触面最广的是{channel}", channel=parts[0])
    return say("接触面较广的是{channels}，区间重叠，不分先后", channels=join(parts, "、"))


def associated(table: pd.DataFrame) -> Sentence:
    """Report how many channels have a visible association with awareness.

    Args:
        table: from `analysis.decisions.audience.reach_table`.
    """
    seen = rows_of(table, table[table["seen"].eq(True)], "item")
    if not seen:
        return say("没有渠道与知晓的关联看得出来")
    return say("{number} 种渠道与知晓有看得出的关联", number=count(seen, "channels with a visible association"))
