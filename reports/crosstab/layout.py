"""A crosstab as tables: one that is read, and one with every number for further work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis import numerals
from reports.crosstab.crosstab import Column, Crosstab
from reports.crosstab.request import Marks

WHOLE = "全体"
BASE = "有效答卷"
SIGNS = {"high": "↑", "low": "↓"}
QUESTION, ANSWER = "题目", "答案"


def column_title(found: Crosstab, column: Column) -> str:
    """Return the title of a column: its group, with its letter where letters mark differences."""
    if column.head < 0:
        return WHOLE
    name = " × ".join(column.labels)
    return f"{name}（{column.letter}）" if found.request.marks is Marks.LETTERS and column.letter else name


def titles(found: Crosstab) -> list[str]:
    """Return the titles of all columns, each once: where two heads share a label, with the title of the head."""
    plain = [column_title(found, column) for column in found.columns]
    twice = {title for title in plain if plain.count(title) > 1}
    numbered = zip(plain, found.columns, strict=True)
    return [f"{found.heads[column.head]}：{title}" if title in twice else title for title, column in numbered]


def read_table(found: Crosstab, *, intervals: bool = True) -> pd.DataFrame:
    """Return the table for readers: a row with the base of each question, then its answers.

    Args:
        found: the crosstab.
        intervals: whether a cell shows its interval: "82.2%（79.5%—84.7%）↓".
    """
    cells, every = found.cells, range(len(found.columns))
    rows, before = list[list[str]](), ""
    for number, line in enumerate(found.lines):
        own = [cells[number, at] for at in every]
        if line.variable.name != before:
            counts = [numerals.DASH if pd.isna(cell["n"]) else numerals.count(cell["n"]) for cell in own]
            rows.append([f"{line.variable.name} {line.variable.label}", BASE, *counts])
            before = line.variable.name
        rows.append(["", line.label, *(_written(cell, bool(line.codes), intervals) for cell in own)])
    return pd.DataFrame(rows, columns=[QUESTION, ANSWER, *titles(found)])


def _written(cell: Mapping[str, Any], mean: bool, intervals: bool) -> str:
    if pd.isna(cell["estimate"]):
        return numerals.DASH
    sign = SIGNS.get(cell["mark"], f" {cell['mark']}" if cell["mark"] else "")
    if mean:
        spread = f"（{numerals.decimal(cell['conf_low'])}—{numerals.decimal(cell['conf_high'])}）"
        known = intervals and not pd.isna(cell["conf_low"])
        return numerals.decimal(cell["estimate"]) + (spread if known else "") + sign
    if intervals:
        return numerals.estimate(cell["estimate"], cell["conf_low"], cell["conf_high"]) + sign
    return numerals.percent(cell["estimate"]) + sign


def full_table(found: Crosstab) -> pd.DataFrame:
    """Return one row per answer and group with every number; shares in percent, means as codes."""
    table = found.table
    lines = [found.lines[at] for at in table["line"]]
    columns = [found.columns[at] for at in table["column"]]
    unit = [1.0 if line.codes else 100.0 for line in lines]
    numbers = {
        heading: (table[name].astype("float64") * unit).round(4)
        for heading, name in {
            "比例(%)或平均": "estimate", "标准误": "std_error", "区间下限": "conf_low", "区间上限": "conf_high",
        }.items()
    }  # fmt: skip
    return pd.DataFrame(
        {
            "题号": [line.variable.name for line in lines],
            QUESTION: [line.variable.label for line in lines],
            ANSWER: [line.label for line in lines],
            "分组": ["全体" if one.head < 0 else found.heads[one.head] for one in columns],
            "组": [WHOLE if one.head < 0 else " × ".join(one.labels) for one in columns],
            "答卷数": table["n"],
            **numbers,
            "自由度": table["df"],
            "p（校正后）": table["p_value"],
            "差别": [SIGNS.get(mark, mark) for mark in table["mark"]],
            "说明": table["flag"],
        }
    )
