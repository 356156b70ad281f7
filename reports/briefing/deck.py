"""汇报演示: five slides: the finding, where, what, who acts by when, and what the data can carry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from analysis.areas.verdict import SILENT, Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Actions, Block, Column, Heading, Paragraph, Role, Run, Table, Text, plain, strong
from reports.briefing.brief import title_of
from reports.briefing.facts import Facts, worst_items
from reports.briefing.model import Briefing, Foot, Head, Kind
from reports.briefing.parts import strip
from reports.briefing.parts.actions import actions, charged, until
from reports.briefing.parts.charts import chart
from reports.briefing.parts.heard import Heard
from reports.briefing.parts.tables import marked_value
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, join, listed, names, rows_of, say

ITEMS = 6
"""Items that the third slide shows."""
STREETS = 6
"""Streets that the second slide names."""
CANNOT = (
    "区县、街道之间的高低次序：区间重叠，分不出先后",
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
        Heading(_when(todo)),
        *([todo] if todo else []),
        Paragraph(
            plain(say("{retest}。{rule}。", retest=Name(phrases.RETEST), rule=Name(phrases.DISCIPLINE))), Role.NOTE
        ),
        Heading(say("数据质量和这次不能说的")),
        *_limits(found),
    ]
    return Briefing(
        kind=Kind.DECK,
        area="",
        title=_title(found),
        head=Head(left=say("{office}", office=Name(found.letterhead.office)), right=strip.today(found),
                  mark=strip.mark(found)),
        blocks=tuple(blocks),
        foot=Foot(method=strip.strip(found), source=strip.source(found)),
        facts=strip.known_facts(found),
    )  # fmt: skip


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
        for name, text in (("何处", _place(found)), ("何事", _matter(found)), ("谁办", _who(found)))
        if text
    ]
    since = phrases.month_before(found) if found.previous is not None else None
    blocks: list[Block] = [chart("city", say("全市四率"), rows, since=since)]
    if lines:
        cells = tuple(((strong(say("{name}", name=Name(name))),), text) for name, text in lines)
        alt = say("表，{n}行：何处、何事、谁办", n=count(cells, "lines"))
        blocks.append(
            Table(
                "tasks",
                say("何处、何事、谁办"),
                (Column(Sentence(), 0.09), Column(Sentence(), 0.91)),
                cells,
                alt,
                grid=True,
            )
        )
    return blocks


def _place(found: Facts) -> Text:
    if not found.sure:
        some = dict.fromkeys(one.place[0] for one in found.watched)
        return plain(say("没有区县确认低于目标；{areas}列入观察", areas=listed(names(some)))) if some else ()
    row = found.sure[0].row
    streets = found.streets_of(str(row["district"]), str(row["item"]), Verdict.WEAK)[:2]
    rest = say("，其中{some}{below}", some=listed([one.name("street") for one in streets]), below=Name(phrases.BELOW))
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


def _when(todo: Actions | None) -> Sentence:
    """Return how many things are due by which day, in the order of the table."""
    if todo is None:
        return say("本轮没有要办的事项")
    by_day: dict[str, list[Sentence]] = {}
    for one in todo.rows:
        day = _day(one.due)
        by_day.setdefault(day.text, []).append(day)
    days = [some[0] for some in by_day.values()]
    every = count(todo.rows, "actions")
    if len(days) == 1:
        return say("{n}件事：都在{day}办结", n=every, day=days[0])
    counts = [count(some, "actions of a day") for some in by_day.values()]
    parts = [say("{k}件{day}", k=number, day=day) for number, day in zip(counts, days, strict=True)]
    return say("{n}件事：{days}办结", n=every, days=join(parts, "、"))


def _day(due: Sentence) -> Sentence:
    """Return a deadline without the remark that an earlier one has passed."""
    kept = takewhile(lambda piece: not (isinstance(piece, str) and "（" in piece), due.pieces)
    rest = [piece.partition("（")[0] for piece in due.pieces if isinstance(piece, str) and "（" in piece][:1]
    return Sentence((*kept, *rest))


def _main(found: Facts) -> Row:
    """Return the row of the city for the rate of the second slide: the worst confirmed or watched one, or the last."""
    known = {str(row["item"]): row for row in rows_of(found.city, found.city.table, "item")}
    loud = [*found.sure, *found.watched]
    return known[str(loud[0].row["item"])] if loud else list(known.values())[-1]


def _where(found: Facts) -> list[Block]:
    """Return the districts by verdict, and the streets that are confirmed low."""
    main = _main(found)
    table = found.districts.table
    some = table[table["item"].astype(str) == str(main["item"])]
    order = {name: at for at, name in enumerate([*Verdict, ""])}
    ranked = some.assign(_at=some["verdict"].astype(str).map(lambda word: order.get(word, len(order))))
    rows = rows_of(found.districts, ranked.sort_values("_at", kind="stable"), "district", "item")
    title = say("{rate}：{standing}", rate=phrases.rate(main), standing=_standing(rows))
    note = say("　同组按区划代码排列，不分先后")
    return [
        Heading(title, note),
        chart("districts", say("各{kind}{rate}", kind=Name(phrases.KIND), rate=phrases.rate(main)), rows, "district"),
        *_streets(found, main),
    ]


def _standing(rows: Sequence[Row]) -> Sentence:
    judged = [row for row in rows if row["reason"] not in SILENT]
    if not judged:
        return say("不作判断")
    weak = [row for row in judged if row["verdict"] == Verdict.WEAK]
    watched = [row for row in judged if row["verdict"] == Verdict.WATCH]
    every = say("{n}个{kind}", n=count(judged, "districts judged"), kind=Name(phrases.KIND))
    parts = [
        say("{n}个{below}", n=count(weak, "confirmed weak"), below=Name(phrases.BELOW)) if weak else Sentence(),
        say("{n}个列入观察", n=count(watched, "watched")) if watched else Sentence(),
    ]
    text = join(parts, "，")
    return say("{every}中{text}", every=every, text=text) if text else say("{every}没有一个低于目标", every=every)


def _streets(found: Facts, main: Row) -> list[Block]:
    """Return the confirmed streets of this rate, in order of code."""
    table = found.streets.table
    some = table[(table["item"].astype(str) == str(main["item"])) & (table["verdict"] == Verdict.WEAK)]
    rows = rows_of(found.streets, some, "street", "item")
    if not rows:
        return []
    cells = tuple((plain(say("{street}", street=row.name("street"))), marked_value(row)) for row in rows[:STREETS])
    title = say("{n}个镇街{below}", n=count(rows, "streets confirmed weak"), below=Name(phrases.BELOW))
    columns = (Column(title, 0.36), Column(say("%（区间，n）"), 0.64))
    alt = say("表，{n}行，行为镇街，列为比例、区间和有效回答人数", n=count(cells, "streets"))
    return [Table("streets", title, columns, cells, alt)]


def _what(found: Facts, quotes: Sequence[str]) -> list[Block]:
    worst = worst_items(found.items)
    if not worst:
        words = say("没有分项确认低于目标") if len(found.items) else say("问卷没有分项")
        return [Heading(words), Paragraph(plain(say("{words}，不单列突出问题。", words=words)))]
    some = worst[:ITEMS]
    title = say("{every}个分项中{weak}个{below}", every=count(found.items.table.index, "items"),
                weak=count(worst, "items confirmed weak"), below=Name(phrases.BELOW))  # fmt: skip
    cells = tuple((plain(phrases.rate(row)), _unit(found, row)) for row in some)
    owner = Table(
        "owners", say("责任单位"), (Column(say("分项"), 0.5), Column(say("责任单位"), 0.5)), cells,
        say("表，{n}行，行为分项，列为责任单位", n=count(cells, "items")),
    )  # fmt: skip
    said = join([say("“{quote}”", quote=Declared(quote, "wording")) for quote in quotes], "；")
    voice = [Paragraph(plain(say("居民原话（已隐去地名）：{said}", said=said)), Role.NOTE)] if said else []
    note = say("　列区间上限离目标最远的{few}个", few=count(some, "items listed"))
    return [Heading(title, note), chart("items", say("突出分项"), some), owner, *voice]


def _unit(found: Facts, row: Row) -> Text:
    unit = found.gathered.rate(str(row["item"])).unit
    return plain(say("{unit}", unit=Name(unit or "—")))


def _limits(found: Facts) -> list[Block]:
    """Return the light of the data, what cannot be said, and the method."""
    light = say("{light}：{line}。", light=Name(strip.quality(found)), line=strip.quality_line(found))
    red = phrases.red_light(found)
    rows = [("数据质量", light + (red + "。" if red else Sentence()))]
    rows += [("不能说", say("{what}", what=Name(words))) for words in CANNOT]
    rows += [("方法", strip.method(found)), ("判断", strip.rule(found))]
    cells = tuple(((strong(say("{name}", name=Name(name))),), plain(text)) for name, text in rows)
    alt = say("表，{n}行：数据质量、这次不能说的、方法和判断规则", n=count(cells, "lines"))
    return [
        Table(
            "limits", say("数据质量和方法"), (Column(Sentence(), 0.1), Column(Sentence(), 0.9)), cells, alt, grid=True
        )
    ]
