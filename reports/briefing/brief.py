"""简报: one page about the city: the finding, four rates, districts by verdict, what is worst, who acts by when."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Block, Heading, Paragraph, Role, Run, Table, Text, plain, strong
from reports.briefing.facts import Facts, worst_items
from reports.briefing.model import Briefing, Foot, Head, Kind
from reports.briefing.parts import findings, strip
from reports.briefing.parts.agenda import actions
from reports.briefing.parts.chance import chance
from reports.briefing.parts.entered import entered
from reports.briefing.parts.groups import grouped, watched
from reports.briefing.parts.heard import Heard
from reports.briefing.parts.spoken import spoken
from reports.briefing.parts.tables import city_table, item_day, item_table
from reports.overview.problems import Problem
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, join, rows_of, say

FEW = 2
"""Number of confirmed rates, and of groups, that the lead names with their values."""
GAP = "　"
"""What stands between the two parts of a title."""
TITLE, QUOTES = 26, 2
"""Largest number of characters of a title, and of quotes."""


def brief(found: Facts, heard: Heard) -> Briefing:
    """Return the 简报 of a wave.

    Args:
        found: the facts.
        heard: what residents say, and the channels that reach them.
    """
    letter = found.letterhead
    todo = actions(found, heard.channels)
    nothing = say("本轮没有要办的事项")
    sections: list[tuple[str, Sentence, list[Block]]] = [
        ("全市四率", city_standing(found), [city_table(found), *_note(chance(found))]),
        ("区县分组", findings.of_districts(found), _groups(found)),
        ("突出问题和责任单位", findings.of_items(found.items), _problems(found, heard.quotes)),
        ("谁来办、何时办", findings.of_actions(todo), [*([todo] if todo else _note(nothing)), *_note(entered(found))]),
    ]
    notes = {"区县分组": say("（{order}）", order=Name(phrases.ORDER))}
    blocks: list[Block] = [Paragraph(lead(found), Role.LEAD)]
    for number, (title, finding, some) in zip("一二三四", sections, strict=True):
        head = say("{number}、{title}", number=Name(number), title=Name(title))
        blocks += [Heading(head, notes.get(title, Sentence()), finding), *some]
    return Briefing(
        kind=Kind.BRIEF,
        area="",
        title=title_of(found),
        head=Head(
            red=say("民意调查简报"),
            number=say("第{k}期", k=Declared(str(issue(found)), "numbering")),
            left=say("{office}", office=Name(letter.office)),
            right=strip.today(found),
            mark=strip.mark(found),
            secrecy=phrases.INTERNAL,
        ),
        blocks=tuple(blocks),
        foot=Foot(method=strip.strip(found), source=strip.source(found), sent=_sent(found)),
        facts=strip.known_facts(found),
        spoken=spoken(found, heard),
    )


def _note(words: Sentence) -> list[Block]:
    """Return a note below a table; none where it says nothing."""
    return [Paragraph(plain(words + "。"), Role.NOTE)] if words else []


def issue(found: Facts) -> int:
    """Return the number of the issue: that of the wave among those with answers."""
    return len(found.gathered.before(found.selection.wave)) + 1


def title_of(found: Facts) -> Sentence:
    """Return the finding as a title: where a rate is confirmed low, and how the city stands."""
    city = city_standing(found)
    if silent := phrases.nobody_judged(found):
        return city if len(silent.text + city.text) >= TITLE else join([silent, city], GAP)
    if found.sure:
        title = join([_where(found), city], GAP)
        return title if len(title.text) <= TITLE else join([_number(found), city], GAP)
    watched = list(dict.fromkeys(one.place[0] for one in found.watched))
    if not watched or (found.city.table["verdict"] == Verdict.WEAK).any():
        return city
    number = count(watched, "watched districts")
    return say("本轮没有{kind}确认薄弱　{k}个列入观察", kind=Name(phrases.KIND), k=number)


def _where(found: Facts) -> Sentence:
    if len(found.sure) > 1:
        return _number(found)
    row = found.sure[0].row
    return say("{area}{rate}{below}", area=row.name("district"), rate=phrases.rate(row), below=Name(phrases.BELOW))


def _number(found: Facts) -> Sentence:
    low = list(dict.fromkeys(one.place[0] for one in found.sure))
    return say("{k}个{kind}{below}", k=count(low, "districts confirmed weak"), kind=Name(phrases.KIND),
               below=Name(phrases.BELOW))  # fmt: skip


def city_standing(found: Facts) -> Sentence:
    """Return how the city stands, as the second half of the title."""
    rows = city_rows(found)
    by_verdict = {one: [row for row in rows if row["verdict"] == one] for one in Verdict}
    if len(by_verdict[Verdict.MET]) == len(rows):
        return phrases.all_met(rows)
    if some := by_verdict[Verdict.WEAK]:
        return say("全市{rates}{below}", rates=phrases.labels(some), below=Name(phrases.BELOW))
    if some := by_verdict[Verdict.WATCH]:
        return say("全市{rates}列入观察", rates=phrases.labels(some))
    if some := by_verdict[Verdict.UNCLEAR]:
        return say("全市{rates}是否达标尚难判断", rates=phrases.labels(some))
    return say("没有设定目标　只报比例" if any(map(phrases.known, rows)) else "样本过少　不作判断")


def city_rows(found: Facts) -> tuple[Row, ...]:
    """Return the rates of the city."""
    return rows_of(found.city, found.city.table, "item")


def lead(found: Facts) -> Text:
    """Return fieldwork, the city's verdicts, the confirmed district with its streets, the confirmed group, change."""
    rows = city_rows(found)
    runs = [Run(phrases.fieldwork(found) + "。"), Run(standing(rows, brief=True) + "。")]
    for one in found.sure[:FEW]:
        runs += _confirmed(found, one)
    if len(found.sure) > FEW:
        runs.append(Run(say("另有{k}项确认薄弱，见下表。", k=count(found.sure[FEW:], "further weaknesses"))))
    runs += [
        Run(say("全市{group}居民{rate}{value}，{line}，{below}。", group=row.name(column), rate=phrases.rate(row),
                value=phrases.value(row), line=phrases.target(row), below=Name(phrases.BELOW)))
        for column, row in found.weak_groups()[: FEW - bool(found.sure)]
    ]  # fmt: skip
    moved = phrases.changes(found, rows)
    return (*runs, Run(moved + "。")) if moved else tuple(runs)


