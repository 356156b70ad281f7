"""The conclusion of each analysis of 专家分析 in a few plain words; the charts state it with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.areas.adjusted_groups import GroupComparison
from analysis.areas.lqas import LotVerdict
from analysis.areas.verdict import Verdict
from analysis.estimation.estimates import Estimates
from reports.sentences import briefing, weak
from reports.sentences.briefing import of
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, Slot, count, join, listed, names, rows_of, say


def verdicts(judged: Estimates, area: str, kind: str) -> Sentence:
    """Report the confirmed weakness to act on first, and how many there are; else what `weak.title` reports."""
    rows = _weak(judged, area, "item")
    if not rows:
        return weak.title(judged, area, kind)
    first = say("{area}{rate}", area=rows[0].name(area), rate=rows[0].name("label"))
    if len(rows) == 1:
        return say("只有{first}{weak}，优先解决", first=first, weak=Name(Verdict.WEAK))
    return say("优先解决{first}等 {n} 项{weak}", first=first, n=count(rows, "weaknesses"), weak=Name(Verdict.WEAK))


def next_steps(judged: Estimates, area: str, who: Sentence, doubt: Sentence) -> Sentence:
    """Report who acts, how many verdicts are open, and which areas wait; first the line, where it is no target.

    Args:
        judged: the verdicts.
        area: the column that names the areas.
        who: who acts on the first weakness, and the next step; empty where nobody is named.
        doubt: from `weak.red_lights`.
    """
    open_ = weak.open_verdicts(judged, area)
    against = Sentence() if judged.meta["margin"] is None else say("线是{line}", line=weak.line(judged))
    parts = join([against, who, open_ + "暂不通报" if open_ else open_, doubt])
    return parts + "。" if parts else Sentence()


def ranking(judged: Estimates, area: str, kind: str, label: str) -> Sentence:
    """Report which areas are confirmed weak in one rate; else what `briefing.ranking` reports."""
    rows = _weak(judged, area)
    if not rows:
        return briefing.ranking(judged, area, kind, label)
    words = {"label": Name(label), "weak": Name(Verdict.WEAK)}
    if len(rows) == 1:
        share = rows[0].bound("estimate", Format.WHOLE)
        return say("只有{area}{label}{weak}：{share}", area=rows[0].name(area), share=share, **words)
    some = listed([row.name(area) for row in rows], 3, "个" + kind)
    return say("{some}{label}{weak}", some=some, **words)


def streets(judged: Estimates, district: str, label: str) -> Sentence:
    """Report which streets of a district to go to first; else what `briefing.ranking` reports."""
    rows = _weak(judged, "street")
    if not rows:
        return briefing.ranking(judged, "street", "街道", label, district)
    some = listed([row.name("street") for row in rows], 3, "个街道")
    return say("{district}{label}：先去{some}", district=Name(district), label=Name(label), some=some)


def alike(found: GroupComparison, label: str) -> Sentence:
    """Report which groups differ among residents who are otherwise alike."""
    rows = found.table
    parts = [
        say("{groups}{label}{word}", groups=listed(names(some), 3), label=Name(label), word=Name(word))
        for way, word in (("low", "偏低"), ("high", "偏高"))
        if (some := rows.loc[rows["differs"] == way, "group"].tolist())
    ]
    if parts:
        return say("同样的人相比，{parts}", parts=join(parts, "，"))
    return say("同样的人相比，各组{label}分不出高低", label=Name(label))


def chance(outside: Sequence[str], kind: str) -> Sentence:
    """Report which areas differ from the city by more than chance."""
    if not outside:
        return say("各{kind}的高低都可能是偶然，不必追问", kind=Name(kind))
    return say("{names}与全市的差别不像偶然，要追问", names=listed(names(outside), 3))


def model_streets(table: pd.DataFrame, label: str) -> Sentence:
    """Report which streets of the city to go to first.

    Args:
        table: from `analysis.areas.streets.model_streets`, with `verdict` and `gap`.
        label: name of the rate.
    """
    rows = rows_of(table, table[table["verdict"] == Verdict.WEAK].sort_values("gap"), "street")
    if not rows:
        return say("没有街道的{label}{weak}，不必先去哪里", label=Name(label), weak=Name(Verdict.WEAK))
    some = listed([row.name("street") for row in rows], 2, "个街道")
    return say("{label}先去看{some}", label=Name(label), some=some)


def lots(table: pd.DataFrame, label: str) -> Sentence:
    """Report how many communities fail and are open.

    Args:
        table: from `analysis.areas.lqas.judge_communities`.
        label: name of the rate.
    """
    failed, watched = (
        rows_of(table, table[table["verdict"] == one], "psu") for one in (LotVerdict.FAIL, LotVerdict.WATCH)
    )
    words: dict[str, Slot] = {"label": Name(label), "open": count(watched, "communities to watch")}
    if not failed:
        return say("{label}：没有社区不合格，{open} 个待定", **words)
    which = listed([row.name("community") for row in failed], 1, "个社区")
    return say("{label}：{which}不合格，{open} 个待定", **words, which=which)


def _weak(judged: Estimates, *key: str) -> tuple[Row, ...]:
    return rows_of(judged, of(judged.table, Verdict.WEAK), *key)
