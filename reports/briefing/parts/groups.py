"""Districts by verdict: the grouped table, in order of code, and the values of the watched rates."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import SILENT, Verdict
from analysis.line_breaks import width
from analysis.numerals import DASH
from reports.briefing import phrases
from reports.briefing.blocks import Column, Table, Text, plain, text_of
from reports.briefing.facts import Facts
from reports.overview.problems import Problem
from reports.sentences.sentence import Name, Row, Sentence, count, join, listed, names, rows_of, say

NAMED = 12
"""Number of districts that one cell names; more of them are counted."""
LEAST = (3, 5.5, 3.5, 5.5, 3.5)
"""Width of each heading, in em."""
APART = 0.5
"""Room between columns, in em."""
PAGE = 42
"""Width of the table on a page, in em."""
VALUES = 4
"""Number of watched rates that stand with their values."""


def judged_districts(found: Facts) -> tuple[str, ...]:
    """Return the districts with a verdict, in order of code."""
    table = found.districts.table
    open_ = table[~table["reason"].isin(list(SILENT))]
    return tuple(dict.fromkeys(open_["district"].astype(str)))


def grouped(found: Facts) -> Table:
    """Return rates by verdicts with the names of the districts."""
    table = found.districts.table
    rows = []
    for item, some in table.groupby(table["item"].astype(str), sort=False):
        label = rows_of(found.city, found.city.table[found.city.table["item"].astype(str) == item], "item")[0]
        cells = [_cell(found, some[some["verdict"] == one]["district"].astype(str).tolist(), one) for one in Verdict]
        rows.append((plain(phrases.rate(label)), *cells))
    kinds = [say("{verdict}", verdict=Name(one)) for one in Verdict]
    heads = zip(
        [say("指标"), *kinds], column_widths([tuple(map(text_of, row)) for row in rows]), ["", *Verdict], strict=True
    )
    return Table(
        "groups",
        say("各{kind}按判断分组", kind=Name(phrases.KIND)),
        tuple(Column(text, width, mark=str(mark)) for text, width, mark in heads),
        tuple(rows),
        say("表，{rows}行，行为各率，列为四种判断，格内为{kind}名", rows=count(rows, "rates"), kind=Name(phrases.KIND)),
    )


def column_widths(rows: Sequence[tuple[str, ...]]) -> list[float]:
    """Return the share of each column by its longest cell; where lines must break, what is left after the least widths.

    No column is narrower than its heading with the mark, or than a name in a list.
    """
    columns = list(zip(*rows, strict=True))
    names = [max(width(f"{name}、") for text in column for name in text.split("、")[:-1] or [""]) for column in columns]
    least = [max(sizes) + APART for sizes in zip(LEAST, names, strict=True)]
    longest = [max(map(width, column)) + APART for column in columns]
    more = [max(size - low, 0.0) for size, low in zip(longest, least, strict=True)]
    left = min(1.0, (PAGE - sum(least)) / sum(more)) if sum(more) else 0.0
    sizes = [low + left * one for low, one in zip(least, more, strict=True)]
    return [size / sum(sizes) for size in sizes]


def _cell(found: Facts, some: Sequence[str], verdict: Verdict) -> Text:
    every = judged_districts(found)
    if not some:
        return plain(say(DASH))
    if len(some) == len(every) and len(every) > 1:
        words = say("{n}个{kind}均{verb}", n=count(some, "districts"), kind=Name(phrases.KIND),
                    verb=Name(phrases.VERBS[verdict]))  # fmt: skip
        return plain(words)
    return plain(listed(names(phrases.brief_name(name) for name in some), NAMED))


def watched(found: Sequence[Problem], most: int = VALUES) -> Sentence:
    """Report watched rates with their values and how likely each lies below its target; empty for none.

    Args:
        found: the watched rates.
        most: number of rates that stand with their values.
    """
    some = [one.row for one in found[:most]]
    if not some:
        return Sentence()
    text = join([
        say("{area}{rate}{value}，{odds}", area=row.name("district"), rate=phrases.rate(row), value=phrases.value(row),
            odds=phrases.odds(row)) for row in some
    ])  # fmt: skip
    rest = found[most:]
    return text + say("；另有{n}项观察", n=count(rest, "further watched rates")) if rest else text


def by_rate(rows: Sequence[Row], every: Sequence[str]) -> Sentence:
    """Return "满意率望澄区、黛川区；支持率7个区县" for rows of one verdict.

    Args:
        rows: the rows.
        every: all districts with a verdict, which are counted where they share it.
    """
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row["label"]), []).append(str(row["district"]))
    return join([say("{rate}{areas}", rate=Name(label), areas=_areas(some, every)) for label, some in found.items()])


def _areas(some: Sequence[str], every: Sequence[str]) -> Sentence:
    if len(some) == len(every) > 1:
        return say("{n}个{kind}", n=count(some, "districts"), kind=Name(phrases.KIND))
    return listed(names(some), NAMED)
