"""Sentences of 总览: what is wrong and where, who acts and how the city stands, and the next step of a problem."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import SILENT, Reason, Verdict
from analysis.estimation.estimates import Estimates
from reports.overview.next_step import NextSteps
from reports.overview.problems import Problem
from reports.sentences.briefing import charged, distance, nobody, of, pooled, responsible
from reports.sentences.formats import Format
from reports.sentences.notes.days import months_on_page
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, join, listed, names, rows_of, say
from reports.sentences.weak import after_revisit
from survey.study.study import Study

KIND = "区县"
FEW = 2
"""Number of units and of rates that a lead line names with their values."""
NEAR = 0.02
"""Distance above a target, a share, below which a met rate is called unsafe."""


def headline(city: Estimates, districts: Estimates, found: Sequence[Problem]) -> Sentence:
    """Report the one thing to know: the city's confirmed weakness, else the largest of a district, else that none is.

    Args:
        city: the rates of the city, judged.
        districts: the rates of the districts, judged.
        found: from `reports.overview.problems.problems`.
    """
    table = districts.table
    if (table["reason"] == Reason.OPINION).any():
        return say("参与者的意见，只供参考，不与目标比较")
    if (city.table["line"].isna() | city.table["reason"].isin(list(SILENT))).all():
        return say("没有设定目标，只看得到比例" if city.table["line"].isna().all() else "样本过少，不下结论")
    if weak := rows_of(city, of(city.table, Verdict.WEAK), "item"):
        silent = table["reason"].isin(list(SILENT)).all()
        return join([_gap(say("全市"), weak[0], weak), nobody(table, KIND) if silent else Sentence()])
    if found and found[0].sure:
        row = found[0].row
        sure = rows_of(districts, of(table, Verdict.WEAK), "district", "item")
        return _gap(say("优先解决{area}", area=row.name("district")), row, sure)
    return quiet(districts)


def quiet(districts: Estimates) -> Sentence:
    """Report that no rate of a district is confirmed weak, and how many are watched; or why nothing is known.

    Args:
        districts: the rates of the districts, judged.
    """
    table = districts.table
    if table["reason"].isin(list(SILENT)).all():
        return nobody(table, KIND)
    watched = rows_of(districts, of(table, Verdict.WATCH), "district", "item")
    if watched:
        number = count(watched, "watched rates of districts")
        return say(
            "没有{weak}的项目，{count} 项要{watch}", weak=Name(Verdict.WEAK), count=number, watch=Name(Verdict.WATCH)
        )
    return say("各{kind}都没有{weak}的项目", kind=Name(KIND), weak=Name(Verdict.WEAK))


def _gap(where: Sentence, row: Row, weak: Sequence[Row]) -> Sentence:
    """Report the largest of some confirmed weaknesses."""
    return say(
        "{where}{rate}{more}：{value}，离目标差 {gap}",
        where=where,
        rate=row.name("label"),
        more=say("等 {all} 项", all=count(weak, "confirmed weaknesses")) if len(weak) > 1 else say(""),
        value=row.bound("estimate", Format.WHOLE),
        gap=row.pair("estimate", "line", Format.SHORTFALL),
    )


def nothing(districts: Estimates) -> Sentence:
    """Return what stands in place of an empty list of problems."""
    table = districts.table
    if (table["reason"] == Reason.OPINION).all():
        return say("参与者的意见不作判断")
    if table["reason"].isin(list(SILENT)).all():
        return nobody(table, KIND)
    if table["line"].isna().all():
        return say("没有设定目标，不判断哪个{kind}薄弱", kind=Name(KIND))
    return say("没有哪个{kind}多半低于目标", kind=Name(KIND))


def lead(city: Estimates, found: Sequence[Problem], steps: NextSteps) -> Sentence:
    """Report who acts on the first problem by when, and how the rates of the city stand.

    Args:
        city: the rates of the city, judged.
        found: from `reports.overview.problems.problems`.
        steps: the next steps.
    """
    first = next((one for one in found if one.sure), None)
    begin = Sentence()
    if first is not None:
        where = say("")
        if len(of(city.table, Verdict.WEAK)):  # the headline speaks of the city
            where = say("优先解决{area}{rate}，", area=first.row.name("district"), rate=first.row.name("label"))
        begin = where + join([acting(first), steps.until(*first.place)], "，")
    return Sentence(tuple(piece for part in (begin, standing(city)) if part for piece in (part + "。").pieces))


def listing(found: Sequence[Problem]) -> Sentence:
    """Return the heading of the list: how many problems to act on, and how many to watch."""
    sure = [one for one in found if one.sure]
    rest = [one for one in found if not one.sure]
    parts = [
        say("优先解决 {count} 项", count=count(sure, "confirmed weaknesses")) if sure else Sentence(),
        say("继续观察 {count} 项", count=count(rest, "watched rates")) if rest else Sentence(),
    ]
    return join(parts, "，") or say("没有要优先解决的")


def now(one: Problem) -> Sentence:
    """Return the rate."""
    return say("{now}", now=one.row.bound("estimate", Format.WHOLE))


def gap(one: Problem) -> Sentence:
    """Return how far the rate lies below its line."""
    return distance(one.row)


def units(one: Problem) -> Sentence:
    """Return who leads and who acts, as below the headline."""
    return responsible(one.lead, one.units[:FEW])


def items(one: Problem) -> Sentence:
    """Return the worst items."""
    return listed(names(one.items))


def acting(one: Problem) -> Sentence:
    """Report who acts on a problem; empty where nobody is known to be in charge."""
    return charged(one.lead, one.units[:FEW])


def standing(city: Estimates, place: str = "全市") -> Sentence:
    """Report how the rates of a place stand against their targets; empty where none is judged.

    Args:
        city: its rates, judged.
        place: its name, "" where the reader knows it.
    """
    table = city.table
    groups = {verdict: rows_of(city, table[table["verdict"] == verdict], "item") for verdict in Verdict}
    met = groups[Verdict.MET]
    doubted = [row for row in groups[Verdict.UNCLEAR] if row["reason"] == Reason.DOUBTED]
    unclear = [row for row in groups[Verdict.UNCLEAR] if row not in doubted]
    if len(met) == len(table):
        return join([say("{place}各率都达标", place=Name(place)), narrow(met)], "，")
    parts = [
        _labels(groups[Verdict.WEAK]) + "没到目标" if groups[Verdict.WEAK] else Sentence(),
        _compared(groups[Verdict.WATCH], "多半没到目标"),
        _compared(unclear, "与目标分不出高低"),
        _labels(doubted) + after_revisit(city.meta.get("doubted", ())) if doubted else Sentence(),
        (say("其余各率") if doubted else _labels(met)) + "达标" if met else Sentence(),
    ]
    text = join(parts, "，")
    return say("{place}{text}", place=Name(place), text=text) if text else text


def narrow(met: Sequence[Row]) -> Sentence:
    """Report by how little rates are met that another sample may miss; empty for none.

    Args:
        met: rows of rates that are met; named are those less than `NEAR` above, with the target in their interval.
    """
    rows = [row for row in met if _cell(row, "conf_low") < _cell(row, "line") > _cell(row, "estimate") - NEAR]
    said = [say("{rate}只{gap}", rate=row.name("label"), gap=distance(row)) for row in rows]
    return join([*said, say("还不稳")], "，") if said else Sentence()


def _cell(row: Row, name: str) -> float:
    return float(str(row[name]))


def _labels(rows: Sequence[Row]) -> Sentence:
    return listed([row.name("label") for row in rows])


def _compared(rows: Sequence[Row], words: str) -> Sentence:
    if not rows:
        return Sentence()
    if len(rows) > FEW:
        return _labels(rows) + words
    values = [
        say(
            "{label} {value}（目标 {line}{why}）",
            label=row.name("label"),
            value=row.bound("estimate", Format.WHOLE),
            line=row.bound("line", Format.TARGET),
            why=say("，合并估计") if pooled(row) else Sentence(),
        )
        for row in rows
    ]
    return join(values, "、") + words


def unchanged(city: Estimates) -> Sentence:
    """Report that no rate of the city changed visibly since the previous wave; empty where one did or none is known."""
    table = city.table
    known = table[table["change"].notna()]
    moved = (known["change_low"] > 0) | (known["change_high"] < 0)
    return say("比上轮看不出变化") if len(known) and not moved.any() else Sentence()


def since(one: Problem, study: Study) -> Sentence:
    """Return from when on the district lies below its line, "2026 年 6 月起"; empty where it is not known."""
    if not one.since:
        return Sentence()
    return say("{when}起", when=Declared(months_on_page(study).get(one.since, one.since), "date"))


def step(one: Problem, steps: NextSteps) -> Sentence:
    """Return the next step of a problem."""
    return steps.of(*one.place, one.row)


def entered(found: Sequence[Problem], others: Sequence[Row], steps: NextSteps) -> Sentence:
    """Reconcile the list of problems with the ledger: how many entries are open, and which of them the list lacks.

    Args:
        found: the problems that are listed.
        others: the other rates with an open entry, from `next_step.unlisted`.
        steps: the next steps.

    Returns:
        Empty where the ledger has no open entry.
    """
    if not steps.open:
        return Sentence()
    above = [one for one in found if steps.entry(*one.place) is not None]
    parts = [
        say(
            "{area}{rate}（{verdict}，{state}）",
            area=row.name("district"),
            rate=row.name("label"),
            verdict=Name(str(row["verdict"] or row["reason"])),
            state=steps.of(str(row["district"]), str(row["item"]), row),
        )
        for row in others
    ]
    told = [
        say("上表有 {n} 项", n=count(above, "listed problems with an entry")) if above else say("上表没有"),
        say("另有{others}", others=listed(parts, FEW, "项")) if parts else Sentence(),
    ]
    return say("台账在办 {n} 项，{told}", n=count(steps.open, "open entries"), told=join(told, "，"))
