"""整改通知单 and 督办单: one page for one entry of the ledger, from the numbers of the newest wave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.areas.verdict import Verdict
from reports.areas.places import find
from reports.briefing import phrases
from reports.briefing.blocks import Block, Column, Paragraph, Role, Run, Table, Text, plain
from reports.briefing.facts import Facts, area_items, profile_in, worst_items
from reports.briefing.model import Briefing, Foot, Head, Kind
from reports.briefing.parts import retest, strip
from reports.briefing.parts.actions import due, mend, plan_day
from reports.briefing.parts.entered import delay
from reports.briefing.parts.tables import SHOWN
from reports.briefing.parts.tasks import tasks_of
from reports.labels import short
from reports.owners import LOCAL, government, in_charge
from reports.sentences import briefing as sentences
from reports.sentences.notes import days
from reports.sentences.sentence import Declared, Name, Row, Sentence, join, listed, names, rows_of, say, setting
from survey.errors import DesignError
from survey.instrument.measure import appraisals
from survey.study.plans.rectification import Entry, Status

LINES = (("签发：", 6), ("签收：", 6))
BLANK = "＿"
TO_FILL = "（由责任单位填报）"
EXPLAIN = 2
"""Days within which a unit explains why a deadline has passed."""


def notice(found: Facts, entry: Entry) -> Briefing:
    """Return the 整改通知单 of an entry.

    Raises:
        DesignError: the rate is not confirmed low in this wave; only 确认薄弱 asks for rectification.
    """
    row = row_of(found, entry)
    if row["verdict"] != Verdict.WEAK:
        got = f"{entry.area} {entry.item}：{phrases.verdict(row)}"
        raise DesignError("只有确认薄弱的项目才发整改通知单", got=got, cure="观察的项目先核查原因；尚难判断的补充样本")
    until = due(found, entry.area, entry.item)
    when = phrases.dates(found)
    opening = say(
        "{round}（{when}）中，你{area}{rate}确认薄弱。现将问题和整改要求通知如下，请于{plan}报送整改方案，{mend}完成整改。",
        round=phrases.round_name(found),
        when=when or say("数据版本{v}", v=Declared(str(found.gathered.version), "numbering")),
        area=Name(entry.area[-1:] if entry.area[-1:] in phrases.ENDINGS else "地"),
        rate=phrases.rate(row),
        plan=plan_day(found),
        mend=days.before(until, found.day.year),
    )
    rows = [
        *_problem(found, entry, row),
        ("整改目标", retest.goal(found, row)),
        ("整改要求", plain(_demand(found, entry, row))),
        ("报送和期限", _handing_in(found, until)),
        ("同期任务", _alongside(found, entry)),
        *_rules(found, entry, row, until),
        (
            "逾期处理",
            plain(say("到期没有报送或没有完成的予以督办；督办后仍没有完成的，{talk}", talk=_talk(found))),
        ),
        _discipline(),
    ]
    return _sheet(found, entry, Kind.NOTICE, "改", opening, rows)


def supervision(found: Facts, entry: Entry) -> Briefing:
    """Return the 督办单 of an overdue entry.

    Raises:
        DesignError: the entry is not overdue on the day of the document.
    """
    late = entry.days_late(found.day)
    if not late:
        day = entry.deadline.isoformat()
        raise DesignError(
            "这条台账没有超期，不能督办", got=f"{entry.area} {entry.item}，期限 {day}", cure="到期未反馈再督办"
        )
    row = row_of(found, entry)
    year = found.day.year
    opening = say(
        "《整改通知单》（{number}）要求{deadline}完成整改并反馈，截至{today}没有完成，逾期{late}日。现予督办。",
        number=_number(found, entry, "改"),
        deadline=days.before(entry.deadline, year),
        today=say("{day}", day=days.near(found.day, year)),
        late=setting("days overdue", late),
    )
    done = due(found, entry.area, entry.item)
    demand = say(
        "（一）{explain}书面说明没有按期完成的原因。\n（二）{plan}重新报送整改方案。\n"
        "（三）{done}完成整改，报送整改前后对照材料。",
        explain=days.before(days.deadline(found.day, EXPLAIN), year),
        plan=plan_day(found),
        done=days.before(done, year),
    )
    rows = [
        *_problem(found, entry, row),
        ("整改目标", retest.goal(found, row)),
        ("督办要求", plain(demand)),
        ("督办期限", (Run(days.before(done, year), strong=True),)),
        *_rules(found, entry, row, done),
        ("逾期处理", plain(say("督办期满仍没有完成的，{talk}", talk=_talk(found)))),
        _discipline(),
    ]
    return _sheet(found, entry, Kind.SUPERVISION, "督", opening, rows)


def row_of(found: Facts, entry: Entry) -> Row:
    """Return the verdict of this wave on the rate of an entry.

    Raises:
        DesignError: no answers from its district.
    """
    table = found.districts.table
    here = (table["district"].astype(str) == entry.area) & (table["item"].astype(str) == entry.item)
    if not here.any():
        raise DesignError("这一轮没有这条台账的结果", got=f"{entry.area} {entry.item}", cure="台账里的区域应是区县")
    return rows_of(found.districts, table[here], "district", "item")[0]


def may_notify(found: Facts, entry: Entry) -> bool:
    """Return whether an entry is open and confirmed low in this wave."""
    one = [problem for problem in found.sure if problem.place == (entry.area, entry.item)]
    return entry.status is not Status.CLOSED and bool(one)


def _sheet(
    found: Facts, entry: Entry, kind: Kind, code: str, opening: Sentence, rows: Sequence[tuple[str, Text]]
) -> Briefing:
    number = Declared(str(entry.number), "numbering")
    rate = Name(short(found.gathered.rate(entry.item)))
    label = say("{number}　{area}{rate}", number=number, area=Name(entry.area), rate=rate)
    cells = tuple((plain(say("{label}", label=Name(label_))), text) for label_, text in rows if text)
    form = Table(
        "form",
        say("{kind}内容", kind=Name(kind)),
        (Column(Sentence(), 0.2, "center"), Column(Sentence(), 0.8)),
        cells,
        say("表，两列，左列为栏目名，右列为内容"),
        grid=True,
    )
    blocks: tuple[Block, ...] = (Paragraph(plain(opening), Role.BODY), form)
    fields = [say("{label}{blank}", label=Name(label_), blank=Name(BLANK * size)) for label_, size in LINES]
    fields.append(say("签收时间：{blank}年{short}月{short}日", blank=Name(BLANK * 3), short=Name(BLANK * 2)))
    return Briefing(
        kind=kind,
        area=entry.area,
        title=Sentence(),
        head=Head(
            red=say("{kind}", kind=Name(kind)),
            left=_number(found, entry, code, again=kind is Kind.NOTICE and bool(entry.remeasured)),
            right=say("台账编号：{label}", label=label),
            mark=strip.mark(found),
            addressee=say("{lead}：", lead=Name(found.letterhead.lead_of(entry.area))),
        ),
        blocks=blocks,
        foot=Foot(
            method=strip.strip(found, strip.light_of(found, entry.area)),
            source=strip.source(found),
            signature=say("{office}", office=Name(found.letterhead.office)),
            date=strip.today(found),
            fields=tuple(fields),
        ),
        facts=(*strip.known_facts(found), ("area", entry.area), ("entry", str(entry.number)), ("unit", entry.owner)),
    )


def _problem(found: Facts, entry: Entry, row: Row) -> list[tuple[str, Text]]:
    """Return the problem, its places and its items."""
    mark = phrases.verdict(row)
    text = join([_confirmed(row), phrases.odds(row)]) if row["verdict"] == Verdict.WEAK else phrases.judgement(row)
    lines: list[tuple[str, Text]] = [("存在问题", (Run(text + "。", mark=mark),))]
    weak = found.streets_of(entry.area, entry.item, Verdict.WEAK)
    watched = found.streets_of(entry.area, entry.item, Verdict.WATCH)
    below = [one for one in watched if not sentences.pooled(one)]  # one above its target is no place of the problem
    places = [
        say("{streets}，{verb}", streets=join([_street(one) for one in some], "、"), verb=Name(phrases.VERBS[verdict]))
        for verdict, some in ((Verdict.WEAK, weak[:4]), (Verdict.WATCH, below[:2]))
        if some
    ]
    lines.append(("问题地点", plain(join(places) + "。") if places else ()))
    some = [say("{rate}{value}", rate=phrases.rate(one), value=phrases.value(one)) for one in _worst(found, entry, row)]
    said = say("{items}，{below}。", items=join(some, "、"), below=Name(phrases.BELOW)) if some else Sentence()
    return [*lines, ("突出分项", plain(said))]


def _confirmed(row: Row) -> Sentence:
    return say("{rate}{below}：{value}，{target}，{short}", rate=phrases.rate(row), below=Name(phrases.BELOW),
               value=phrases.value(row), target=phrases.target(row), short=phrases.short_of(row))  # fmt: skip


def _worst(found: Facts, entry: Entry, row: Row) -> list[Row]:
    """Return the items of the district that lie farthest below their targets; none for rates without items."""
    items = area_items(found, find(found.study.areas, (entry.area,))) if str(row["measure"]) in appraisals() else None
    every = worst_items(items) if items is not None else ()
    return [one for one in every if str(one["district"]) == entry.area][:SHOWN]


def _street(row: Row) -> Sentence:
    return say("{street}{value}", street=row.name("street"), value=phrases.value(row))


def _demand(found: Facts, entry: Entry, row: Row) -> Sentence:
    """Return the measure of the ledger with its delay, a blank line where it has none, and the items to mend now."""
    text, failed = entry.measure.strip().rstrip("。；"), entry.status is Status.STILL_WEAK
    measure = say("{text}", text=Declared(text, "wording") if text else Name(BLANK * 16 + TO_FILL))
    first = "原措施（复测未达标）" if failed and text else "台账措施"
    entered = join([say("{first}：{measure}", first=Name(first), measure=measure), delay(found, entry)], "；")
    worst = _worst(found, entry, row)
    what = listed([one.name("label") for one in worst]) if worst else phrases.rate(row)
    now = say("本次要求：{change}先改{what}。", change=Name("换措施，" if failed and text else ""), what=what)
    return join([entered + "。", now], "\n")


def _handing_in(found: Facts, mend: date) -> Text:
    """Return what is handed in by when, in which form and to whom."""
    year, contact = found.day.year, found.letterhead.contact
    return (
        Run(say("{plan}报送整改方案，{mend}完成整改并报送整改报告。", plan=plan_day(found),
                mend=days.before(mend, year)), strong=True),
        Run(say("\n方案写明措施、责任人和完成时间；报告附整改前后对照材料和居民意见办理情况。盖章件和电子版"
                "报{office}，联系人、电话：{contact}。", office=_office(found),
                contact=Declared(contact, "wording") if contact else Name(BLANK * 4))),
    )  # fmt: skip


def _alongside(found: Facts, entry: Entry) -> Text:
    """Return the other tasks of the district in the words of its 区域档案; empty where it has none."""
    here = profile_in(found, find(found.study.areas, (entry.area,)))
    own = {mend(found, one).task.text for one in found.sure if one.place == (entry.area, entry.item)}
    others = [one for one in tasks_of(found, here) if one.task.text not in own]
    parts = [say("{task}（{owner}，{due}）", task=one.task, owner=one.owner, due=one.due) for one in others]
    return plain(join(parts) + "。") if parts else ()


def _talk(found: Facts) -> Sentence:
    return say("提请约谈；是否约谈由{office}研究决定。", office=_office(found))


def _rules(found: Facts, entry: Entry, row: Row, mend: date) -> list[tuple[str, Text]]:
    """Return who is in charge, and what closes the entry."""
    there = [Name(government(str(row["street"]))) for row in found.streets_of(entry.area, entry.item, Verdict.WEAK)]
    every = found.local(in_charge(entry.area, entry.item, (), found.entries), entry.area)
    units = [one for one in every if not (there and one.startswith(LOCAL))]
    lead = Name(found.letterhead.lead_of(entry.area))
    lines = [
        say("牵头单位：{lead}", lead=lead)
        + (say("；责任单位：{units}", units=listed(names(units), 4)) if units else Sentence()),
        say("属地落实：{streets}", streets=listed(there, 6)) if there else Sentence(),
    ]
    return [("责任单位", plain(join(lines, "\n"))), ("复测销号", plain(retest.closing(found, entry.area, row, mend)))]


def _discipline() -> tuple[str, Text]:
    return "工作纪律", plain(say("{rule}、处罚受访居民。", rule=Name(phrases.DISCIPLINE.removesuffix("受访居民"))))


def _office(found: Facts) -> Name:
    return Name(found.letterhead.name)


def _number(found: Facts, entry: Entry, kind: str, *, again: bool = False) -> Sentence:
    """Return the number of a document, 澄创办改〔2026〕1号; 1号之二 for a second notice, after a wave found it weak."""
    code = found.letterhead.code
    year = Declared(f"〔{found.day.year}〕", "numbering")
    if not code:
        return say("{year}{blank}号", year=year, blank=Name(BLANK * 3))
    second = Name("之二" if again else "")
    n = Declared(str(entry.number), "numbering")
    return say("{code}{kind}{year}{n}号{second}", code=Name(code), kind=Name(kind), year=year, n=n, second=second)
