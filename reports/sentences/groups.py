"""Sentences on comparisons: groups other things being equal, a line through waves, tests, the effect of outreach."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.adjusted_groups import GroupComparison
from analysis.decisions.effect import EffectSheet
from analysis.inference.significance import Significance
from analysis.inference.tests import Trend
from reports.sentences.formats import Format
from reports.sentences.sentence import Binding, Name, Row, Sentence, field, join, listed, names, say

SIGNIFICANT = 0.05


def differences(found: GroupComparison, label: str) -> Sentence:
    """Report which groups differ, other things being equal, and whether they differ at all.

    Args:
        found: the groups.
        label: name of the rate.
    """
    held = Name("、".join(found.controls) or "（没有可控制的人群特征）")
    rows = found.table
    words_of_way = (("low", "偏低"), ("high", "偏高"))
    ways = [(names(rows.loc[rows["differs"] == way, "group"]), word) for way, word in words_of_way]
    parts = [say("{groups}{word}", groups=listed(some, 4), word=Name(word)) for some, word in ways if some]
    words = {"held": held, "label": Name(label)}
    if parts:
        return say("同样{held}的人相比，{label}：{parts}", **words, parts=join(parts, "，"))
    if found.equal.p_value is not None and found.equal.p_value <= SIGNIFICANT:
        return say("同样{held}的人相比，{label}各组总体上有差别，但指不出是哪一组", **words)
    return say("同样{held}的人相比，{label}各组看不出差别", **words)


def test(found: Significance) -> Sentence:
    """Report a test in one line."""
    method = Name(found.method)
    if found.p_value is None:
        return say("{method}：{note}", method=method, note=Name(found.note))
    return say("{method}：{p}", method=method, p=field(found, "p_value", Format.P_VALUE))


def tests(found: GroupComparison) -> tuple[Sentence, Sentence]:
    """Report the tests of the groups, as answered and other things being equal."""
    return test(found.plain), say("其他条件相同：{test}", test=test(found.equal))


def against_target(row: Row) -> Sentence:
    """Report the verdict of the city on one rate.

    Args:
        row: of `reports.verdicts.judged`, without by-columns.
    """
    return say(
        "全市{label} {value}，目标 {target}：{verdict}",
        label=row.name("label"),
        value=row.bound("estimate", Format.PERCENT),
        target=row.bound("line", Format.TARGET),
        verdict=row.name("verdict"),
    )


def trend(found: Trend, label: str) -> Sentence:
    """Report the slope of the line through all waves."""
    slope = found.slope
    change = field(slope, "estimate", Format.CHANGE)
    return say("{label}平均每轮变化 {change}（{spread}）。", label=Name(label), change=change, spread=_limits(slope))


def trend_tests(found: Trend) -> tuple[Sentence, ...]:
    """Report the tests of slope, change and bend."""
    return tuple(test(one) for one in (found.slope, found.change, found.bend) if one is not None)


def structure(variables: Sequence[str]) -> Sentence:
    """Report which characteristics of the sample differ from the population."""
    if not variables:
        return say("样本结构与人口没有看得出的不同。")
    return say("样本的{names}结构与人口不符，靠加权校正。", names=listed(names(variables), len(variables)))


def effect(found: EffectSheet) -> Sentence:
    """Report the effect of outreach, or its association with awareness, in one line."""
    seen = found.conf_low > 0 or found.conf_high < 0
    return say(
        "{word}{seen}：知晓率多变化 {change}（{spread}）",
        word=Name(found.word),
        seen=Name("看得出" if seen else "看不出"),
        change=field(found, "estimate", Format.CHANGE),
        spread=field(found, "limits", Format.CHANGE_INTERVAL),
    )


def arms(found: EffectSheet) -> Sentence:
    """Report the change in both arms and the smallest detectable difference."""
    return say(
        "知晓率：开展过的 {treated}，其余 {control}；小于 {detectable}的差别这样的样本看不出来。",
        treated=field(found, "treated_change", Format.CHANGE),
        control=field(found, "control_change", Format.CHANGE),
        detectable=field(found, "detectable", Format.POINTS),
    )


def _limits(found: Significance) -> Binding:
    return field(found, "limits", Format.CHANGE_INTERVAL)
