"""Spoken summaries of at most 100, 300 and 800 characters, from the same bindings as the document.

Parts are dropped in a fixed order until the text fits: quotes, groups, watched rates, change, days of fieldwork. Never
dropped are the number of interviews, the interval of an accusation, the word of the verdict, owner and date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import NOTHING
from reports.briefing.facts import Facts, worst_items
from reports.briefing.parts.actions import charged, check_day, due, overdue, people_owners
from reports.briefing.parts.heard import Heard
from reports.overview.problems import Problem
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, field, join, listed, names, rows_of, say
from survey.instrument.measure import knowledge

LENGTHS = (100, 300, 800)
MORE, QUOTES, GROUPS, WATCHED, CHANGE, DATES, REST, MUST = range(8)
"""Ranks of parts: the first are dropped first, `MUST` never."""


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a summary.

    Attributes:
        text: in full.
        rank: parts with the smallest rank are dropped first.
        brief: a shorter wording; empty for none.
    """

    text: Sentence
    rank: int = MUST
    brief: Sentence = NOTHING


def spoken(found: Facts, heard: Heard) -> tuple[Sentence, ...]:
    """Return the summaries, the shortest first."""
    builds: tuple[Callable[[Facts, Heard], list[Part]], ...] = (_hundred, _three_hundred, _eight_hundred)
    return tuple(_fitted(build(found, heard), most) for build, most in zip(builds, LENGTHS, strict=True))


def _fitted(parts: Sequence[Part], most: int) -> Sentence:
    """Return the parts in order, without as many as the length demands: the lowest ranks first, the last of a rank."""
    kept = list(parts)
    for _, at in sorted((part.rank, -at) for at, part in enumerate(parts) if part.rank < MUST):
        if len(_joined(part.text for part in kept).text) <= most:
            break
        kept = [part for part in kept if part is not parts[-at]]
    text = _joined(part.text for part in kept)
    if len(text.text) <= most:
        return text
    return _joined(part.brief or part.text for part in parts if part.rank == MUST)


def _joined(texts: object) -> Sentence:
    some = [text for text in texts if text]  # type: ignore[attr-defined]
    return Sentence(tuple(piece for text in some for piece in (*text.pieces, "。")))


def _hundred(found: Facts, _: Heard) -> list[Part]:
    rows = _rows(found)
    open_ = [row for row in rows if row["verdict"] != Verdict.MET]
    parts = [Part(_asked(found)), Part(_met(rows), brief=_met(rows))]
    parts += [Part(_value(row, odds=False), REST, _brief(row)) for row in open_]
    if found.sure:
        parts.append(Part(_accused(found.sure[0], found, gap=False)))
    return parts


def _three_hundred(found: Facts, _: Heard) -> list[Part]:
    rows = _rows(found)
    open_ = [row for row in rows if row["verdict"] != Verdict.MET]
    values = [_plain_value(row) for row in rows if row["verdict"] == Verdict.MET]
    every = Name("均" if len(values) > 1 else "")
    met = say("全市{values}，{every}达到目标", values=join(values, "、"), every=every) if values else Sentence()
    return [
        Part(say("各位领导：{round}{asked}", round=phrases.round_name(found), asked=_asked(found))),
        Part(met, brief=_met(rows)),
        *(Part(_value(row), brief=_brief(row)) for row in open_),
        Part(phrases.changes(found, rows, "", aloud=True), CHANGE),
        *(Part(_accused(one, found)) for one in found.sure[:1]),
        Part(_more(found), REST),
        Part(_watched(found), WATCHED),
        Part(_items(found), REST),
        Part(_causes(found), WATCHED),
        Part(_red(found), REST),
    ]


