"""Sentences on one weak district: why it differs, who is concerned, what to improve first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.areas.decomposition import GAP, REST
from analysis.areas.importance import Quadrant
from analysis.areas.verdict import Reason
from reports.sentences.briefing import distance
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, Slot, count, join, listed, names, rows_of, say, setting

SHOWN = 3
"""Number of groups or items that a title names."""


UNJUDGED = {
    Reason.RED_LIGHT: "{district}亮真实性红灯，独立复访前不找原因、不转办",
    Reason.HIDDEN: "{district}答卷过少，不找原因、不转办",
    Reason.EMPTY: "{district}没有答卷，不找原因、不转办",
}
"""Why nothing is said about the causes in a district."""


def unjudged(district: str, reason: Reason) -> Sentence:
    """Report why nothing is said about the causes in a district."""
    return say(UNJUDGED[reason], district=Name(district))


def gap(district: str, label: str, parts: pd.DataFrame) -> Sentence:
    """Report whether a district's gap is due to its composition or to different answers of the same people.

    Args:
        district: its name.
        label: name of the rate.
        parts: from `analysis.areas.decomposition.decompose`.
    """
    whole, rest = (rows_of(parts, parts[parts["part"] == name], "part")[0] for name in (GAP, REST))
    words: dict[str, Slot] = {"district": Name(district), "label": Name(label)}
    if _crosses_zero(whole):
        return say("{district}{label}与全市的差别看不出来，不必找原因", **words)
    numbers: dict[str, Slot] = {"way": Name(_way(whole)), "gap": whole.bound("estimate", Format.POINTS)}
    found = say("{district}{label}比全市{way} {gap}", **words, **numbers)
    if _crosses_zero(rest):
        return found + "，多少来自居民结构还分不清"
    also = "仍" if _way(rest) == _way(whole) else "反而"
    own: dict[str, Slot] = {"also": Name(also), "way": Name(_way(rest)), "rest": rest.bound("estimate", Format.POINTS)}
    return found + say("；与全市同类居民相比，{also}{way} {rest}", **own)


def gap_title(district: str, label: str, parts: pd.DataFrame) -> Sentence:
    """Report in a few words what `gap` reports with its numbers."""
    whole, rest = (rows_of(parts, parts[parts["part"] == name], "part")[0] for name in (GAP, REST))
    words: dict[str, Slot] = {"district": Name(district), "label": Name(label)}
    if _crosses_zero(whole):
        return say("{district}{label}与全市看不出差别，不必找原因", **words)
    found = say("{district}{label}比全市{way}", **words, way=Name(_way(whole)))
    if _crosses_zero(rest):
        return found + "，是不是居民不同造成的还分不清"
    if _way(rest) == _way(whole):
        return found + "，不是居民构成不同造成的"
    return found + say("，排除居民构成的影响后反而{way}", way=Name(_way(rest)))


def gap_figure(label: str, parts: pd.DataFrame) -> Sentence:
    """Title the figure of the decomposition in one line; the district stands in the headline.

    Args:
        label: name of the rate.
        parts: from `analysis.areas.decomposition.decompose`.
    """
    whole, rest = (rows_of(parts, parts[parts["part"] == name], "part")[0] for name in (GAP, REST))
    if _crosses_zero(whole):
        return say("{label}与全市看不出差别", label=Name(label))
    if _crosses_zero(rest):
        numbers: dict[str, Slot] = {"way": Name(_way(whole)), "gap": whole.bound("estimate", Format.POINTS)}
        return say("{label}比全市{way} {gap}", label=Name(label), **numbers)
    numbers = {"way": Name(_way(whole)), "gap": whole.bound("estimate", Format.POINTS)}
    same = "也" if _way(rest) == _way(whole) else "反而"
    return say("比全市{way} {gap}，同类居民之间{same}{other}", **numbers, same=Name(same), other=Name(_way(rest)))


def lower(parts: pd.DataFrame) -> bool:
    """Return whether a district surely lies below the city."""
    whole = rows_of(parts, parts[parts["part"] == GAP], "part")[0]
    return not _crosses_zero(whole) and _way(whole) == "低"


def _crosses_zero(row: Row) -> bool:
    return float(str(row["conf_low"])) <= 0 <= float(str(row["conf_high"]))


def _way(row: Row) -> str:
    return "低" if float(str(row["estimate"])) < 0 else "高"


def first(district: str, table: pd.DataFrame) -> Sentence:
    """Report what residents ask to improve first; empty without a comparison of items.

    Args:
        district: its name.
        table: from `analysis.areas.importance.matrix`.
    """
    if table.empty:
        return Sentence()
    found = _first_items(table)
    if not found:
        return say("{district}：答卷还不足以断定居民最想先改哪一项", district=Name(district))
    items = [say("{item}（{unit}）", item=row.name("label"), unit=_unit(row)) for row in found]
    return say("{district}居民最想先改：{items}", district=Name(district), items=listed(items, SHOWN, "项"))


def first_figure(table: pd.DataFrame) -> Sentence:
    """Title the figure of the items in one line: which item residents ask to improve most.

    Args:
        table: from `analysis.areas.importance.matrix`, at least one row.
    """
    found = _first_items(table)
    if not found:
        return say("还断不定居民最想先改哪一项")
    return say("居民最想先改的（不一定最差）：{items}", items=listed([row.name("label") for row in found], 1, "项"))


def begin(items: Sequence[str]) -> Sentence:
    """Return with which items to begin, for the end of a headline; empty without items.

    Args:
        items: labels of the items with the lowest shares in the district, the lowest first, as on every page.
    """
    if not items:
        return Sentence()
    return say("：先改{items}", items=listed(names(items), 1, "项"))


def lowest(count_: int, label: str) -> Sentence:
    """Title the list of the items to begin with, which says by which rule they are chosen.

    Args:
        count_: number of the items.
        label: name of the rate.
    """
    number = setting("items to begin with", count_)
    return say("先改这 {number} 项：{label}最低", number=number, label=Name(label))


def todo(row: Row, who: Sentence, step: Sentence) -> Sentence:
    """Report how far the rate lies below its line, and who acts by when; the items stand in the list below.

    Args:
        row: the verdict of the rate, from `reports.verdicts.judged`.
        who: the units in charge, "由城管办"; may be empty.
        step: by when, or the next step where there is no deadline.
    """
    now = say("{rate} {now}", rate=row.name("label"), now=row.bound("estimate", Format.WHOLE))
    if gap := distance(row):
        now += say("，目标 {line}，{gap}", line=row.bound("line", Format.TARGET), gap=gap)
    text = join([now, join([who, step], "，")])
    return text + "。" if text else text


def _first_items(table: pd.DataFrame) -> tuple[Row, ...]:
    """Return the items to improve first, those that most residents ask for first."""
    if table.empty:
        return ()
    some = table[table["quadrant"] == Quadrant.FIRST].sort_values("wanted", ascending=False, kind="stable")
    return rows_of(table, some, "item") if len(some) else ()


def _unit(row: Row) -> Name:
    return Name("·".join(str(part) for part in (row["group"], row["unit"]) if part))


def owners(table: pd.DataFrame, place: str) -> Sentence:
    """Report which items people do not know and which they are unhappy with.

    Args:
        table: one row per item: `label`, `problem` from `analysis.areas.against_target.item_problem`, `unhappy`,
            `unknown`.
        place: where, such as "全市" or the name of a district.
    """
    parts = [
        _items(table, "unhappy", "不满意的人明显多于不了解的人：{items}，应转责任单位"),
        _items(table, "unknown", "不了解的人明显多于不满意的人：{items}，应先做宣传"),
    ]
    found = join(parts) or say("各项目的不满意与不了解都分不出高低")
    return say("{place}：{found}", place=Name(place), found=found)


def _items(table: pd.DataFrame, problem: str, words: str) -> Sentence:
    found = table[table["problem"] == problem].sort_values(problem, ascending=False)
    return say(words, items=listed(names(found["label"]), SHOWN, "项")) if len(found) else Sentence()


def leading(groups: pd.DataFrame, by: Sequence[str] = ("age", "place")) -> tuple[Row, ...]:
    """Return the largest group and those that cannot be told apart from it: their intervals overlap with its own.

    Args:
        groups: from `analysis.areas.decomposition.persons_lacking`, largest first.
        by: columns that name a group.
    """
    if groups.empty:
        return ()
    return rows_of(groups, groups[groups["conf_high"] >= groups["conf_low"].iloc[0]], *by)


def first_groups(groups: pd.DataFrame, by: Sequence[str] = ("age", "place")) -> Sentence:
    """Return the groups with most residents concerned; empty where too many cannot be told apart.

    Args:
        groups: from `analysis.areas.decomposition.persons_lacking`.
        by: columns that name a group.
    """
    found = leading(groups, by)
    if not found or len(found) > SHOWN or len(found) == len(groups) > 1:
        return Sentence()
    if len(by) == 1:
        return listed([row.name(by[0]) for row in found], SHOWN)
    return _groups(found) + ("（不分先后）" if len(found) > 1 else "")


def people(groups: pd.DataFrame, lacking: str) -> Sentence:
    """Report which groups the residents concerned belong to, without an order that the data do not support.

    Args:
        groups: from `analysis.areas.decomposition.persons_lacking`, one row or more.
        lacking: what they lack, such as 不知晓.
    """
    found = leading(groups)
    if len(found) == len(groups) > 1:
        return say("{lacking}的人数：各组区间重叠，不分先后", lacking=Name(lacking))
    if len(found) > SHOWN:
        number = count(found, "groups that cannot be told apart")
        return say("{lacking}的人数：较多的 {count} 组区间重叠，不分先后", lacking=Name(lacking), count=number)
    tail = "，区间重叠，不分先后" if len(found) > 1 else ""
    return say("{lacking}的人较多的是{groups}", lacking=Name(lacking), groups=_groups(found)) + tail


def _groups(found: Sequence[Row]) -> Sentence:
    return listed([say("{age}（{place}）", age=row.name("age"), place=row.name("place")) for row in found])
