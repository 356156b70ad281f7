"""汇报演示: five slides: the finding, where, what, who acts by when, and what the data can carry."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Block, Column, Heading, Paragraph, Role, Run, Table, Text, plain, strong
from reports.briefing.brief import title_of
from reports.briefing.facts import Facts, worst_items
from reports.briefing.model import Briefing, Foot, Head, Kind
from reports.briefing.parts import findings, strip
from reports.briefing.parts.actions import charged, until
from reports.briefing.parts.agenda import actions, main_item
from reports.briefing.parts.chance import chance
from reports.briefing.parts.charts import chart
from reports.briefing.parts.entered import entered
from reports.briefing.parts.heard import Heard
from reports.briefing.parts.tables import item_day, marked_value, owner
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, join, listed, names, rows_of, say

ITEMS = 6
"""Items that the third slide shows."""
STREETS = 6
"""Streets that the second slide names."""
CANNOT = (
    "区县、街道之间的高低次序：区间重叠的分不出先后",
    "亮红灯的区县和社区办得好不好：复访以前不判断、不表扬",
    "渠道、人群与结果之间谁引起谁：这里只有关联",
)
"""What the survey cannot say."""


def deck(found: Facts, heard: Heard) -> Briefing:
    """Return the slides of a wave.

    Args:
        found: the facts.
        heard: what residents say, and the channels that reach them.
    """
    todo = actions(found, heard.channels)
    blocks: list[Block] = [
        Heading(_title(found)),
        *_first(found),
        *_where(found),
        *_what(found, heard.quotes),
        Heading(findings.of_actions(todo)),
        *([todo] if todo else []),
        *([Paragraph(plain(ledger + "。"), Role.NOTE)] if (ledger := entered(found)) else []),
        Paragraph(
            plain(say("{retest}。{rule}。", retest=Name(phrases.RETEST), rule=Name(phrases.DISCIPLINE))), Role.NOTE
        ),
        Heading(findings.of_quality(found)),
        *_limits(found),
    ]
    return Briefing(
        kind=Kind.DECK,
        area="",
        title=_title(found),
        head=_head(found),
        blocks=tuple(blocks),
        foot=Foot(method=strip.strip(found), source=strip.source(found)),
        facts=strip.known_facts(found),
    )  # fmt: skip


def _head(found: Facts) -> Head:
    """Return what the cover says: survey, issuer, date, to whom it is shown, secrecy."""
    whom = found.letterhead.report
    return Head(
        red=say("{study}", study=Name(found.study.title)),
        left=say("{office}", office=Name(found.letterhead.office)),
        right=strip.today(found),
        mark=strip.mark(found),
        secrecy=phrases.INTERNAL,
        addressee=say("汇报对象：{whom}", whom=Name(whom)) if whom else Sentence(),
    )


def _title(found: Facts) -> Sentence:
    """Return the finding as the title of a slide, its halves parted by a comma."""
    return Sentence(
        tuple(piece.replace("　", "，") if isinstance(piece, str) else piece for piece in title_of(found).pieces)
    )


def _first(found: Facts) -> list[Block]:
    """Return the four rates, and where, what and who in three lines."""
    rows = rows_of(found.city, found.city.table, "item")
    lines = [
        (name, text)
        for name, text in (
            ("何处", _place(found)),
            ("何事", _matter(found)),
            ("谁办", _who(found)),
            ("能否达标", plain(chance(found))),
        )
        if text
    ]
    since = phrases.month_before(found) if found.previous is not None else None
    blocks: list[Block] = [chart("city", say("全市四率"), rows, since=since)]
    if lines:
        cells = tuple(((strong(say("{name}", name=Name(name))),), text) for name, text in lines)
        what = listed([Name(name) for name, _ in lines])
        alt = say("表，{n}行：{what}", n=count(cells, "lines"), what=what)
        blocks.append(
            Table(
                "tasks",
                what,
                (Column(Sentence(), 0.1), Column(Sentence(), 0.9)),
                cells,
                alt,
                grid=True,
            )
        )
    return blocks


def _place(found: Facts) -> Text:
    if not found.sure:
        some = dict.fromkeys(one.place[0] for one in found.watched)
        return plain(say("没有区县确认薄弱；{areas}列入观察", areas=listed(names(some)))) if some else ()
    row = found.sure[0].row
    streets = found.streets_of(str(row["district"]), str(row["item"]), Verdict.WEAK)
    named = phrases.streets([one.name("street") for one in streets])
    rest = say("，其中{named}{below}", named=named, below=Name(phrases.BELOW))
    return (
        Run(say("{area}{rate}{value}，{short}", area=row.name("district"), rate=phrases.rate(row),
                value=phrases.value(row), short=phrases.short_of(row))),
        *([Run(rest)] if streets else []),
    )  # fmt: skip


def _matter(found: Facts) -> Text:
    worst = worst_items(found.items)[:3]
    return plain(listed([row.name("label") for row in worst], 3)) if worst else ()


def _who(found: Facts) -> Text:
    if not found.sure:
        return ()
    first = found.sure[0]
    return (
        Run(say("{units}，", units=charged(found, first))),
        strong(say("{day}", day=until(found, first))),
        Run(say("完成整改")),
    )


def _main(found: Facts) -> Row:
    """Return the row of the city for the rate of the second slide: the worst confirmed or watched one, or the last."""
    known = {str(row["item"]): row for row in rows_of(found.city, found.city.table, "item")}
    return known[main_item(found)]


def _where(found: Facts) -> list[Block]:
    """Return the districts by verdict, and the streets that are confirmed low."""
    main = _main(found)
    table = found.districts.table
    some = table[table["item"].astype(str) == str(main["item"])]
    order = {name: at for at, name in enumerate([*Verdict, ""])}
    ranked = some.assign(_at=some["verdict"].astype(str).map(lambda word: order.get(word, len(order))))
    rows = rows_of(found.districts, ranked.sort_values("_at", kind="stable"), "district", "item")
    title = say("{rate}：{standing}", rate=phrases.rate(main), standing=findings.of_areas(rows))
    note = say("　{order}", order=Name(phrases.ORDER))
    districts = say("各{kind}{rate}", kind=Name(phrases.KIND), rate=phrases.rate(main))
    return [
        Heading(title, note),
        chart("districts", districts, rows, "district", judged_only=True),
        *_streets(found, main),
    ]


def _streets(found: Facts, main: Row) -> list[Block]:
    """Return the confirmed streets of this rate, in order of code."""
    table = found.streets.table
    some = table[(table["item"].astype(str) == str(main["item"])) & (table["verdict"] == Verdict.WEAK)]
    rows = rows_of(found.streets, some, "street", "item")
    if not rows:
        return []
    cells = tuple((plain(say("{street}", street=row.name("street"))), marked_value(row)) for row in rows[:STREETS])
    title = say("{n}个镇街{weak}", n=count(rows, "streets confirmed weak"), weak=Name(Verdict.WEAK))
    columns = (Column(title, 0.36), Column(say("%（区间，n）"), 0.64))
    alt = say("表，{n}行，行为镇街，列为比例、区间和有效回答人数", n=count(cells, "streets"))
    return [Table("streets", title, columns, cells, alt)]


def _what(found: Facts, quotes: Sequence[str]) -> list[Block]:
    worst = worst_items(found.items)
    title = findings.of_items(found.items)
    if not worst:
        return [Heading(title), Paragraph(plain(say("{title}，不单列突出问题。", title=title)))]
    some = worst[:ITEMS]
    day = item_day(found)
    cells = tuple((plain(phrases.rate(row)), _unit(found, row), plain(day)) for row in some)
    columns = (Column(say("分项"), 0.38), Column(say("责任单位"), 0.38), Column(say("期限"), 0.24))
    alt = say("表，{n}行，行为分项，列为责任单位和期限", n=count(cells, "items"))
    owners = Table("owners", say("责任单位和期限"), columns, cells, alt)
    said = join([say("“{quote}”", quote=Declared(quote, "wording")) for quote in quotes], "；")
    voice = [Paragraph(plain(say("居民原话（已隐去地名）：{said}", said=said)), Role.NOTE)] if said else []
    note = say("　{title}，列区间上限离目标最远的{few}个", title=title, few=count(some, "items listed"))
    return [Heading(findings.farthest(worst), note), chart("items", say("突出分项"), some), owners, *voice]


def _unit(found: Facts, row: Row) -> Text:
    return owner(found, row) or plain(say("—"))


def _limits(found: Facts) -> list[Block]:
    """Return the light of the data, what cannot be said, and the rule of verdicts; the notes hold the method."""
    light = say("{light}：{line}。", light=Name(strip.quality(found)), line=strip.quality_line(found))
    red = phrases.red_light(found)
    rows = [
        ("数据质量", join([light, red + "。" if red else Sentence()], "\n")),
        ("不能说", join([say("{what}", what=Name(words)) for words in CANNOT], "\n")),
        ("判断", strip.rule(found)),
    ]
    cells = tuple(((strong(say("{name}", name=Name(name))),), plain(text)) for name, text in rows)
    alt = say("表，{n}行：数据质量、这次不能说的和判断规则", n=count(cells, "lines"))
    return [
        Table(
            "limits", say("数据质量和判断"), (Column(Sentence(), 0.1), Column(Sentence(), 0.9)), cells, alt, grid=True
        )
    ]