def _eight_hundred(found: Facts, heard: Heard) -> list[Part]:
    rows = _rows(found)
    open_ = [row for row in rows if row["verdict"] != Verdict.MET]
    when = phrases.dates(found)
    first = say("各位领导：现将{round}情况汇报如下", round=phrases.round_name(found))
    return [
        Part(first),
        Part(say("调查{when}进行", when=when) if when else Sentence(), DATES),
        Part(_asked(found) + "，所报区间均按抽样设计计算"),
        *(Part(_value(row), brief=_brief(row)) for row in rows if row["verdict"] == Verdict.MET),
        *(Part(_value(row), brief=_brief(row)) for row in open_),
        Part(phrases.changes(found, rows, "", aloud=True), CHANGE),
        Part(_seen_from(found, rows), MORE),
        Part(_tally(found), MORE),
        *(Part(_accused(one, found)) for one in found.sure[:2]),
        Part(_more(found), REST),
        *(Part(_streets(found, one), REST) for one in found.sure[:1]),
        Part(_watched(found), WATCHED),
        Part(_items(found), REST),
        Part(_quoted(heard.quotes), QUOTES),
        *(Part(_group(found, column, row), GROUPS) for column, row in found.weak_groups()[:2]),
        Part(_channels(heard), GROUPS),
        Part(_red(found), REST),
        Part(_causes(found), WATCHED),
        Part(_again(found), REST),
        Part(say("{retest}", retest=Name(phrases.RETEST))),
        Part(say("{rule}", rule=Name(phrases.DISCIPLINE)), MORE),
    ]


def _seen_from(found: Facts, rows: Sequence[Row]) -> Sentence:
    """Report from which change on the last rate would have been seen; empty where it moved, or in a first wave."""
    row = rows[-1] if rows and found.previous is not None else None
    if row is None or phrases.moved(row) or not phrases.known(row, "detectable"):
        return Sentence()
    least = row.bound("detectable", Format.GAP)
    return say("{rate}变动{least}以上，这次才有把握看出", rate=phrases.rate(row), least=least)


def _tally(found: Facts) -> Sentence:
    """Report how many judgements of districts fell which way."""
    table = found.districts.table
    some = table[table["verdict"] != ""]
    parts = [
        say("{verdict}{n}项", verdict=Name(one), n=count(some.index[some["verdict"] == one], str(one)))
        for one in Verdict
        if (some["verdict"] == one).any()
    ]
    if not parts:
        return Sentence()
    every = count(some.index, "judgements")
    return say("对各区县作出{every}项判断：{parts}", every=every, parts=join(parts, "，"))


def _channels(heard: Heard) -> Sentence:
    """Report the channels with the largest reach among those who do not know."""
    if not heard.channels:
        return Sentence()
    return say("宣传先用接触居民最多的渠道：{channels}", channels=listed(names(heard.channels)))


def _rows(found: Facts) -> tuple[Row, ...]:
    return rows_of(found.city, found.city.table, "item")


def _asked(found: Facts) -> Sentence:
    asked = Name("、".join(phrases.MODES.get(mode, "调查") for mode in found.gathered.sample.modes))
    return say("{asked}居民{n}人", asked=asked, n=field(found, "interviews", Format.PLAIN))


def _met(rows: Sequence[Row]) -> Sentence:
    met = [row for row in rows if row["verdict"] == Verdict.MET]
    if not met:
        return Sentence()
    if len(met) == len(rows):
        return phrases.all_met(rows)
    return say("全市{rates}达到目标", rates=phrases.labels(met))


def _plain_value(row: Row) -> Sentence:
    return say("{rate}{share}", rate=phrases.rate(row), share=row.bound("estimate", Format.PERCENT))


def _interval(row: Row) -> Sentence:
    return say("{value}，区间{spread}", value=_plain_value(row), spread=row.interval(Format.SPREAD))


def _value(row: Row, *, odds: bool = True) -> Sentence:
    """Report a rate of the city with interval, target and verdict, without brackets."""
    if not phrases.known(row) or phrases.silent(row):
        return say("{rate}不作评价", rate=phrases.rate(row))
    if not phrases.known(row, "line"):
        return say("{value}，没有设定目标", value=_interval(row))
    likely = say("，{odds}", odds=phrases.odds(row)) if odds and row["verdict"] != Verdict.MET else Sentence()
    return say("{value}，{target}{likely}，{verdict}", value=_interval(row), target=phrases.target(row), likely=likely,
               verdict=_verdict(row))  # fmt: skip


def _verdict(row: Row) -> Sentence:
    return say("达到目标") if row["verdict"] == Verdict.MET else phrases.verb(row)


