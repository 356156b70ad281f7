"""Sentences on what residents write: themes, places, kinds of answers, copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.estimation.estimates import Estimates
from reports.sentences.formats import Format
from reports.sentences.references import Span
from reports.sentences.sentence import (
    Binding,
    Name,
    Row,
    Sentence,
    count,
    field,
    join,
    listed,
    names,
    rows_of,
    say,
    setting,
)

NAMED = 3
"""Number of themes that a headline names."""


def _apart(top: pd.DataFrame) -> bool:
    """Return whether the first theme's interval lies above those of all others; only then is it called the first."""
    return len(top) > 1 and bool(top["conf_low"].iloc[0] > top["conf_high"].iloc[1:].max())


def distinct(pairs: Sequence[tuple[str, str]]) -> Sentence:
    """Report the districts that raise a theme more than the others: (district, theme) pairs."""
    if not pairs:
        return say("各区县提到的主题没有明显差别")
    parts = [say("{area}的{theme}", area=Name(area), theme=Name(theme)) for area, theme in pairs]
    return say("提得比其他区县明显多：{parts}", parts=join(parts, "、"))


def outstanding(row: Row) -> Sentence:
    """Report a theme that a district raises more than the others: a row of keyness of the themes with `label`."""
    return say(
        "{area}{theme}留言特别多：当地留言者 {here} 提到，其他区县 {rest}",
        area=row.name("district"),
        theme=row.name("label"),
        here=row.bound("share", Format.WHOLE),
        rest=row.bound("share_rest", Format.WHOLE),
    )


def where(streets: Sequence[Row], fewest: int, *, counted: bool = True) -> Sentence:
    """Report in which streets of a district a theme is raised.

    Args:
        streets: street and n of the streets that may be named, most first.
        fewest: suppression limit, in people.
        counted: whether to say how many people raise it in each street.
    """
    if not streets:
        return say("各街道都不足 {few} 人，不分街道", few=setting("suppression", fewest))
    several = [one.name("street") for one in streets]
    numbers = [say("{street} {n} 人", street=one.name("street"), n=one.bound("n", Format.COUNT)) for one in streets]
    return say("多在{streets}", streets=listed(numbers if counted else several, NAMED, "个街道"))


def beside(row: Row) -> Sentence:
    """Report the other districts beside one that stands out: a row as of `outstanding`."""
    return say("其他区县 {rest}", rest=row.bound("share_rest", Format.WHOLE))


def frequent(found: Estimates, top: pd.DataFrame) -> Sentence:
    """Report the themes that are raised most, as a headline.

    Args:
        found: shares of themes.
        top: its rows with the largest shares, largest first, at least one.
    """
    apart = _apart(top)
    some = rows_of(found, top.head(1 if apart else NAMED), "item")
    parts = [say("{theme} {share}", theme=row.name("label"), share=row.bound("estimate", Format.WHOLE)) for row in some]
    if apart:
        return say("提得最多的是{theme}", theme=parts[0])
    return say("提得较多的是{themes}", themes=join(parts, "、"))


def by_units(units: Sequence[str]) -> Sentence:
    """Report who acts; empty for nobody known."""
    return say("由{units}办。", units=listed(names(units), 2, "个部门")) if units else Sentence()


def answered_by(units: Sequence[str], day: Sentence) -> Sentence:
    """Report who checks and answers by when, "12 月 11 日前"; empty for nobody known."""
    if not units:
        return Sentence()
    return say("由{units}负责，{day}核查答复。", units=listed(names(units), 2, "个部门"), day=day)


def alike() -> Sentence:
    """Report that no district stands out."""
    return say("各区县提到的主题没有明显差别，全市的也分不出先后。")


def most_in_city(top: pd.DataFrame) -> Sentence:
    """Report the theme that most people of the city raise, which need not stand out anywhere."""
    words = "全市提得最多的是{theme}，{share}。" if _apart(top) else "全市提得较多的是{theme}，{share}。"
    first = rows_of(top, top.head(1), "item")[0]
    return say(words, theme=first.name("label"), share=first.bound("estimate", Format.WHOLE))


def city_order(top: pd.DataFrame) -> Sentence:
    """Report the most frequent themes of the city, and whether they can be ranked."""
    if _apart(top):
        return say("全市提得最多的是{theme}。", theme=Name(str(top["label"].iloc[0])))
    return say("全市提得较多的几个主题分不出先后。") if len(top) > 1 else Sentence()


def praise(table: pd.DataFrame) -> Sentence:
    """Report how many answers praise; empty for none. The table is that of `kinds`."""
    some = rows_of(table, table[table["kind"] == "praise"], "kind")
    return say("表扬 {n} 条", n=some[0].bound("n", Format.COUNT)) if some else Sentence()


