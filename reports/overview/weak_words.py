"""Sentences of 薄弱区域: what is confirmed, who acts, how sure it is, where it is concentrated, what would decide."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.areas.verdict import UNSHOWN, Reason, Verdict
from analysis.estimation.disclosure.precision import FEW
from analysis.estimation.estimates import Estimates
from reports.overview import headline as words
from reports.overview.concentration import Concentration
from reports.overview.next_step import NextSteps, deciding
from reports.overview.problems import Problem
from reports.overview.weaknesses import Place, Weaknesses
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, count, join, listed, names, say, setting

STREETS = 3
"""Number of streets that a card names."""


def headline(found: Estimates, weak: Weaknesses) -> Sentence:
    """Report how many weaknesses are confirmed and the largest; else that none is, or what is missing to judge.

    Args:
        found: the rates of the districts, judged.
        weak: what is listed of them.
    """
    table = found.table
    if table.empty:
        return placeless()
    if (table["reason"] == Reason.OPINION).any():
        return say("参与者的意见，只供参考，不与目标比较")
    if more := _missing(table):
        number = setting("interviews", more, Format.COUNT)
        return say("还不能判断：每{kind}至少再访 {more} 份", kind=Name(words.KIND), more=number)
    if table["line"].isna().all():
        return say("没有设定目标，不判断哪个{kind}薄弱", kind=Name(words.KIND))
    if not weak.confirmed:
        return words.quiet(found)
    every = count([*weak.confirmed, *weak.more_confirmed], "confirmed weaknesses")
    row = weak.confirmed[0].problem.row
    first = say(
        "{area}{rate} {value}，{gap}",
        area=row.name("district"),
        rate=row.name("label"),
        value=row.bound("estimate", Format.WHOLE),
        gap=gap(weak.confirmed[0].problem),
    )
    said = "{weak} {every} 项：{first}" if len(weak.confirmed) == 1 else "{weak} {every} 项，优先解决{first}"
    return say(said, weak=Name(Verdict.WEAK), every=every, first=first)


def placeless() -> Sentence:
    """Report that no answer has a place, so that nothing can be said by district."""
    return say("答卷都没有写明地点，不能分{kind}看", kind=Name(words.KIND))


def _missing(table: pd.DataFrame) -> int:
    """Return how many more interviews each district needs before anything can be said; 0 where something can.

    Districts with a red light are left out. Numbers of answers that are suppressed do not enter.
    """
    open_ = table[table["reason"] != Reason.RED_LIGHT]
    nothing = open_["reason"].isin(UNSHOWN)
    if open_.empty or not (nothing | (open_["reason"] == Reason.FEW)).all():
        return 0
    return FEW if nothing.any() else max(1, FEW - int(open_["n"].min()))


def lead(found: Estimates, weak: Weaknesses, steps: NextSteps) -> Sentence:
    """Report who acts on the first weakness by when, and how many rates are watched and unclear; or how to get answers.

    Args:
        found: the rates of the districts, judged.
        weak: what is listed of them.
        steps: the next steps.
    """
    if found.table.empty:
        return say(
            "导入时写明社区编码，或者让网上表单先选地点，就能分{kind}看；全市的结果见“总览”。", kind=Name(words.KIND)
        )
    begin = Sentence()
    if weak.confirmed:
        first = weak.confirmed[0].problem
        begin = join([words.acting(first), steps.until(*first.place)], "，")
    groups = (
        ([*weak.watched, *weak.more_watched] if weak.confirmed else (), Verdict.WATCH),
        (weak.unclear, Verdict.UNCLEAR),
    )
    rest = [say("{n} 项{verdict}", n=count(some, one), verdict=Name(one)) for some, one in groups if some]
    also = say("另有 {rest}", rest=join(rest, "、")) if rest else Sentence()
    return Sentence(tuple(piece for part in (begin, also) if part for piece in (part + "。").pieces))


def gap(one: Problem) -> Sentence:
    """Return how far a confirmed rate lies below its line."""
    return say("离目标差 {gap}", gap=one.row.pair("estimate", "line", Format.SHORTFALL))


def certainty(one: Problem) -> Sentence:
    """Return the interval of a confirmed rate, and how probable it is that it lies below its line."""
    interval, chance = one.row.interval(Format.WHOLE_INTERVAL), one.row.bound("prob_below", Format.CHANCE)
    return say("区间 {interval} · 把握{chance}", interval=interval, chance=chance)


def items_title(one: Problem) -> Sentence:
    """Return the heading of the worst items; empty where there are none."""
    label = one.row.name("label")
    if not one.worst:
        return Sentence()
    if pd.isna(one.worst[0]["line"]):  # type: ignore[call-overload]
        return say("最差的项目（{label}）", label=label)
    return say("最差的项目（{label}，竖线为目标 {line}）", label=label, line=one.worst[0].bound("line", Format.TARGET))


def share(row: Row) -> Sentence:
    """Return a rate."""
    return say("{share}", share=row.bound("estimate", Format.WHOLE))


def where_title(where: Concentration, streets: Sequence[Row] = ()) -> Sentence:
    """Return the heading of `groups`; empty where there are none."""
    if where.seen:
        return say("集中在")
    return say("{weak}的街道", weak=Name(Verdict.WEAK)) if streets else Sentence()


def groups(where: Concentration, streets: Sequence[Row] = ()) -> Sequence[Sentence]:
    """Return the groups in which a weakness is concentrated, with their rates.

    Args:
        where: the groups compared with the rest of the district; those that cannot be told apart are not named.
        streets: the streets that are confirmed weak; named where no group can be told apart.
    """
    rows = [(row, "group") for row in where.rows] if where.seen else [(row, "street") for row in streets[:STREETS]]
    return tuple(
        say("{group} {share}", group=row.name(name), share=row.bound("estimate", Format.WHOLE)) for row, name in rows
    )


def decided_by(one: Problem, steps: NextSteps) -> Sentence:
    """Return how many further interviews would decide on a watched rate; empty where the ledger decides."""
    if steps.entry(*one.place) is not None:
        return Sentence()
    return say(
        "{area}{rate}：{deciding}",
        area=one.row.name("district"),
        rate=one.row.name("label"),
        deciding=deciding(one.row),
    )


def sooner(rates: Sequence[Sentence]) -> Sentence:
    """Return the heading of the fold with `decided_by`; empty for none."""
    return say("不等下一轮，加访多少份能判断") if rates else Sentence()


def more(places: Sequence[Place], verdict: Verdict) -> Sentence:
    """Return how many further rates have a verdict; empty for none."""
    if not places:
        return Sentence()
    return say("另有 {n} 项{verdict}", n=count(places, str(verdict)), verdict=Name(verdict))


def unclear(places: Sequence[Place], listed: Sequence[Place] = ()) -> Sentence:
    """Return how many rates are unclear, which asks for no action; empty for none.

    Args:
        places: the unclear rates.
        listed: those among them with an open entry, which stand in the list above.
    """
    rest = [one for one in places if one not in listed]
    if not rest:
        return Sentence()
    words_ = "其余{verdict} {n} 项，下一轮再看" if len(rest) < len(places) else "{verdict} {n} 项，下一轮再看"
    return say(words_, verdict=Name(Verdict.UNCLEAR), n=count(rest, "unclear rates"))


def by_rate(places: Sequence[Place]) -> Sequence[Sentence]:
    """Return one phrase per rate with its districts."""
    found: dict[str, list[str]] = {}
    for area, label in places:
        found.setdefault(label, []).append(area)
    return [
        say("{label}：{areas}", label=Name(label), areas=listed(names(areas), len(areas)))
        for label, areas in found.items()
    ]


def further(areas: Sequence[str]) -> Sentence:
    """Return the heading of the districts that are folded away."""
    return say("其余 {n} 个{kind}", n=count(areas, "districts"), kind=Name(words.KIND))