def _brief(row: Row) -> Sentence:
    """Report the verdict alone; with its interval where it is an accusation."""
    if row["verdict"] == Verdict.WEAK:
        return say("{value}，{verb}", value=_interval(row), verb=phrases.verb(row))
    return say("{rate}{verb}", rate=phrases.rate(row), verb=phrases.verb(row))


def _accused(one: Problem, found: Facts, *, gap: bool = True) -> Sentence:
    """Report a confirmed rate of a district: interval, gap, verdict, owner and date."""
    row = one.row
    district, item = one.place
    short = say("，{short}", short=phrases.short_of(row)) if gap else Sentence()
    who = charged(found, one if gap else replace(one, units=()))
    day = days.before(due(found, district, item), found.day.year)
    begin = say("{area}{value}{short}，{below}", area=Name(district), value=_interval(row), short=short,
                below=Name(phrases.BELOW))  # fmt: skip
    passed = overdue(found, one)
    late = say("，{passed}", passed=passed) if passed else passed
    return begin + say("，{who}，{day}完成整改{late}", who=who, day=day, late=late)


def _more(found: Facts) -> Sentence:
    rest = found.sure[2:]
    return say("另有{n}项确认薄弱，见书面材料", n=count(rest, "further weaknesses")) if rest else Sentence()


def _streets(found: Facts, one: Problem) -> Sentence:
    weak = found.streets_of(*one.place, Verdict.WEAK)
    if not weak:
        return Sentence()
    parts = [
        say("{street}{share}，区间{spread}", street=row.name("street"), share=row.bound("estimate", Format.PERCENT),
            spread=row.interval(Format.SPREAD)) for row in weak
    ]  # fmt: skip
    where = Name(one.place[0])
    return say(
        "{where}的{streets}，也{below}",
        where=where,
        streets=phrases.streets(parts),
        below=Name(phrases.BELOW),
    )


def _watched(found: Facts) -> Sentence:
    some = found.watched[:4]
    if not some:
        return Sentence()
    parts = [say("{area}{value}", area=one.row.name("district"), value=_plain_value(one.row)) for one in some]
    return say("{areas}，列入观察", areas=join(parts, "、"))


def _items(found: Facts) -> Sentence:
    worst = worst_items(found.items)[:3]
    if not worst:
        return Sentence()
    parts = join([_plain_value(row) for row in worst], "、")
    units = list(dict.fromkeys(found.gathered.rate(str(row["item"])).unit for row in worst))
    by = say("，由{units}负责", units=listed(names(unit for unit in units if unit))) if any(units) else Sentence()
    return say("全市分项先改{items}，{below}{by}", items=parts, below=Name(phrases.BELOW), by=by)


def _quoted(quotes: Sequence[str]) -> Sentence:
    some = join([say("“{quote}”", quote=Declared(quote, "wording")) for quote in quotes[:2]], "，")
    return say("居民说，{some}", some=some) if some else some


def _group(found: Facts, column: str, row: Row) -> Sentence:
    units = people_owners(found, column, row)
    by = say("，由{units}负责", units=listed(names(units), 2)) if units else Sentence()
    return say("{group}居民{value}，{target}，{below}{by}", group=row.name(column), value=_interval(row),
               target=phrases.target(row), below=Name(phrases.BELOW), by=by)  # fmt: skip


def _red(found: Facts) -> Sentence:
    parts = [
        say("{area}有{n}份答卷亮红灯", area=Name(name), n=field(found.lights[name], "doubtful", Format.PLAIN))
        for name in found.red[:3]
    ]
    return (
        say("{areas}，红灯是信号，不是结论，复访前不作判断、不表扬", areas=join(parts, "，")) if parts else Sentence()
    )


def _causes(found: Facts) -> Sentence:
    places = list(dict.fromkeys(one.place[0] for one in found.unentered if one.row["measure"] not in knowledge()))
    if not places:
        return Sentence()
    return say("{areas}{day}报告原因", areas=listed(names(places), REST), day=check_day(found))


def _again(found: Facts) -> Sentence:
    if not any(light.again for light in found.lights.values()):
        return Sentence()
    return say("{office}{day}完成独立复访", office=Name(found.letterhead.name), day=check_day(found))
