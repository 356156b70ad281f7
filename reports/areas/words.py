"""Sentences of a profile: what is wrong in an area, who acts, with whom, how it compares, what was begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.areas.verdict import Reason, Verdict
from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH
from reports.areas.people import Concerned, Reached
from reports.areas.places import Area
from reports.areas.profile import Profile
from reports.areas.residents import Voices
from reports.overview.headline import standing
from reports.sentences.briefing import distance, pooled
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, join, listed, rows_of, say
from reports.sentences.weak import readable
from survey.instrument.measure import appraisals

FEW = 2
"""Number of units, and of confirmed rates, that the first lines name."""
SILENT: Mapping[str, str] = {
    Reason.RED_LIGHT: "{area}待复访：亮真实性红灯，复访前不下结论",
    Reason.HIDDEN: "{area}答卷过少，全部隐去，不下结论",
    Reason.EMPTY: "{area}没有答卷，不下结论",
    Reason.OPINION: "{area}只有参与者意见，不作判断",
    Reason.NO_LINE: "{area}没有设定目标，只看得到比例",
}
"""Why nothing is judged -> the headline."""


def headline(found: Profile, lowest: Row | None = None) -> Sentence:
    """Report the one thing to know about an area.

    Args:
        found: its profile.
        lowest: the lowest of its parts that are confirmed weak in the main rate, from `reports.areas.beside.lowest`;
            the lowest items are named in its place where there is none.
    """
    area = Name(found.area.path[-1])
    if found.silent:
        return say(SILENT[found.silent], area=area)
    main, weak = found.main, found.weak
    if weak:
        rates = listed([_value(row) for row in weak], FEW, "项")
        every = say("都") if len(weak) > 1 else Sentence()
        first = say("{area}{rates}，{every}{weak}", area=area, rates=rates, every=every, weak=Name(Verdict.WEAK))
        return join([first, _worst(found) if lowest is None else _part(lowest, several=len(weak) > 1)])
    none = say("没有{weak}的项目", weak=Name(Verdict.WEAK))
    items = say("{items}{weak}", items=weak_items(found), weak=Name(Verdict.WEAK)) if found.weak_items else Sentence()
    if main["verdict"] == Verdict.WATCH:
        watch = say("{value} 要{watch}", value=_value(main), watch=Name(Verdict.WATCH))
        return say("{area}{parts}", area=area, parts=join([watch, items]) if items else join([none, watch], "，"))
    if (found.rates.table["verdict"] == Verdict.MET).all():
        return join([standing(found.rates, found.area.path[-1]), items])
    return say("{area}{items}", area=area, items=items or none)


def weak_items(found: Profile) -> Sentence:
    """Return the names of the items that are confirmed weak, the lowest first."""
    return listed([row.name("label") for row in found.weak_items], FEW, "项")


def _value(row: Row) -> Sentence:
    return say("{rate} {value}", rate=row.name("label"), value=row.bound("estimate", Format.WHOLE))


def _part(row: Row, *, several: bool) -> Sentence:
    """Report the lowest confirmed part, which is no rank; which rate it is about where the headline names several."""
    rate = row.name("label") if several else Name("")
    return say(
        "其中{part}{rate} {value}",
        part=row.name(row.key[0][0]),
        rate=rate,
        value=row.bound("estimate", Format.WHOLE),
    )


def _worst(found: Profile) -> Sentence:
    """Return the lowest items, where the rate to speak of consists of them."""
    if found.main["measure"] not in appraisals() or not found.worst:
        return Sentence()
    return say("{items}最差", items=listed([row.name("label") for row in found.worst], 3))


def lead(found: Profile, lowest: Row | None = None) -> Sentence:
    """Report how far the main rate lies below its target, and how the rates of the area stand; as for `headline`."""
    if found.silent:
        return Sentence()
    short = Sentence()
    if found.main["verdict"] in (Verdict.WEAK, Verdict.WATCH):
        below = float(str(found.main["estimate"])) < float(str(found.main["line"]))
        gap = (say("离目标") if below else say("比目标")) + distance(found.main)
        items = _worst(found) if lowest is not None and found.weak else Sentence()
        short = join([gap, items]) + "。"
    rest = _rest(found)
    return short + (rest + "。" if rest else rest)


def _rest(found: Profile) -> Sentence:
    """Report how the rates stand that the headline does not name; empty where it speaks of all of them."""
    table = found.rates.table
    open_ = table[table["verdict"] != Verdict.WEAK] if len(found.weak) <= FEW else table
    if (open_["verdict"] == Verdict.MET).all():
        return say("其余各率都达标") if 0 < len(open_) < len(table) else Sentence()
    return standing(Estimates(open_, found.rates.meta), "")


def row_text(row: Row, kind: str) -> Sentence:
    """Return a row of the spine in words, for screen readers and for a pointer that rests on it.

    Args:
        row: a row of `reports.areas.spine.spine`.
        kind: Chinese word for an area of this level.
    """
    parts = [
        _value(row),
        say("{state}", state=Name(str(row["verdict"] or row["reason"]))),
        say("区间 {limits}", limits=row.interval()) if known(row, "conf_low") else Sentence(),
        say("目标 {line}", line=row.bound("line", Format.TARGET)) if known(row, "line") else Sentence(),
        say("全市 {city}", city=row.bound("city", Format.WHOLE)) if known(row, "city") else Sentence(),
        _others(row, kind) if known(row, "others_low") else Sentence(),
        say("上轮 {before}", before=row.bound("before", Format.WHOLE)) if known(row, "before") else Sentence(),
        say("答卷 {n} 份", n=row.bound("n", Format.COUNT)) if known(row, "n") else Sentence(),
    ]
    return join(parts, "，")


def _others(row: Row, kind: str) -> Sentence:
    low, high = (row.bound(name, Format.WHOLE) for name in ("others_low", "others_high"))
    return say("其他{kind} {low} 到 {high}", kind=Name(kind), low=low, high=high)


def known(row: Row, column: str) -> bool:
    """Return whether a cell of a row holds a number."""
    return not pd.isna(row[column])  # type: ignore[call-overload]


def split_title(found: Profile) -> Sentence:
    """Return the finding of the split items as a heading."""
    problems = set() if found.split is None else set(found.split.table["problem"])
    if problems == {"unhappy"}:
        return say("最差几项是不满意，不是不了解")
    if problems == {"unknown"}:
        return say("最差几项是不了解，不是不满意")
    return say("最差几项：不满意的和不了解的")


def split_item(row: Row) -> Sentence:
    """Report one item: who is dissatisfied, who does not know it, and the unit in charge.

    Args:
        row: a row of `reports.causes.Items.table`.
    """
    unit = str(row["unit"])
    return say(
        "{item}：不满意 {unhappy}，不了解 {unknown}{unit}",
        item=row.name("label"),
        unhappy=row.bound("unhappy", Format.WHOLE),
        unknown=row.bound("unknown", Format.WHOLE),
        unit=Sentence() if unit == DASH else say("，由{unit}办", unit=Name(unit)),
    )


def people(one: Concerned) -> Sentence:
    """Report the groups of an area that lack something."""
    if not one.judged:
        return say("各类居民答卷都过少")
    if not one.groups:
        return say("没有哪类居民多半低于目标")
    parts = [
        say("{group} {value}", group=row.name(column), value=row.bound("estimate", Format.WHOLE))
        for column, row in one.groups
    ]
    state = Name(Verdict.WEAK if one.sure else Verdict.WATCH)
    return say("{groups}（{state}）", groups=join(parts, "、"), state=state)


def channels(found: Reached) -> Sentence:
    """Report the channels through which residents can be reached; empty without any."""
    if not found.channels:
        return Sentence()
    parts = [
        say("“{channel}”{share}", channel=row.name("label"), share=row.bound("estimate", Format.WHOLE))
        for row in found.channels
    ]
    return (say("{group}：", group=Name(found.group)) if found.group else Sentence()) + join(parts, "")


def themes(found: Voices, area: Area) -> Sentence:
    """Report the themes of an area; empty without any."""
    if not found.themes:
        return Sentence()
    if found.distinct:
        begin, column = say("比其他{kind}提得多：", kind=Name(area.kind)), "share"
    else:
        begin, column = say("提得较多："), "estimate"
    rows = [(row.name("label"), row.bound(column, Format.WHOLE)) for row in found.themes]
    return begin + join([say("{theme} {share}", theme=theme, share=share) for theme, share in rows], "、")


def spine_title(found: Profile) -> Sentence:
    """Return the heading of the spine chart."""
    items = say("和最差的项目") if len(found.items) else Sentence()
    return say("四率{items}，与其他{kind}比", items=items, kind=Name(found.area.kind))


def items_heading(found: Profile) -> Sentence:
    """Return the heading of the items, with the line by which they are judged where they share one."""
    table = found.items.table
    lines = table["line"].dropna().unique()
    if found.silent or len(lines) != 1 or table["line"].isna().any():
        return say("分项，最低的在前")
    first = rows_of(found.items, table.head(1), "item")[0]
    return say("分项，最低的在前，按目标 {line} 判断", line=first.bound("line", Format.TARGET))


def parts_title(found: Profile, below: Sequence[Area]) -> Sentence:
    """Return the heading of the parts of an area, which are compared by its main rate."""
    if not below:
        return Sentence()
    kind, rate = Name(below[0].kind), found.main.name("label")
    line = found.main.bound("line", Format.TARGET) if known(found.main, "line") else None
    goal = Sentence() if line is None else say("（目标 {line}）", line=line)
    return say("各{kind}的{rate}{goal}", kind=kind, rate=rate, goal=goal)


def beside_title(found: Profile, word: str) -> Sentence:
    """Return the heading of the areas beside this one; `word` says how they are chosen, such as 相邻."""
    return say("{word}{kind}的{rate}", word=Name(word), kind=Name(found.area.kind), rate=found.main.name("label"))


def number(row: Row) -> Sentence:
    """Return the rate of an area in a list, a row of `reports.verdicts.judged`.

    Empty where it may not be compared, and where its verdict cannot be read from it
    (`reports.sentences.weak.readable`).
    """
    if (row["reason"] in SILENT and row["reason"] != Reason.NO_LINE) or not readable(row):
        return Sentence()
    return say("{value}", value=row.bound("estimate", Format.WHOLE))


def above(row: Row) -> Sentence:
    """Return why an area in a list is watched though its rate reaches the target; empty for all others."""
    return pooled(row)


def in_list(area: Area, row: Row) -> Sentence:
    """Return an area with its rate and verdict, for a list in a line; see `number`."""
    value = number(row)
    text = say(" {value}", value=value) if value else value
    why = above(row)
    state = Name(str(row["verdict"] or row["reason"]))
    stated = join([say("{state}", state=state), why], "：")
    return say("{area}{text}（{stated}）", area=Name(area.path[-1]), text=text, stated=stated)
