"""区域档案: one page about one area: the finding, three tasks, four rates, streets, items, what residents say."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Reason, Verdict
from reports.areas.places import Area, children
from reports.areas.profile import Profile
from reports.areas.residents import Voices
from reports.briefing import phrases
from reports.briefing.blocks import Block, Column, Heading, Paragraph, Role, Run, Table, Text, plain
from reports.briefing.facts import Facts, profile_in, worst_items
from reports.briefing.model import Briefing, Foot, Head, Kind
from reports.briefing.parts import findings, strip
from reports.briefing.parts.actions import plan_day
from reports.briefing.parts.charts import chart
from reports.briefing.parts.heard import fitting
from reports.briefing.parts.tables import marked_value, owner, rate_table
from reports.briefing.parts.tasks import tasks
from reports.sentences.briefing import pooled
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, join, listed, names, rows_of, say
from survey.errors import DesignError
from survey.instrument.measure import knowledge

ITEMS = 3
"""Number of items listed."""


def profile(found: Facts, area: Area, voices: Voices | None = None) -> Briefing:
    """Return the 区域档案 of an area; a street names no communities.

    Args:
        found: the facts.
        area: the area.
        voices: what its residents say; None where the reader may not see it.

    Raises:
        DesignError: no answers from it, or a community with a red light, which no document names.
    """
    here = profile_in(found, area)
    if here is None:
        raise DesignError(f"没有这个{area.kind}的答卷", where="/".join(area.path), cure="换一轮或换一种方式")
    if area.level == "community" and here.silent == Reason.RED_LIGHT:
        raise DesignError("亮红灯的社区不写进文件", where="/".join(area.path), cure="独立复访后再写")
    rows = rows_of(here.rates, here.rates.table, "item")
    blocks: list[Block] = [Paragraph(_rest(found, here, rows), Role.LEAD)]
    todo = tasks(found, here)
    if todo is not None:
        lead = say(
            "　牵头单位：{lead}{plan}", lead=Name(found.letterhead.lead_of(area.path[0])), plan=_plan(found, area)
        )
        blocks += [Heading(say("当前要办的事"), lead, findings.of_actions(todo)), todo]
    if not here.gone:
        blocks += [
            Heading(say("四率"), finding=_standing(here, rows)),
            chart("rates", say("{area}四率", area=Name(area.name)), rows),
            rate_table(rows, found, "rates_table", say("{area}四率", area=Name(area.name))),
            *(_streets(found, area, here) if area.level == "district" else ()),
            *_items(found, area, here),
            *_voices(voices, area.kind),
        ]
    return Briefing(
        kind=Kind.PROFILE,
        area="".join(area.path),
        title=_title(here),
        head=_head(found, area),
        blocks=tuple(blocks),
        foot=Foot(method=strip.strip(found, strip.light_of(found, area.path[0])), source=strip.source(found)),
        facts=(*strip.known_facts(found), ("area", "/".join(area.path))),
    )


def _head(found: Facts, area: Area) -> Head:
    parts = [phrases.round_name(found), phrases.dates(found), strip.version_number(found)]
    right = join([one for one in parts if one], "　")
    return Head(red=say("{area}　区域档案", area=Name("".join(area.path))), right=right, mark=strip.mark(found))


def _plan(found: Facts, area: Area) -> Sentence:
    """Return by when the plan of the district is due; empty without a confirmed rate in the ledger."""
    sure = [one for one in found.sure if one.place[0] == area.name and found.steps.entry(*one.place) is not None]
    return say("，{day}报送整改方案", day=plan_day(found)) if sure else Sentence()


def _title(here: Profile) -> Sentence:
    if here.silent:
        return say("不作判断：{reason}", reason=Name(here.silent))
    return phrases.judgement(here.main)


def _rest(found: Facts, here: Profile, rows: tuple[Row, ...]) -> Text:
    """Return how the other rates stand, and what moved."""
    others = [row for row in rows if row["item"] != here.main["item"]]
    text = join([_standing(here, others), phrases.changes(found, rows, "")]) if not here.silent else Sentence()
    return plain(text + "。") if text else ()


def _standing(here: Profile, rows: Sequence[Row]) -> Sentence:
    """Return the verdicts on some rates; empty where a red light or few answers forbid them."""
    parts = [
        say("{rates}{verb}", rates=phrases.labels(some), verb=Name(phrases.VERBS[verdict]))
        for verdict in Verdict
        if (some := [row for row in rows if row["verdict"] == verdict])
    ]
    return join(parts) if not here.silent else Sentence()


def _streets(found: Facts, area: Area, here: Profile) -> list[Block]:
    """Return its streets in order of code: the main rate, and what residents know."""
    names_ = [one.name for one in children(found.study.areas, area)]
    table = found.streets.table
    some = table[table["street"].astype(str).isin(names_)]
    order = {name: at for at, name in enumerate(names_)}
    some = some.assign(_at=some["street"].astype(str).map(order)).sort_values("_at", kind="stable")
    wanted = [str(here.main["item"])]
    wanted += [str(item) for item in dict.fromkeys(some.loc[some["measure"].isin(knowledge()), "item"].astype(str))]
    by_item = {
        item: rows_of(found.streets, some[some["item"].astype(str) == item], "street", "item")
        for item in dict.fromkeys(wanted)
    }
    rows = by_item[wanted[0]]
    if not rows or here.silent:
        return []
    word = say("{area}各镇街", area=Name(area.name))
    heads = [Column(say("镇街"), 0.2)]
    heads += [Column(say("{rate}%（区间，n）", rate=each[0].name("label")), 0.4) for each in by_item.values() if each]
    cells = tuple(
        (plain(say("{street}", street=row.name("street"))), *(marked_value(each[at]) for each in by_item.values()))
        for at, row in enumerate(rows)
    )
    alt = say("表，{n}行，行为镇街，列为各率的判断标记、比例、区间和有效回答人数", n=count(cells, "streets"))
    note = say("　按区划代码排列，不分先后；样本小，区间宽")
    return [
        Heading(
            say("各镇街"),
            note,
            say("{rate}：{areas}", rate=phrases.rate(rows[0]), areas=findings.of_areas(rows, "镇街")),
        ),
        chart("streets", say("{word}{rate}", word=word, rate=here.main.name("label")), rows, "street"),
        Table("streets_table", word, tuple(heads), cells, alt),
        *_pooled([row for each in by_item.values() for row in each]),
    ]


def _pooled(rows: Sequence[Row]) -> list[Block]:
    """Return why streets whose own answers reach the target are watched; nothing where none is."""
    some = [say("{street}{rate}", street=row.name("street"), rate=phrases.rate(row)) for row in rows if pooled(row)]
    if not some:
        return []
    why = pooled(next(row for row in rows if pooled(row)))
    text = say("{streets}高于目标仍列入观察：{why}。", streets=join(some, "、"), why=why)
    return [Paragraph(plain(text), Role.NOTE)]


def _items(found: Facts, area: Area, here: Profile) -> list[Block]:
    """Return the items whose upper limit lies farthest below their line, with their owners."""
    worst = worst_items(here.items)
    if not worst or here.silent:
        return []
    some = worst[:ITEMS]
    title = say("{area}突出分项", area=Name(area.name))
    note = say("　{low}，列区间上限离目标最远的{few}个", low=findings.of_items(here.items),
               few=count(some, "items listed"))  # fmt: skip
    columns = (Column(say("分项"), 0.24), Column(say("满意率%（区间，n）"), 0.48), Column(say("责任单位"), 0.28))
    cells = tuple((plain(phrases.rate(row)), marked_value(row), owner(found, row)) for row in some)
    alt = say("表，{n}行，行为分项，列为判断标记、比例和责任单位", n=count(cells, "items"))
    table = Table("items_table", title, columns, cells, alt)
    return [Heading(say("不满意在哪里"), note, findings.of_items(here.items)), chart("items", title, some), table]


def _voices(found: Voices | None, kind: str) -> list[Block]:
    if found is None:
        return []
    quotes = [(label, quote) for label, quote in found.quotes if fitting(quote)]
    origin = "全市同类留言原话" if found.of_city else "当地居民原话"
    said = join([say("“{quote}”（{theme}）", quote=Declared(quote, "wording"), theme=Name(label))
                 for label, quote in quotes], "；")  # fmt: skip
    if found.distinct:
        labels = listed(names(str(row["label"]) for row in found.themes))
        first = say("{themes}提得比其他{kind}明显多", themes=labels, kind=Name(kind))
    else:
        first = say("没有比其他{kind}明显多的话题", kind=Name(kind)) if found.themes else Sentence()
    parts = [first, say("{origin}（已隐去地名）：{said}", origin=Name(origin), said=said) if said else Sentence()]
    text = join(parts, "。")
    return [Heading(say("居民怎么说"), finding=first), Paragraph((Run(text + "。"),))] if text else []
