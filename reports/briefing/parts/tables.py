"""Tables of results: the rates of the city, the worst items with their owners, all districts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH
from reports.briefing import phrases
from reports.briefing.blocks import Column, Run, Table, Text, plain, strong
from reports.briefing.facts import Facts
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.sentence import Name, Row, Sentence, count, rows_of, say, setting
from reports.verdicts import judged

SHOWN = 3
"""Number of items listed."""
NONE = plain(say(DASH))
MISSING = plain(say("样本过少"))


def city_table(found: Facts) -> Table:
    """Return the rates of the city: value, interval, n, target, verdict, change."""
    return rate_table(rows_of(found.city, found.city.table, "item"), found, "city", say("全市四率"))


def rate_table(rows: Sequence[Row], found: Facts, key: str, title: Sentence) -> Table:
    """Return rates of one place; `rows` have the columns of a judgement and of a change."""
    since = say("比{month}（百分点）", month=phrases.month_before(found)) if found.previous else say("比上轮（百分点）")
    columns = (
        Column(say("指标"), 0.1),
        Column(say("本轮（%）"), 0.13, "right"),
        Column(say("{level}区间（%）", level=_level(found)), 0.18, "center"),
        Column(say("n"), 0.1, "right"),
        Column(say("目标"), 0.08, "right"),
        Column(say("判断"), 0.16),
        Column(since, 0.25),
    )
    words = "表，{rows}行，行为各率，列为比例、区间、有效回答人数、目标、判断和变化"
    return Table(key, title, columns, tuple(_rate(row) for row in rows), say(words, rows=count(rows, "rates")))


def _level(found: Facts) -> Sentence:
    return say("{level}", level=setting("level", found.selection.level, Format.TARGET))


def _rate(row: Row) -> tuple[Text, ...]:
    name = plain(phrases.rate(row))
    if not phrases.known(row):
        return (name, MISSING, NONE, NONE, _target(row), verdict_cell(row), NONE)
    return (
        name,
        (strong(say("{share}", share=row.bound("estimate", Format.FIGURES))),),
        plain(say("{limits}", limits=row.interval(Format.FIGURES))),
        plain(say("{n}", n=row.bound("n", Format.PLAIN))),
        _target(row),
        verdict_cell(row),
        _change(row),
    )


def _target(row: Row) -> Text:
    if not phrases.known(row, "line"):
        return NONE
    return plain(say("{line}", line=row.bound("line", Format.TARGET)))


def verdict_cell(row: Row) -> Text:
    """Return the verdict with its mark, or the reason for none."""
    word = phrases.verdict(row)
    return (Run(say("{word}", word=Name(word)), mark=word),) if word else NONE


def _change(row: Row) -> Text:
    if not phrases.known(row, "change_low"):
        return NONE
    return plain(
        say(
            "{change}（{spread}）",
            change=row.bound("change", Format.SIGNED),
            spread=row.interval(Format.SIGNED_SPREAD, "change_low", "change_high"),
        )
    )


def item_table(found: Facts, worst: Sequence[Row]) -> Table | None:
    """Return the worst items: city, the first confirmed district, owner; None without a confirmed item.

    Args:
        found: the facts.
        worst: from `reports.briefing.facts.worst_items`.
    """
    some = worst[:SHOWN]
    if not some:
        return None
    there = _in_district(found, some)
    columns = [Column(say("分项"), 0.19), Column(say("全市%（区间，n）"), 0.32)]
    rows = [[_item(row), _value(row)] for row in some]
    if there is not None:
        area = found.sure[0].row.name("district")
        columns.append(Column(say("{area}%（区间，n）", area=area), 0.31))
        known = {str(one["item"]): one for one in there}
        for row, cells in zip(some, rows, strict=True):
            cells.append(_value(known[str(row["item"])]) if str(row["item"]) in known else NONE)
    columns.append(Column(say("责任单位"), 1 - sum(one.width for one in columns)))
    for row, cells in zip(some, rows, strict=True):
        cells.append(owner(found, row))
    words = "表，{rows}行，行为分项，列为比例和责任单位"
    title, alt = say("突出分项和责任单位"), say(words, rows=count(rows, "items"))
    return Table("items", title, tuple(columns), tuple(tuple(cells) for cells in rows), alt)


def _in_district(found: Facts, some: Sequence[Row]) -> tuple[Row, ...] | None:
    """Return these items in the district with the largest confirmed shortfall; None where there is none."""
    if not found.sure:
        return None
    district = str(found.sure[0].row["district"])
    asked = found.selection.asking([str(row["item"]) for row in some]).within(district=district)
    here: Estimates = judged(found.gathered, asked)
    return rows_of(here, here.table, "item")


def _item(row: Row) -> Text:
    return (Run(phrases.rate(row), mark=phrases.verdict(row)),)


def _value(row: Row) -> Text:
    """Return "60.3（57.7—62.9，2654）"."""
    if not phrases.known(row):
        return MISSING
    rest = say("（{limits}，{n}）", limits=row.interval(Format.FIGURES), n=row.bound("n", Format.PLAIN))
    return (strong(say("{share}", share=row.bound("estimate", Format.FIGURES))), Run(rest))


def owner(found: Facts, row: Row) -> Text:
    """Return the unit in charge of an item; a dash where the questionnaire names none."""
    unit = found.gathered.rate(str(row["item"])).unit
    return plain(say("{unit}", unit=Name(*found.local((unit,))))) if unit else NONE


def item_day(found: Facts) -> Sentence:
    """Return by when the unit in charge mends a confirmed item."""
    return days.before(days.deadline(found.day, found.letterhead.mend), found.day.year)


def district_table(found: Facts) -> Table:
    """Return every district with every rate: mark, value, interval, n; pale where a red light forbids a verdict."""
    labels = [row.name("label") for row in rows_of(found.city, found.city.table, "item")]
    items = found.city.table["item"].astype(str).tolist()
    city = rows_of(found.city, found.city.table, "item")
    rows = [(plain(say("全市")), *(_marked(row) for row in city))]
    table = found.districts.table
    for district, some in table.groupby(table["district"].astype(str), sort=False):
        cells = {str(row["item"]): _marked(row) for row in rows_of(found.districts, some, "district", "item")}
        pale = str(district) in found.red
        name = say("{area}{mark}", area=Name(str(district)), mark=Name("※" if pale else ""))
        rows.append(((Run(name, pale=pale),), *(cells.get(item, NONE) for item in items)))
    goals = [say("{label}{line}", label=label, line=_line(row)) for label, row in zip(labels, city, strict=True)]
    width = 0.87 / max(len(goals), 1)
    columns = (Column(say("{kind}", kind=Name(phrases.KIND)), 0.13), *(Column(goal, width) for goal in goals))
    words = "表，{rows}行，行为全市和各{kind}，列为各率，格内为判断标记、比例、区间和有效回答人数"
    alt = say(words, rows=count(rows, "areas"), kind=Name(phrases.KIND))
    return Table("districts", say("各{kind}四率", kind=Name(phrases.KIND)), columns, tuple(rows), alt)


def _line(row: Row) -> Sentence:
    text = phrases.target(row)
    return say("（{text}）", text=text) if text else text


def marked_value(row: Row) -> Text:
    """Return the mark of the verdict with "66.0（49.4—79.4，66）"; pale where a red light forbids a verdict."""
    if not phrases.known(row):
        return MISSING
    pale = phrases.silent(row)
    first, rest = _value(row)
    return (Run(first.text, strong=True, mark=phrases.verdict(row), pale=pale), Run(rest.text, pale=pale))


def _marked(row: Row) -> Text:
    if not phrases.known(row):
        return MISSING
    pale = phrases.silent(row)
    share = say("{share}", share=row.bound("estimate", Format.FIGURES))
    rest = say("\n{limits}　n={n}", limits=row.interval(Format.FIGURES), n=row.bound("n", Format.PLAIN))
    return (Run(share, strong=True, mark=phrases.verdict(row), pale=pale), Run(rest, pale=pale))