def wrote(top: pd.DataFrame) -> Sentence:
    """Report how many people wrote something, the base of the shares; `top` has a row a theme, with item and n."""
    return say("{n} 位留言者里的占比", n=rows_of(top, top.head(1), "item")[0].bound("n", Format.COUNT))


def more_themes(rest: Sequence[str]) -> Sentence:
    """Title the folded themes."""
    return say("其余 {count} 个主题", count=count(rest, "further themes"))


def compared(theme: str, area: str) -> Sentence:
    """Title the bars of a district and the others."""
    return say("提到{theme}的留言者：{area}与其他区县", theme=Name(theme), area=Name(area))


def comments_title(area: str, theme: str) -> Sentence:
    """Title the list of comments."""
    return say("{area}居民怎么说：{theme}", area=Name(area), theme=Name(theme))


def comments_found(found: object, fewest: int) -> Sentence:
    """Report how many comments the filters leave, and which of them the page shows.

    Args:
        found: has `n`, `first` and `last`; n is 0 for none and for too few alike, so that a search reveals neither.
        fewest: suppression limit, in people.
    """
    numbers = {name: field(found, name, Format.COUNT) for name in ("n", "first", "last")}
    if not numbers["n"].reference.read()[0]:
        few = setting("suppression", fewest)
        return say("没有，或不足 {few} 条，按规则不摘录：请放宽地方、主题或搜索词", few=few)
    return say("共 {n} 条，显示第 {first} 至 {last} 条", **numbers)


def places(labels: Sequence[str]) -> Sentence:
    """Report the kinds of places that are mentioned most."""
    return say("说到较多的地方是{places}", places=listed(names(labels)))


def kinds(table: pd.DataFrame) -> Sentence:
    """Report how many answers there are, and of which kind; empty for an empty table.

    Args:
        table: kind, label, n; the kinds "every" (all answers) and "says" (those with content) come first.
    """
    if table.empty:
        return Sentence()
    every, says, *others = (row.bound("n", Format.COUNT) for row in rows_of(table, table, "kind"))
    labels = names(table["label"][2:])
    parts = [say("{label} {n} 条", label=label, n=n) for label, n in zip(labels, others, strict=True)]
    words = "本轮这种方式共 {every} 条回答，有内容的 {says} 条：{kinds}（按用词规则判断）"
    return say(words, every=every, says=says, kinds=join(parts, "、"))


@dataclass(frozen=True, slots=True)
class Repeats:
    """Answers that repeat another.

    Attributes:
        n: answers with content.
        again: those that repeat another of the same wave.
        once: whether copies count once.
    """

    n: int
    again: int
    once: bool

    @property
    def share(self) -> float:
        """Repeats as a share of the answers with content."""
        return self.again / self.n


def copies(found: Repeats, moved: pd.DataFrame, *, counted: bool = True) -> Sentence:
    """Report how many answers repeat another, how they are counted, and what that changes most.

    Args:
        found: the counts.
        moved: shares of themes with and without copies (`_once`), the largest difference first; may be empty.
        counted: whether to say how many there are; else only that some repeat another.
    """
    way = Name("这里同样的话只算一条" if found.once else "这里每条都算")
    numbers = {name: field(found, name, Format.COUNT) for name in ("n", "again")}
    told = say("有内容的留言里有些与别人的雷同，{way}。", way=way)
    if counted:
        words = "有内容的 {n} 条里有 {again} 条与别人的雷同（{share}），{way}。"
        told = say(words, share=field(found, "share", Format.PERCENT), way=way, **numbers)
    return told + _moved(rows_of(moved, moved.head(1), "item")[0]) if len(moved) else told


def _moved(row: Row) -> Sentence:
    """Report the share of one theme both ways, of all respondents and of those who wrote something."""
    return say(
        "每条都算与只算一条，差得最多的是{theme}：占全体 {of_all}，占写了内容的人 {said}。",
        theme=row.name("label"),
        of_all=_both(row, "of_all"),
        said=_both(row, "estimate"),
    )


def _both(row: Row, column: str) -> Binding:
    pair = (row.bound(name, Format.PERCENT).reference for name in (column, f"{column}_once"))
    return Binding(Span(*pair), Format.PERCENT_PAIR)


def folded(labels: Sequence[str], limit: float) -> Sentence:
    """Report themes that hardly anybody raises; empty for none.

    Args:
        labels: their names.
        limit: the share that none of them reaches.
    """
    if not labels:
        return Sentence()
    numbers = {"count": count(labels, "themes folded"), "limit": setting("SHOWN_AS_ZERO", limit, Format.TARGET)}
    return say("另有 {count} 项几乎没有人提到（不到 {limit}）：", **numbers) + listed(names(labels), len(labels))
