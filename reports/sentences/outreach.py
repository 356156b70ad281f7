"""Sentences on outreach: whom to reach, through which channels, for how much, and which channels get no money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Sentence, count, field, join, rows_of, say
from survey.study.study import Study

NAMED = 3  # channels that a headline names


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


def headline(spent: Spending, groups: Sentence) -> Sentence:
    """Report whom to reach, through which channels, and the expected gain.

    Args:
        spent: the plan.
        groups: most of those who do not know, see `causes.first_groups`; empty where groups cannot be told apart.
    """
    who = say("，先找{groups}", groups=groups) if groups else Sentence()
    first = say(
        "居民中约 {number}（{limits}）还不知道{who}",
        number=field(spent, "unaware", Format.PEOPLE),
        limits=field(spent, "unaware_limits", Format.PEOPLE_INTERVAL),
        who=who,
    )
    if not spent.activities:
        return first + "；没有可安排的活动。"
    number = say("等 {number} 种渠道", number=count(spent.channels, "channels of the plan"))
    through = say(
        "用{names}{number}{jointly}能接触其中 {share}",
        names=listed(spent.channels[:NAMED]),
        number=number if len(spent.channels) > NAMED else Sentence(),
        jointly=_jointly(spent),
        share=field(spent, "share", Format.PERCENT),
    )
    money = say(
        "{cost}办 {activities} 场，{gain}",
        cost=field(spent, "cost", Format.MONEY),
        activities=field(spent, "activities", Format.COUNT),
        gain=_gain(spent),
    )
    return join([first, through, money]) + "。"


def _gain(spent: Spending) -> Sentence:
    gain = field(spent, "gain", Format.PEOPLE)
    if spent.reach_only:
        return say("可能触达 {gain}（只算触达，不推算知晓）", gain=gain)
    limits = field(spent, "limits", Format.PEOPLE_INTERVAL)
    ends = say("{limits}", limits=limits) if spent.limited else say("误差太大，只作参考")
    return say("可能新增知晓 {gain}（{ends}；由关联推算，不是因果）", gain=gain, ends=ends)


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
