"""Quota: how many interviews each cell of the plan has, and how many it will have by the end at the present pace."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from survey.errors import ReadError

PLAN = "quota.csv"
"""Name of the plan inside a study folder: wave, one or more columns of the cell, target."""
REACHED, ON_COURSE, BEHIND, SHORT, OVER = "已完成", "按进度可完成", "按进度完不成", "期满未完成", "超出较多"
OVER_SHARE = 1.2
"""More than this share of the target is pointed out: a cell that is overfull costs and weighs less."""


def read_plan(path: Path, wave: str) -> pd.DataFrame:
    """The cells of a wave and their targets.

    Raises:
        ReadError: no such file, no column of a cell, a target that is no whole number above 0, or a cell twice.
    """
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ReadError("配额表读不出来", where=str(path), got=str(error), cure="另存为 UTF-8 的 CSV") from error
    cells = [name for name in table.columns if name not in ("wave", "target")]
    if not {"wave", "target"} <= set(table.columns) or not cells:
        raise ReadError("配额表缺少列", where=path.name, expected="wave、target，以及至少一个分组列，例如 district")
    numbers = pd.to_numeric(table["target"], errors="coerce")
    if (wrong := ~((numbers >= 1) & (numbers % 1 == 0))).any():
        at = int(np.flatnonzero(wrong)[0])
        raise ReadError("配额不是正整数", where=f"{path.name} 第 {at + 2} 行", got=table["target"][at])
    if (twice := table.duplicated(["wave", *cells])).any():
        raise ReadError("同一格配额写了两次", where=f"{path.name} 第 {int(np.flatnonzero(twice)[0]) + 2} 行")
    plan: pd.DataFrame = table.assign(target=numbers.astype("int64"))[table["wave"] == wave]
    return plan[[*cells, "target"]].reset_index(drop=True)


def progress(plan: pd.DataFrame, done: pd.DataFrame, *, start: date, end: date, today: date) -> pd.DataFrame:
    """Progress of every cell.

    Args:
        plan: of `read_plan`.
        done: one row a response with the columns of the cells and `submitted`.
        start: first day of the fieldwork.
        end: last day.
        today: the day it is looked at; of the pace, the last 7 days count.

    Returns:
        The plan with done, share (of the target), today's pace (interviews a day), forecast (by the end), days (still
        needed at that pace; NaN when nothing moves) and state. Responses outside every cell are in `attrs["outside"]`.
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
