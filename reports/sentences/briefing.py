"""Sentences on areas held against a target or against the city: titles of figures, ties."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from analysis.areas.against_target import tied_with_lowest
from analysis.areas.verdict import SILENT, Reason, Verdict, worst_first
from analysis.estimation.estimates import Estimates
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, Slot, count, join, listed, names, rows_of, say


def weakest(judged: Estimates, area: str, kind: str, line: str = "目标") -> Sentence:
    """Report how many areas have a confirmed weakness, the one with the largest certain shortfall first.

    Args:
        judged: one row per area and rate, from `reports.verdicts.judged`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        line: Chinese name of the line.
    """
    table = judged.table
    if (table["reason"] == Reason.OPINION).any():
        return say("各{kind}参与者的意见，只供参考，不作比较", kind=Name(kind))
    open_ = table[~table["reason"].isin(list(SILENT))]
    if open_.empty:
        return nobody(table, kind)
    if open_["line"].isna().all():
        return say("没有设定目标，不判断哪个{kind}薄弱", kind=Name(kind))
    every = names(open_[area].astype(str).unique())
    low = names(dict.fromkeys(of(open_, Verdict.WEAK)[area].astype(str)))
    words: dict[str, Slot] = {"kind": Name(kind), "total": count(every, f"{area}s"), "weak": Name(Verdict.WEAK)}
    words |= {"line": say("") if line == "目标" else say("（与{line}比）", line=Name(line))}
    if len(every) == 1:
        word = say("有" if low else "没有")
        found = say("{only}{word}{weak}的项目{line}", **_without(words, "kind", "total"), only=every[0], word=word)
    elif not low:
        found = say("{total} 个{kind}都没有{weak}的项目{line}", **words)
    elif len(low) == len(every):
        found = say("{total} 个{kind}都有{weak}的项目{line}，先看{first}", **words, first=low[0])
    else:
        few: dict[str, Slot] = {"low": count(low, f"{area}s confirmed weak"), "names": listed(low, 3, counted=True)}
        found = say("{total} 个{kind}中 {low} 个有{weak}的项目{line}：{names}", **words, **few)
    return found + _watched(open_, area, [name.text for name in low])


def _without(words: dict[str, Slot], *names: str) -> dict[str, Slot]:
    return {name: word for name, word in words.items() if name not in names}


POOLED = "答卷少，合并估计多半没到"
"""Why a rate is watched though its own answers reach the line: the model estimates it together with its neighbours."""


def pooled(row: Row, now: str = "estimate", line: str = "line", verdict: str = "verdict") -> Sentence:
    """Report why a rate above its line is watched; empty for all others. Columns as in `distance`."""
    above = float(str(row[now])) >= float(str(row[line]))
    return say(POOLED) if above and row[verdict] == Verdict.WATCH else Sentence()


def distance(row: Row, now: str = "estimate", line: str = "line", verdict: str = "verdict") -> Sentence:
    """Return how far a rate lies below or above its line, and why its verdict does not follow from that alone.

    Args:
        row: the row.
        now: column of the rate, a share.
        line: column of the line, a share.
        verdict: column of the verdict.

    Returns:
        Empty where rate or line is missing.
    """
    share, aim = float(str(row[now])), float(str(row[line]))
    if math.isnan(share) or math.isnan(aim):
        return Sentence()
    gap = row.pair(now, line, Format.SHORTFALL)
    if share < aim:
        within = say("在误差以内") if row[verdict] == Verdict.UNCLEAR else Sentence()
        return join([say("差 {gap}", gap=gap), within], "，")
    return join([say("高 {gap}", gap=gap), pooled(row, now, line, verdict)], "，")


def responsible(lead: str, units: Sequence[str]) -> Sentence:
    """Return who leads and who acts, "青苇区指挥部牵头，城管"; empty for neither.

    Args:
        lead: the lead unit of the district; "" for none.
        units: the units in charge, already few.
    """
    return join([say("{lead}牵头", lead=Name(lead)) if lead else Sentence(), listed(names(units))], "，")


def charged(lead: str, units: Sequence[str]) -> Sentence:
    """Report who leads and who acts, "由青苇区指挥部牵头，城管负责"; empty for neither; as `responsible`."""
    who = responsible(lead, units)
    return say("由{who}{act}", who=who, act=Name("负责" if units else "")) if who else who


def nobody(table: pd.DataFrame, kind: str) -> Sentence:
    """Report that no area may be judged, and why."""
    reasons = set(table["reason"])
    if reasons == {Reason.EMPTY}:
        return say("各{kind}都没有答卷，不下结论", kind=Name(kind))
    if Reason.RED_LIGHT in reasons:
        return say("各{kind}都亮真实性红灯或答卷过少，独立复访前不下结论", kind=Name(kind))
    return say("各{kind}答卷都过少，全部隐去，不下结论", kind=Name(kind))


def _watched(table: pd.DataFrame, area: str, sure: Sequence[str]) -> Sentence:
    """Report watched areas without a confirmed weakness, the largest shortfall first."""
    every = dict.fromkeys(of(table, Verdict.WATCH)[area].astype(str))
    found = names(name for name in every if name not in sure)
    words: dict[str, Slot] = {"names": listed(found, 2), "watch": Name(Verdict.WATCH)}
    return say("；{names}列入{watch}，还不能确认", **words) if found else Sentence()


def ranking(judged: Estimates, area: str, kind: str, label: str, place: str = "") -> Sentence:
    """Report which areas are confirmed weak in one rate.

    Args:
        judged: one row per area, from `reports.verdicts.judged`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        label: name of the rate.
        place: where the areas are; "" for the whole city.
    """
    table = judged.table
    words: dict[str, Slot] = {"place": Name(place), "kind": Name(kind), "label": Name(label)}
    if (table["reason"] == Reason.OPINION).any():
        return say("{label}只代表参与者的意见，{place}各{kind}之间不作比较", **words)
    shown = table[~table["reason"].isin(list(SILENT))]
    if shown.empty:
        return say("{place}{nobody}，{label}不作比较", place=Name(place), nobody=nobody(table, kind), label=Name(label))
    weak = rows_of(judged, of(shown, Verdict.WEAK), area)
    words |= {"weak": Name(Verdict.WEAK)}
    if weak:
        return _ranked(weak, area, words)
    if shown["line"].isna().all():
        return say("{label}没有设定目标", label=Name(label))
    return say("{place}没有一个{kind}的{label}{weak}", **words)


def _ranked(weak: Sequence[Row], area: str, words: dict[str, Slot]) -> Sentence:
    """Report the confirmed weak areas of one rate, the largest shortfall first."""
    lowest = _lowest(weak[0])
    if len(weak) == 1:
        words = {**_without(words, "kind"), "area": weak[0].name(area), "lowest": lowest}
        return say("{place}{area}{label}{weak}（{lowest}）", **words)
    found: dict[str, Slot] = {"names": listed([row.name(area) for row in weak], 3, counted=True)}
    found |= {"first": weak[0].name(area), "lowest": lowest, "there": say("有 " if words["place"] != Name("") else "")}
    found |= {"low": count(weak, f"{area}s confirmed weak")}
    return say("{place}{there}{low} 个{kind}{label}{weak}：{names}（{first} {lowest}）", **words, **found)


def ties(judged: Estimates, area: str, kind: str) -> Sentence:
    """Report which areas cannot be separated from the lowest, so that nobody reads a ranking into them (rule R-15)."""
    table = judged.table
    shown = table[~table["reason"].isin(list(SILENT))].sort_values("estimate")
    tied = names(shown.loc[tied_with_lowest(shown), area])
    if len(tied) == 1 and len(shown) > 1:
        return say("{name}确实低于其他{kind}", name=tied[0], kind=Name(kind))
    if len(tied) < 2:
        return Sentence()
    if len(tied) == len(shown):
        return say("所有{kind}之间的差别都在误差以内，不分先后", kind=Name(kind))
    low = count(tied, f"{area}s tied with the lowest")
    return say("最低的 {low} 个{kind}差别在误差以内，不分先后", low=low, kind=Name(kind))


def of(table: pd.DataFrame, *verdicts: Verdict) -> pd.DataFrame:
    """Return the rows with one of these verdicts, the largest shortfall first."""
    return worst_first(table[table["verdict"].isin(verdicts)])


def _lowest(row: Row) -> Sentence:
    """Report the value of the area with the largest shortfall."""
    value, gap = row.bound("estimate", Format.PERCENT), row.bound("gap", Format.POINTS)
    return say("{value}，低 {gap}", value=value, gap=gap) + ("，样本少" if row["flag"] == "few" else "")
