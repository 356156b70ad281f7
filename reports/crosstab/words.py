"""Words below a crosstab: what its marks mean, how its tests came out, and its plainest difference."""

from __future__ import annotations

from reports.crosstab.crosstab import Crosstab, Test
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Sentence, field, join, rows_of, say, setting

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


def plainest(found: Crosstab) -> Sentence:
    """Name the difference with the smallest p-value among those against the rest; none where none can be seen."""
    seen = found.table[found.table["mark"].isin(("high", "low"))]
    if seen.empty:
        if found.request.marks != "rest" or not found.request.heads:
            return Sentence()
        return say("各组之间看不出差别")
    row = rows_of(found.table, seen.loc[[seen["p_value"].idxmin()]], "line", "column")[0]
    line, column = found.lines[int(str(row["line"]))], found.columns[int(str(row["column"]))]
    whole = rows_of(found.table, found.table[(found.table["line"] == row["line"]) & (found.table["column"] == 0)],
                    "line", "column")[0]  # fmt: skip
    return say(
        "差别最明显的是{group}：{asked}“{answer}”{rate}，明显{side}其余（全体 {all}）",
        group=Name(" × ".join(column.labels)),
        asked=Name(line.variable.label),
        answer=Name(line.label),
        rate=row.bound("estimate", Format.WHOLE),
        side=Name("高于" if row["mark"] == "high" else "低于"),
        all=whole.bound("estimate", Format.WHOLE),
    )
