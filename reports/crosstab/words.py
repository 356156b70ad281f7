"""Words below a crosstab: what its marks mean, how its tests came out, and its plainest difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan

from reports.crosstab.crosstab import Crosstab, Test
from reports.crosstab.lines import Line
from reports.crosstab.request import Marks
from reports.sentences.briefing import charged
from reports.sentences.formats import Format
from reports.sentences.notes.watched import due_by, watching
from reports.sentences.sentence import Name, Row, Sentence, field, join, rows_of, say, setting
from survey.instrument.measure import knowledge, measure_label
from survey.instrument.questionnaire import Rate

SIDES = {"low": "低", "high": "高"}
NAMED = 2
"""Groups that are named on each side."""
METHODS = {"bh": "Benjamini-Hochberg", "holm": "Holm"}


def legend(found: Crosstab) -> Sentence:
    """Say what the marks mean, with level and method; options of a multiple choice bear signs beside letters."""
    level = setting("alpha", found.request.alpha, Format.TARGET)
    how = say(
        "（{level} 水平，每行各次比较按 {method} 校正，含抽样设计）",
        level=level,
        method=Name(METHODS[found.request.adjustment]),
    )
    return signs(found) + how if signs(found) else Sentence()


def tests(found: Crosstab) -> Sentence:
    """Report the tests of the questions against the heads."""
    return join([_test(found, one) for one in found.tests])


def _test(found: Crosstab, one: Test) -> Sentence:
    head = Name(found.heads[one.head])
    asked = Name(one.question)
    if one.p_value is None:
        return say("{asked} 与 {head}：{note}", asked=asked, head=head, note=Name(one.note))
    p = field(one, "p_value", Format.P_VALUE)
    return say("{asked} 与 {head} 的关联检验（Rao-Scott）：{p}", asked=asked, head=head, p=p)


def signs(found: Crosstab) -> Sentence:
    """Say what the marks mean in plain words; `legend` adds level and method."""
    request = found.request
    if request.marks == Marks.NONE or not request.heads:
        return Sentence()
    sides = say("↑ 明显高于、↓ 明显低于同一分组的其余各组")
    if request.marks == Marks.REST:
        return sides
    letters = say("字母：这一组的比例明显高于同一分组里带该字母的组")
    return join([letters, sides]) if found.table["mark"].isin(SIDES).any() else letters


def method(found: Crosstab) -> tuple[Sentence, ...]:
    """Return the rule of the marks and the tests, for the box on where the numbers come from."""
    return tuple(one for one in (legend(found), tests(found)) if one)


def plainest(found: Crosstab, without: frozenset[int] = frozenset()) -> Sentence:
    """Name the groups that differ on the line with the smallest p-value, the low ones first; that none can be seen.

    Args:
        found: the crosstab.
        without: columns that are no finding, such as those of areas with a red light.
    """
    rows = _finding(found, without)
    if not rows:
        known = found.table[found.table["estimate"].notna() & (found.table["column"] > 0)]
        heads = [found.columns[int(at)].head for at in known[~found.by_itself(known)]["column"].unique()]
        if found.request.marks != Marks.REST or not heads:
            return Sentence()
        several = any(heads.count(head) > 1 for head in heads)
        return say("各组之间看不出差别") if several else say("只有一组，没有可比的")
    side = next(side for side in SIDES if any(row["mark"] == side for row in rows))
    line = found.lines[int(str(rows[0]["line"]))]
    whole = found.table[found.table["line"].eq(int(str(rows[0]["line"]))) & found.table["column"].eq(0)]
    all_ = rows_of(found.table, whole, "line", "column")[0]
    return say(
        "{groups} 答“{answer}”，明显偏{side}，全体 {all}：{asked}",
        asked=Name(line.variable.label),
        groups=_shares(found, [row for row in rows if row["mark"] == side][:NAMED]),
        side=Name(SIDES[side]),
        answer=Name(line.label),
        all=all_.bound("estimate", Format.WHOLE),
    )


def lead(
    found: Crosstab,
    rates: Sequence[Rate],
    days: tuple[Sentence, Sentence],
    without: frozenset[int] = frozenset(),
    lead_of: Callable[[str], str] = lambda district: "",
) -> Sentence:
    """Report who leads, who acts and by when on what is low; empty where nothing is, or nobody is in charge.

    Args:
        found: the crosstab.
        rates: those of the questionnaire.
        days: the deadlines in words of a campaign, and of a check of the causes.
        without: columns that are no finding.
        lead_of: district -> its lead unit; "" for none.
    """
    rows = [row for row in _finding(found, without) if row["mark"] == "low"]
    if not rows:
        return Sentence()
    line = found.lines[int(str(rows[0]["line"]))]
    unit = next((rate.unit for rate in _asking(line, rates) if rate.unit and _counts(rate, line)), "")
    if not unit:
        return Sentence()
    measures = [rate.measure for rate in _asking(line, rates)]
    measure = next((one for one in measures if one in knowledge()), measures[0] if measures else "")
    column = found.columns[int(str(rows[0]["column"]))]
    groups = dict(zip(found.request.heads[column.head], column.labels, strict=True))
    head = lead_of(groups["district"]) if "district" in groups else ""
    day = due_by(measure, campaign=days[0], check=days[1])
    return join([charged(head, [unit]), say("{day}{what}", day=day, what=watching(measure))], "，") + "。"


def held_against(
    found: Crosstab, rates: Sequence[Rate], line_of: Callable[[str], float], without: frozenset[int] = frozenset()
) -> Sentence:
    """Report the target of the headline rate that counts the answer of the finding; empty where none does or has one.

    Args:
        found: the crosstab.
        rates: those of the questionnaire.
        line_of: name of a rate -> its target, a share; NaN for none.
        without: columns that are no finding.
    """
    rows = [row for row in _finding(found, without) if row["mark"] == "low"]
    if not rows:
        return Sentence()
    line = found.lines[int(str(rows[0]["line"]))]
    rate = next((one for one in _asking(line, rates) if one.overall and _counts(one, line)), None)
    if rate is None or isnan(aim := line_of(rate.name)):
        return Sentence()
    words = "这道题属于{rate}，目标 {aim}"
    return say(words, rate=Name(measure_label(rate.measure)), aim=setting("target", aim, Format.TARGET)) + "。"


def basis(found: Crosstab, rates: Sequence[Rate], without: frozenset[int] = frozenset()) -> Sentence:
    """Report that the question of the finding is not the headline rate it belongs to; empty where it is in none.

    Args:
        found: the crosstab.
        rates: those of the questionnaire.
        without: columns that are no finding.
    """
    rows = _finding(found, without)
    if not rows:
        return Sentence()
    line = found.lines[int(str(rows[0]["line"]))]
    whole = next((measure_label(rate.measure) for rate in _asking(line, rates) if rate.overall), "")
    if not whole:
        return Sentence()
    return say(
        "{name} 是单题，只算有效回答，与{rate}口径不同；{rate}看“薄弱区域”",
        name=Name(line.variable.name),
        rate=Name(whole),
    )


def _asking(line: Line, rates: Sequence[Rate]) -> tuple[Rate, ...]:
    """Return the rates to which the question of a line belongs."""
    return tuple(rate for rate in rates if set(rate.columns) & set(line.variable.columns))


def _counts(rate: Rate, line: Line) -> bool:
    """Return whether a rate counts the answer of a line, so that few of it are a weakness."""
    counted = {(column, code) for column, codes in rate.terms for code in codes}
    answer = next((option.terms for option in line.variable.options if option.label == line.label), ())
    given = {(column, code) for column, codes in answer for code in codes}
    return bool(given) and given <= counted


def _finding(found: Crosstab, without: frozenset[int]) -> tuple[Row, ...]:
    """Return the marked cells of the plainest line within one head, the smallest p-value first; none without marks."""
    seen = found.table[found.table["mark"].isin(SIDES) & ~found.table["column"].isin(without)]
    seen = seen[~found.by_itself(seen)]
    if seen.empty:
        return ()
    first = seen.sort_values("p_value").iloc[0]
    head = found.columns[int(first["column"])].head
    here = [number for number, column in enumerate(found.columns) if column.head == head]
    some = seen[seen["line"].eq(first["line"]) & seen["column"].isin(here)]
    return rows_of(found.table, some.sort_values("p_value"), "line", "column")


def _shares(found: Crosstab, rows: Sequence[Row]) -> Sentence:
    """Return groups with their shares."""
    parts = [say("{group} {rate}", group=_group(found, row), rate=row.bound("estimate", Format.WHOLE)) for row in rows]
    return join(parts, "、")


def _group(found: Crosstab, row: Row) -> Name:
    return Name(" × ".join(found.columns[int(str(row["column"]))].labels))
