"""Quotas: completed interviews per cell of the plan, and the forecast at the present pace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from survey.errors import StudyError
from survey.storage.tables import read_table
from survey.study.areas import FRAME_COLUMNS

PLAN = "quota.csv"
"""Name of the plan inside a study folder: wave, one or more columns of the cell, target."""
COLUMNS: Mapping[str, str] = {**FRAME_COLUMNS, "轮次": "wave", "目标": "target"}
"""Chinese heading -> canonical heading; others are names of response columns."""
REACHED, ON_COURSE, BEHIND, SHORT, OVER = "已完成", "按进度可完成", "按进度完不成", "期满未完成", "超出较多"
OVER_SHARE = 1.2
"""Share of the target above which a cell is reported as overfilled."""


def read_plan(path: Path, wave: str) -> pd.DataFrame:
    """Return the cells of a wave with their targets.

    Raises:
        StudyError: the file cannot be read or has no cell column; or lists every invalid row: a target that is not a
            whole number above 0, or a repeated cell.
    """
    table = read_table(path, COLUMNS, required=("wave", "target"), may_be_empty=True, others=True)
    cells = [name for name in table.columns if name not in ("wave", "target")]
    if not cells:
        expected = "wave、target，以及至少一个分组列，例如 district"
        raise StudyError(f"{path.name} 缺少分组列", where=str(path), expected=expected)
    seen: set[tuple[str, ...]] = set()
    rows = []
    for line, row in table:
        cell = tuple(row[name] for name in cells)
        target = table.integer(line, "target", row["target"], minimum=1)
        if (row["wave"], *cell) in seen:
            table.problem(line, cells[-1], got="、".join(cell), expected="没有出现过的一格")
        seen.add((row["wave"], *cell))
        if row["wave"] == wave:
            rows.append((*cell, target))
    table.close()
    return pd.DataFrame(rows, columns=[*cells, "target"]).astype({"target": "int64"})


def progress(plan: pd.DataFrame, done: pd.DataFrame, *, start: date, end: date, today: date) -> pd.DataFrame:
    """Return the progress of every cell.

    Args:
        plan: result of `read_plan`.
        done: one row per response, with the cell columns and `submitted`.
        start: first day of the fieldwork.
        end: last day.
        today: the reference day; the pace is that of the last 7 days.

    Returns:
        The plan with done, share (of the target), pace (interviews per day), forecast (at the end), days (still needed
        at that pace; NaN at pace 0) and state. `attrs["outside"]` is the number of responses outside all cells.
    """
    cells = [name for name in plan.columns if name != "target"]
    seen = done[pd.to_datetime(done["submitted"]).dt.date <= today] if len(done) else done
    table = plan.merge(_count(seen, cells, "done"), on=cells, how="left")
    first = max(start, today - timedelta(days=6))
    recent = seen[pd.to_datetime(seen["submitted"]).dt.date >= first] if len(seen) else seen
    table = table.merge(_count(recent, cells, "recent"), on=cells, how="left").fillna({"done": 0, "recent": 0})
    days = max((min(today, end) - first).days + 1, 1)
    left = max((end - today).days, 0)
    table["done"] = table["done"].astype("int64")
    table["pace"] = table["recent"] / days
    table["share"] = table["done"] / table["target"]
    table["forecast"] = table["done"] + table["pace"] * left
    missing = (table["target"] - table["done"]).clip(lower=0)
    table["days"] = np.where(missing == 0, 0.0, missing / table["pace"].where(table["pace"] > 0))
    cases = {
        OVER: table["share"] > OVER_SHARE,
        REACHED: table["share"] >= 1,
        SHORT: table["share"].lt(1) & (left == 0),
        ON_COURSE: table["forecast"] >= table["target"],
    }
    table["state"] = np.select(list(cases.values()), list(cases), default=BEHIND)
    result = table.drop(columns="recent")
    result.attrs["outside"] = len(seen) - int(table["done"].sum())
    return result


def _count(rows: pd.DataFrame, cells: list[str], name: str) -> pd.DataFrame:
    counted: pd.DataFrame = rows.groupby(cells, observed=True).size().rename(name).reset_index()
    return counted.astype(dict.fromkeys(cells, str))
