"""Sentences on rates held against a target or against the city: headline, titles of figures, ties."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.against_target import TargetVerdict, tied_with_lowest
from analysis.estimation.estimates import Estimates
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, Slot, count, join, listed, names, rows_of, say

NOTICEABLE = 0.03
"""Smallest gap, a share, that the heat table colours."""


def headline(judged: Estimates) -> Sentence:
    """Report where the four rates stand against their targets, the worst first.

    Args:
        judged: one row per rate, from `analysis.areas.against_target.judge`, with its name in `label`.
    """
    table = judged.table
    below = rows_of(judged, table[table["verdict"] == TargetVerdict.BELOW].sort_values("gap"), "item")
    parts = [
        _below_target(below),
        _group(judged, TargetVerdict.UNCLEAR, "能否达到目标还不能判断"),
        _group(judged, TargetVerdict.ABOVE, "高于目标"),
        _group(judged, TargetVerdict.NO_TARGET, "没有设定目标"),
        _group(judged, TargetVerdict.OPINION, "只代表参与者的意见，不与目标比较"),
        _group(judged, TargetVerdict.HIDDEN, "样本不足，不下结论"),
    ]
    return join(parts) + "。"


def standing(judged: Estimates) -> Sentence:
    """Report in a few words, for the title of a chart, which rates are below and which above."""
    phrases = {
        TargetVerdict.BELOW: "低于目标",
        TargetVerdict.UNCLEAR: "还不能判断",
        TargetVerdict.ABOVE: "高于目标",
        TargetVerdict.OPINION: "只代表参与者的意见",
    }
    found = join([_group(judged, verdict, text) for verdict, text in phrases.items()], "，")
    return found or say("样本不足，不下结论")


def weakest(judged: Estimates, area: str, kind: str, line: str = "目标") -> Sentence:
    """Report how many areas have a rate that is clearly below the line.

    Args:
        judged: one row per area and rate, from `analysis.areas.against_target.judge`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        line: Chinese name of the line.
    """
    table = judged.table
    words: dict[str, Slot] = {"kind": Name(kind), "line": Name(line)}
    if (table["verdict"] == TargetVerdict.OPINION).any():
        return say("各{kind}参与者的意见，只供参考，不作比较", kind=Name(kind))
    every = names(table[area].astype(str).unique())
    weak = (
        table[table["verdict"] == TargetVerdict.BELOW]
        .groupby(area, sort=False, observed=True)["gap"]
        .agg(["size", "min"])
    )
    low = names(weak.sort_values(["size", "min"], ascending=[False, True]).index)
    words |= {"total": count(every, f"{area}s")}
    if not low:
        found = say("{total} 个{kind}中，没有哪一个能确定低于{line}", **words)
    elif len(low) == len(every):
        found = say("{total} 个{kind}都有至少一项确定低于{line}", **words)
    else:
        few: dict[str, Slot] = {"low": count(low, f"{area}s below"), "names": listed(low, 3)}
        found = say("{total} 个{kind}中有 {low} 个至少一项确定低于{line}：{names}", **words, **few)
    return found + _maybe(judged, area, [name.text for name in low])


def _maybe(judged: Estimates, area: str, sure: Sequence[str]) -> Sentence:
    """Report areas that seem low, but not clearly: a third verdict, neither weak nor good."""
    table = judged.table
    low = table[(table["verdict"] == TargetVerdict.UNCLEAR) & (table["gap"] <= -NOTICEABLE) & ~table[area].isin(sure)]
    found = names(dict.fromkeys(low.sort_values("gap")[area].astype(str)))
    return say("；{names}看起来偏低，还不能确定", names=listed(found, 2)) if found else Sentence()


def ranking(judged: Estimates, area: str, kind: str, label: str, place: str = "") -> Sentence:
    """Report which areas lie below the target for one rate.

    Args:
        judged: one row per area, from `analysis.areas.against_target.judge`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        label: name of the rate.
        place: where the areas are; "" for the whole city.
    """
    table = judged.table
    words: dict[str, Slot] = {"place": Name(place), "kind": Name(kind), "label": Name(label)}
    shown = table[table["verdict"] != TargetVerdict.HIDDEN].sort_values("estimate")
    if shown.empty:
        return say("{place}各{kind}样本都不足，{label}不作比较", **words)
    if (shown["verdict"] == TargetVerdict.OPINION).all():
        return say("{label}只代表参与者的意见，{place}各{kind}之间不作比较", **words)
    below = rows_of(judged, shown[shown["verdict"] == TargetVerdict.BELOW], area)
    if below:
        lowest: dict[str, Slot] = {"names": listed([row.name(area) for row in below], 3), "lowest": _lowest(below[0])}
        words |= {"there": say("有 " if place else ""), "low": count(below, f"{area}s below")}
        return say("{place}{there}{low} 个{kind}{label}低于目标：{names}（{lowest}）", **words, **lowest)
    if shown["target"].isna().all():
        return say("{label}没有设定目标", label=Name(label))
    return say("{place}没有一个{kind}的{label}能确定低于目标", **words)


def ties(judged: Estimates, area: str, kind: str) -> Sentence:
    """Report which areas cannot be separated from the lowest, so that nobody reads a ranking into them (rule R-15)."""
    table = judged.table
    shown = table[~table["verdict"].isin([TargetVerdict.HIDDEN, TargetVerdict.OPINION])].sort_values("estimate")
    tied = names(shown.loc[tied_with_lowest(shown), area])
    if len(tied) == 1 and len(shown) > 1:
        return say("{name}确实低于其他{kind}", name=tied[0], kind=Name(kind))
    if len(tied) < 2:
        return Sentence()
    if len(tied) == len(shown):
        return say("所有{kind}之间的差别都在误差以内，不分先后", kind=Name(kind))
    low = count(tied, f"{area}s tied with the lowest")
    return say("最低的 {low} 个{kind}差别在误差以内，不分先后", low=low, kind=Name(kind))


def _lowest(row: Row) -> Sentence:
    """Report the value of the lowest area."""
    value, gap = row.bound("estimate", Format.PERCENT), row.bound("gap", Format.POINTS)
    return say("最低约 {value}，低 {gap}", value=value, gap=gap) + ("，样本少" if row["flag"] == "few" else "")


def _below_target(below: Sequence[Row]) -> Sentence:
    """Report one or two rates with their values, more of them with their gaps."""
    if len(below) > 2:
        gaps = [say("{label}低 {gap}", label=row.name("label"), gap=row.bound("gap", Format.POINTS)) for row in below]
        labels = listed([row.name("label") for row in below])
        return say("{labels}都低于目标（{gaps}）", labels=labels, gaps=join(gaps, "，"))
    values = [
        say(
            "{label} {value}（{interval}），低于目标 {target}",
            label=row.name("label"),
            value=row.bound("estimate", Format.PERCENT),
            interval=row.interval(),
            target=row.bound("target", Format.TARGET),
        )
        for row in below
    ]
    return join(values, "，")


def _group(judged: Estimates, verdict: TargetVerdict, words: str) -> Sentence:
    found = judged.table[judged.table["verdict"] == verdict]
    return listed(names(found["label"])) + words if len(found) else Sentence()
