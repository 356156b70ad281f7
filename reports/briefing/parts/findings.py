"""What each part of a document finds, in one sentence: the titles of slides, which name no topic only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from analysis.areas.verdict import SILENT, Verdict
from analysis.estimation.estimates import Estimates
from reports.briefing import phrases
from reports.briefing.blocks import Actions
from reports.briefing.facts import Facts, worst_items
from reports.briefing.parts import strip
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, count, field, join, listed, names, say

ITEMS = 3
"""Number of items that a title names."""
RED = 3
DAYS = 2
"""Number of days that the title of tasks counts; with more, it states the first and the last."""
"""Number of districts with a red light that a title names."""


def of_items(found: Estimates) -> Sentence:
    """Return how many items are confirmed low: 22个分项中13个确认薄弱."""
    worst = worst_items(found)
    if not worst:
        return say("没有分项确认薄弱") if len(found) else say("问卷没有分项")
    return say(
        "{every}个分项中{weak}个{below}",
        every=count(found.table.index, "items"),
        weak=count(worst, "items confirmed weak"),
        below=Name(phrases.BELOW),
    )


def farthest(worst: Sequence[Row]) -> Sentence:
    """Return which items lie farthest below their targets: 停车管理、小广告清理、占道经营治理离目标最远.

    Args:
        worst: from `reports.briefing.facts.worst_items`, at least one.
    """
    return say("{items}离目标最远", items=listed([row.name("label") for row in worst[:ITEMS]]))


def of_districts(found: Facts) -> Sentence:
    """Return how many districts have a rate that is confirmed low, or only watched ones."""
    weak = dict.fromkeys(one.place[0] for one in found.sure)
    watched = [name for name in dict.fromkeys(one.place[0] for one in found.watched) if name not in weak]
    kind = Name(phrases.KIND)
    parts = [
        say("{n}个{kind}{below}", n=count(weak, "districts confirmed weak"), kind=kind, below=Name(phrases.BELOW))
        if weak
        else say("没有{kind}{below}", kind=kind, below=Name(phrases.BELOW)),
        say("另有{n}个列入观察", n=count(watched, "districts watched")) if watched else Sentence(),
    ]
    return phrases.nobody_judged(found) or join(parts, "，")


def of_areas(rows: Sequence[Row], kind: str = phrases.KIND) -> Sentence:
    """Return how many areas are confirmed low or watched in one rate.

    Args:
        rows: one row per area.
        kind: what the areas are called.
    """
    judged = [row for row in rows if row["reason"] not in SILENT]
    if not judged:
        return say("不作判断")
    weak = [row for row in judged if row["verdict"] == Verdict.WEAK]
    watched = [row for row in judged if row["verdict"] == Verdict.WATCH]
    every = say("{n}个{kind}", n=count(judged, "areas judged"), kind=Name(kind))
    parts = [
        say("{n}个{below}", n=count(weak, "confirmed weak"), below=Name(phrases.BELOW)) if weak else Sentence(),
        say("{n}个列入观察", n=count(watched, "watched")) if watched else Sentence(),
    ]
    text = join(parts, "，")
    return say("{every}中{text}", every=every, text=text) if text else say("{every}没有一个低于目标", every=every)


def of_actions(todo: Actions | None) -> Sentence:
    """Return how many things are due by which day, in the order of the table."""
    if todo is None:
        return say("本轮没有要办的事项")
    by_day: dict[str, list[Sentence]] = {}
    for one in (row for row in todo.rows if row.due):
        day = day_of(one.due)
        by_day.setdefault(day.text, []).append(day)
    days = [some[0] for some in by_day.values()]
    every = count(todo.rows, "actions")
    if len(days) == 1:
        return say("{n}件事：都在{day}办结", n=every, day=days[0])
    if len(days) > DAYS:
        return say("{n}件事：最早{first}、最晚{last}办结", n=every, first=days[0], last=days[-1])
    counts = [count(some, "actions of a day") for some in by_day.values()]
    parts = [say("{k}件{day}", k=number, day=day) for number, day in zip(counts, days, strict=True)]
    return say("{n}件事：{days}办结", n=every, days=join(parts, "、"))


def day_of(due: Sentence) -> Sentence:
    """Return a deadline without the remark that an earlier one has passed."""
    kept = takewhile(lambda piece: not (isinstance(piece, str) and "（" in piece), due.pieces)
    rest = [piece.partition("（")[0] for piece in due.pieces if isinstance(piece, str) and "（" in piece][:1]
    return Sentence((*kept, *rest))


def of_quality(found: Facts) -> Sentence:
    """Return what the light of the data means for its use."""
    light = Name(strip.quality(found))
    if found.red:
        return say(
            "数据质量{light}：{areas}独立复访前不作判断、不表扬", light=light, areas=listed(names(found.red), RED)
        )
    if found.lit.responses:
        n = field(found.lit, "responses", Format.PLAIN)
        return say("数据质量{light}：{n}份答卷亮红灯，先复访核实", light=light, n=n)
    return say("数据质量{light}：真实性检查没有亮红灯", light=light)
