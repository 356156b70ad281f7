"""Sentences on the channels that reach residents: which are widest, which go with awareness, which get no money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reports.sentences.formats import Format
from reports.sentences.outreach import AreaPlan, Spending, listed, needed
from reports.sentences.sentence import Name, Row, Sentence, count, field, join, rows_of, say
from survey.study.study import Study

NAMED = 3
"""Channels that a title names."""
ONLINE = (
    say("网络自填是参与者意见，不能推算全市有多少人不知道"),
    say("请在上方换成入户或电话；没有这样的答卷，就先做一轮抽样调查。"),
)
"""Headline and line below where the answers are self-selected."""
WAIT = say("先补访，或合并渠道的选项。")


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


def too_few(study: Study) -> Sentence:
    """Report that no channel has enough answers to plan outreach."""
    limit = field(study, "suppression", Format.COUNT)
    return say("每个渠道的答卷都不足 {limit} 份，不能规划宣传：等答卷多些再看。", limit=limit)


def use(table: Mapping[str, Row], channels: Sequence[str], age: str) -> Sentence:
    """Report which channel the people to reach use more than those of the plan, and why it was not chosen.

    Args:
        table: channel -> the share of an age group in contact with it.
        channels: the channels of the plan.
        age: name of the group.

    Returns:
        Empty where a channel of the plan is the most used one, or the shares are not known.
    """
    if not table:
        return Sentence()
    top = max(table, key=lambda name: float(str(table[name]["estimate"])))
    if top in channels:
        return Sentence()
    share = table[top].bound("estimate", Format.WHOLE)
    words = "渠道按每元预计新增知晓选；{age}接触最多的是{channel}（{share}），每元新增较少"
    return say(words, age=Name(age), channel=Name(top), share=share)


def missing(first: AreaPlan, now: Row) -> Sentence:
    """Title what the first area lacks to its target; `now` is its awareness rate."""
    gap = now.pair("estimate", "line", Format.SHORTFALL)
    return say("{place}离目标差 {gap}，宣传能补多少", place=Name(first.place), gap=gap)


def filled(first: AreaPlan, now: Row, decides: str) -> tuple[tuple[float, Sentence], ...]:
    """Return how much of what the first area lacks each step brings in all, as (share, words); shares grow up to 1.

    Args:
        first: its plan.
        now: its awareness rate, from `reports.verdicts.judged`.
        decides: who decides on more than these channels.

    Returns:
        This campaign; every channel used as often as can be; what no channel brings, where these do not suffice.
    """
    need = needed(first, now)
    this = say("这次宣传补 {part}", part=field(first, "part", Format.POINTS))
    all_ = say(
        "当地各渠道都做满（{cost}）共补 {part}",
        cost=field(first, "most_cost", Format.MONEY),
        part=field(first, "most_part", Format.POINTS),
    )
    rest = say("其余靠这些渠道补不上，由{decides}另定办法", decides=Name(decides))
    some = [(first.gain / need, this), (min(first.most / need, 1.0), all_)]
    return (*some, (1.0, rest)) if first.most < need else tuple(some)


def cost(spent: Spending) -> Sentence:
    """Return what the whole plan costs."""
    return say("{cost}", cost=field(spent, "cost", Format.MONEY))


def further(first: AreaPlan, now: Row | None, decides: str) -> Sentence:
    """Report that this campaign does not bring the first area to its target, and who decides; empty where it does."""
    if now is None or not needed(first, now) > first.gain:
        return Sentence()
    return say("这次够不到目标，下一轮复测后由{decides}再定。", decides=Name(decides))


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
        return say("没有可安排的活动：预算或次数为零，或不够宣传一次。")
    if unseen:
        words = "没有可安排的活动：没有渠道与知晓的关联看得出来，推算不出新增知晓；只想多触达，请选“只求触达”。"
        return say(words)
    return say("没有可安排的活动：没有可用的渠道，请勾选“可用”并填写单价，或写进 study.toml 的 [outreach]。")