def standing(rows: Sequence[Row], *, brief: bool = False) -> Sentence:
    """Report how the city stands against its targets; the values of what is not met.

    Args:
        rows: the rates of the city.
        brief: whether intervals stand in a table below, so that only those of confirmed rates are said.
    """
    met = [row for row in rows if row["verdict"] == Verdict.MET]
    if len(met) == len(rows):
        return phrases.all_met(rows)
    parts = [say("全市{rates}达到目标", rates=phrases.labels(met)) if met else Sentence()]
    judgement = phrases.short_judgement if brief else phrases.judgement
    parts += [judgement(row) for row in rows if row["verdict"] != Verdict.MET]
    text = join(parts)
    return text if met else say("全市") + text


def _confirmed(found: Facts, one: Problem) -> list[Run]:
    """Report a confirmed rate of a district, with its confirmed streets; who acts by when stands in the table below."""
    row = one.row
    area = row.name("district")
    first = say("{area}{rate}{below}", area=area, rate=phrases.rate(row), below=Name(phrases.BELOW))
    rest = say("：{value}，{short}", value=phrases.value(row), short=phrases.short_of(row))
    weak = found.streets_of(str(row["district"]), str(row["item"]), Verdict.WEAK)
    if weak:
        there = phrases.streets([each.name("street") for each in weak])
        rest += say("，其中{streets}也{below}", streets=there, below=Name(phrases.BELOW))
    return [strong(first), Run(rest + "。")]


def _groups(found: Facts) -> list[Block]:
    if reason := phrases.nobody_judged(found):
        return _note(reason)
    if found.districts.table["line"].isna().all():
        return _note(say("没有设定目标，不分组"))
    rates = watched(found.watched)
    note = join([say("观察：{rates}", rates=rates) if rates else rates, phrases.red_light(found)], "。")
    return [grouped(found), *_note(note)]


def _problems(found: Facts, quotes: Sequence[str]) -> list[Block]:
    worst = worst_items(found.items)
    table: Table | None = item_table(found, worst)
    said = _quoted(quotes)
    if table is None:
        return _note(findings.of_items(found.items))
    words = say(
        "{low}，表列区间上限离目标最远的{few}个，责任单位{day}完成整改{quotes}",
        low=findings.of_items(found.items),
        few=count(table.rows, "items listed"),
        day=item_day(found),
        quotes=say("。{said}", said=said) if said else Sentence(),
    )
    return [table, *_note(words)]


def _quoted(quotes: Sequence[str]) -> Sentence:
    if not quotes:
        return Sentence()
    some = join([say("“{quote}”", quote=Declared(quote, "wording")) for quote in quotes[:QUOTES]], "；")
    return say("居民原话（已隐去地名）：{some}", some=some)


def _sent(found: Facts) -> tuple[Sentence, ...]:
    letter = found.letterhead
    lines = (("报", letter.report), ("送", letter.send), ("发", letter.issue))
    return tuple(say("{how}：{whom}。", how=Name(how), whom=Name(whom)) for how, whom in lines if whom)
