"""Words below a crosstab: what its marks mean, how its tests came out, and its plainest difference."""

from __future__ import annotations

import pandas as pd

from reports.crosstab.crosstab import Crosstab, Test
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, field, join, rows_of, say, setting

SIDES = {"low": "低于", "high": "高于"}
NAMED = 2
"""Groups that are named on each side."""
METHODS = {"bh": "Benjamini-Hochberg", "holm": "Holm"}


def legend(found: Crosstab) -> Sentence:
    """Say what the marks mean."""
    request = found.request
    if request.marks == "none" or not request.heads:
        return Sentence()
    level = setting("alpha", request.alpha, Format.TARGET)
    method = Name(METHODS[request.adjustment])
    if request.marks == "letters":
        words = "字母：这一组的比例明显高于带该字母的组（{level} 水平，每行各对比较按 {method} 校正，含抽样设计）"
        return say(words, level=level, method=method)
    words = "▲ 明显高于、▼ 明显低于同一分组的其余各组（{level} 水平，每行按 {method} 校正，含抽样设计）"
    return say(words, level=level, method=method)


def tests(found: Crosstab) -> Sentence:
    """Report the tests of the questions against the heads."""
    return join([_test(found, one) for one in found.tests])


def _test(found: Crosstab, one: Test) -> Sentence:
    head = Name(found.heads[one.head])
    asked = Name(one.question)
    if one.p_value is None:
        return say("{asked} 与 {head}：{note}", asked=asked, head=head, note=Name(one.note))
    p = field(one, "p_value", Format.P_VALUE)
    return say("{asked} 与 {head} 的关联检验（Rao-Scott）：{p}", asked=asked, head=head, p=p)


def plainest(found: Crosstab, without: frozenset[int] = frozenset()) -> Sentence:
    """Name the groups that differ on the line with the smallest p-value, the low ones first; that none can be seen.

    Args:
        found: the crosstab.
        without: columns that are no finding, such as those of districts with a red light.
    """
    seen = found.table[found.table["mark"].isin(SIDES) & ~found.table["column"].isin(without)]
    if seen.empty:
        known = found.table["estimate"].notna() & (found.table["column"] > 0)
        asked = found.request.marks == "rest" and known.any()
        return say("各组之间看不出差别") if asked else Sentence()
    first = seen.sort_values("p_value").iloc[0]
    line, head = found.lines[int(first["line"])], found.columns[int(first["column"])].head
    here = [number for number, column in enumerate(found.columns) if column.head == head]
    some = seen[seen["line"].eq(first["line"]) & seen["column"].isin(here)].sort_values("p_value")
    whole = found.table[found.table["line"].eq(first["line"]) & found.table["column"].eq(0)]
    all_ = rows_of(found.table, whole, "line", "column")[0]
    return say(
        "{asked}“{answer}”：{groups}（全体 {all}）",
        asked=Name(line.variable.label),
        answer=Name(line.label),
        groups=join([_side(found, some, side) for side in SIDES], "，"),
        all=all_.bound("estimate", Format.WHOLE),
    )


def _side(found: Crosstab, some: pd.DataFrame, side: str) -> Sentence:
    """Return the groups on one side of the rest with their shares; empty where there is none."""
    rows = rows_of(found.table, some[some["mark"] == side].head(NAMED), "line", "column")
    parts = [say("{group} {rate}", group=_group(found, row), rate=row.bound("estimate", Format.WHOLE)) for row in rows]
    return say("{groups} 明显{side}其余", groups=join(parts, "、"), side=Name(SIDES[side])) if parts else Sentence()


def _group(found: Crosstab, row: Row) -> Name:
    return Name(" × ".join(found.columns[int(str(row["column"]))].labels))
