"""通报 and 专题汇报: the results of a wave as a circular in the order of GB/T 9704, with all districts in an annex."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Action, Actions, Annex, Block, Heading, Paragraph, Role, Run, plain
from reports.briefing.brief import city_rows, city_standing, standing
from reports.briefing.facts import Facts, worst_items
from reports.briefing.model import Briefing, Foot, Head, Kind
from reports.briefing.parts import findings, strip
from reports.briefing.parts.agenda import actions
from reports.briefing.parts.groups import by_rate, judged_districts, watched
from reports.briefing.parts.heard import Heard
from reports.briefing.parts.tables import SHOWN, district_table
from reports.sentences.notes import days
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, join, rows_of, say

NAMED = 6
"""Number of rates that one paragraph states with their values."""
QUOTES = 2
"""Number of quotes."""
NUMBERS = (*"一二三四五六七八九十", "十一", "十二")


def circular(found: Facts, heard: Heard) -> Briefing:
    """Return the 通报 of a wave: to all districts, with an annex."""
    title = say("关于{round}结果的通报", round=phrases.round_name(found))
    opening = say("{fieldwork}。现将结果通报如下。", fieldwork=phrases.fieldwork(found))
    return _document(found, heard, (Kind.CIRCULAR, title, opening), _head(found, "通", found.letterhead.addressee))


def report(found: Facts, heard: Heard) -> Briefing:
    """Return the 专题汇报 of a wave: to the leaders of the city, with the same content."""
    title = say("关于{round}情况的汇报", round=phrases.round_name(found))
    opening = say("{fieldwork}，情况如下。", fieldwork=phrases.fieldwork(found))
    return _document(found, heard, (Kind.REPORT, title, opening), _head(found, "报", found.letterhead.report))


def _head(found: Facts, kind: str, whom: str) -> Head:
    """Return the head of a document to somebody; `kind` is the last sign of its number."""
    return Head(
        red=say("{office}", office=Name(found.letterhead.office)),
        number=_number(found, kind),
        mark=strip.mark(found),
        addressee=say("{whom}：", whom=Name(whom)) if whom else Sentence(),
    )


def _document(found: Facts, heard: Heard, words: tuple[Kind, Sentence, Sentence], head: Head) -> Briefing:
    kind, title, opening = words
    todo = actions(found, heard.channels)
    sections = (
        ("总体情况", _city(found), city_standing(found)),
        ("区县分组", _districts(found), findings.of_districts(found)),
        ("突出问题", _problems(found, heard), findings.of_items(found.items)),
        ("有关要求" if kind is Kind.CIRCULAR else "下一步工作", _demands(todo), findings.of_actions(todo)),
    )
    blocks: list[Block] = [Paragraph(plain(opening))]
    for number, (name, some, finding) in zip(NUMBERS, sections, strict=False):
        blocks.append(Heading(say("{number}、{name}", number=Name(number), name=Name(name)), finding=finding))
        blocks += [Paragraph(plain(one)) for one in some]
    annex = district_table(found)
    blocks += [
        Paragraph(plain(say("附件：{title}", title=Name(annex.title.text)))),
        Paragraph(plain(say("{office}", office=Name(found.letterhead.office))), Role.SIGNATURE),
        Paragraph(plain(strip.today(found)), Role.SIGNATURE),
        Annex(say("附件"), annex.title, _tally(found)),
        annex,
        Paragraph((Run(_legend(found)),), Role.NOTE),
    ]
    letter = found.letterhead
    sent = [say("抄送：{copy}。", copy=Name(letter.copy))] if letter.copy and kind is Kind.CIRCULAR else []
    sent.append(say("{office}\t{day}印发", office=Name(letter.office), day=days.full(found.day)))
    return Briefing(
        kind=kind,
        area="",
        title=title,
        head=head,
        blocks=tuple(blocks),
        foot=Foot(method=strip.strip(found), source=strip.source(found), sent=tuple(sent)),
        facts=strip.known_facts(found),
    )


def _city(found: Facts) -> Iterator[Sentence]:
    """Yield the rates of the city with their values, their verdicts, and what moved."""
    rows = city_rows(found)
    met = [row for row in rows if row["verdict"] == Verdict.MET]
    values = join([say("{rate}{value}", rate=phrases.rate(row), value=phrases.value(row)) for row in met], "、")
    every = "均" if len(met) > 1 else ""
    parts = [say("全市{values}，{every}达到目标", values=values, every=Name(every))] if met else []
    parts += [phrases.judgement(row) for row in rows if row["verdict"] != Verdict.MET]
    moved = phrases.changes(found, rows, "全市" if not parts else "")
    yield join([join(parts), moved], "。") + "。" if parts else standing(rows) + "。"


def _districts(found: Facts) -> Iterator[Sentence]:
    """Yield how many verdicts there are of each kind, then one paragraph a verdict."""
    if silent := phrases.nobody_judged(found):
        yield silent + "。"
        return
    table = found.districts.table
    if table["line"].isna().all():
        yield say("没有设定目标，不分组；各{kind}的比例见附件。", kind=Name(phrases.KIND))
        return
    yield say("{tally}。{order}。", tally=_tally(found), order=Name(phrases.ORDER))
    yield from _verdicts(found, {one: _rows(found, one) for one in Verdict})
    if red := phrases.red_light(found):
        yield red + "。"


def _tally(found: Facts) -> Sentence:
    """Return how many verdicts there are of each kind; the reason where there is none."""
    table = found.districts.table
    if silent := phrases.nobody_judged(found):
        return silent
    if table["line"].isna().all():
        return say("没有设定目标，不作判断")
    parts = [say("{verdict}{n}项", verdict=Name(one), n=count(_rows(found, one), str(one))) for one in Verdict]
    return say(
        "对{areas}个{kind}作出{all}项判断：{parts}",
        areas=count(judged_districts(found), "judged districts"),
        kind=Name(phrases.KIND),
        all=count(table.index[table["verdict"] != ""], "verdicts"),
        parts=join(parts, "，"),
    )


def _verdicts(found: Facts, groups: dict[Verdict, tuple[Row, ...]]) -> Iterator[Sentence]:
    for number, (verdict, rows) in zip(NUMBERS, groups.items(), strict=False):
        begin = say("（{number}）{verdict}。", number=Name(number), verdict=Name(verdict))
        if not rows:
            yield begin + "没有。"
        elif verdict is Verdict.WATCH:
            yield begin + watched(found.watched, NAMED) + "，尚未确认，列入观察。"
        elif verdict is Verdict.WEAK:
            some = [say("{area}{text}", area=row.name("district"), text=phrases.judgement(row)) for row in rows[:NAMED]]
            rest = say("；另有{n}项，见附件", n=count(rows[NAMED:], "further rates")) if rows[NAMED:] else Sentence()
            yield begin + join(some) + rest + "。"
        else:
            yield begin + by_rate(rows, judged_districts(found)) + "。"


def _rows(found: Facts, verdict: Verdict) -> tuple[Row, ...]:
    """Return the rates of districts with a verdict, by rate, in order of code."""
    table = found.districts.table
    return rows_of(found.districts, table[table["verdict"] == verdict], "district", "item")


def _problems(found: Facts, heard: Heard) -> Iterator[Sentence]:
    worst = worst_items(found.items)
    if worst:
        parts = [say("{rate}{value}", rate=phrases.rate(row), value=phrases.value(row)) for row in worst[:SHOWN]]
        low = findings.of_items(found.items)
        yield say("（一）分项。{low}，区间上限离目标最远的是{items}。", low=low, items=join(parts, "、"))
    else:
        yield say("（一）分项。没有分项确认薄弱。")
    groups = [
        say("{group}居民{rate}{value}，{line}，{below}", group=row.name(column), rate=phrases.rate(row),
            value=phrases.value(row), line=phrases.target(row), below=Name(phrases.BELOW))
        for column, row in found.weak_groups()
    ]  # fmt: skip
    yield say("（二）人群。") + (join(groups) or say("没有哪类居民确认薄弱")) + "。"
    if heard.quotes:
        said = join([say("“{quote}”", quote=Declared(quote, "wording")) for quote in heard.quotes[:QUOTES]], "；")
        yield say("（三）居民原话（已隐去地名）。{said}。", said=said)


def _demands(todo: Actions | None) -> Iterator[Sentence]:
    lines = [_demand(one) for one in (todo.rows if todo else ())]
    lines.append(say("如实作答。{rule}。{retest}。", rule=Name(phrases.DISCIPLINE), retest=Name(phrases.RETEST)))
    for number, line in zip(NUMBERS, lines, strict=False):
        yield say("（{number}）", number=Name(number)) + line


def _demand(one: Action) -> Sentence:
    """Return an action as a sentence: who leads, who is in charge, by when."""
    who = [
        say("由{lead}牵头", lead=one.lead) if one.lead else Sentence(),
        say("{by}{owner}负责", by=Name("" if one.lead else "由"), owner=one.owner) if one.owner else Sentence(),
        say("{due}完成", due=one.due) if one.due else Sentence(),
    ]
    return join([one.task, *who], "，") + "。"


def _legend(found: Facts) -> Sentence:
    """Return how to read the annex."""
    words = "注：单位为%，次行为区间，n为有效回答人数。{order}。{rule}"
    return say(words, order=Name("按区划代码排列，不分先后"), rule=strip.rule(found))


def _number(found: Facts, kind: str) -> Sentence:
    """Return the number of the document, with a blank for its place in the year."""
    code = found.letterhead.code
    year = Declared(f"〔{found.day.year}〕", "numbering")
    return say("{code}{year}{blank}号", code=Name(code + kind if code else ""), year=year, blank=Name("　　"))
