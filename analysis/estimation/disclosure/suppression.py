"""Disclosure control: no small cell is published or can be obtained by subtraction (rule R-04).

Primary suppression hides a cell with fewer answers than the threshold. As the only hidden cell of a row or column
whose total is shown elsewhere, it could be computed; so complementary suppression hides the next smallest too, along
every by-column, until every line that hides anything hides at least two cells and `threshold` answers.
Source: Hundepool et al. 2012, Statistical Disclosure Control, 4.2 to 4.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import IntArray
from analysis.estimation.estimates import Estimates
from survey.study.settings import SUPPRESSION

HIDDEN = ("suppressed", "secondary_suppression")
KEPT = ("item", "measure", "flag", "notes", "target", "level")
"""Columns that remain readable in a hidden row, besides the by-columns."""


def hidden_cells(n: IntArray, by: pd.DataFrame, threshold: int = SUPPRESSION) -> tuple[Any, Any]:
    """Return which cells of one table are hidden.

    Args:
        n: [K] answers of each cell; 0 is never hidden.
        by: [K] rows, the columns along which totals are known (also the grand total).
        threshold: fewest answers shown.

    Returns:
        (primary [K], complementary [K]) masks.
    """
    primary = (n > 0) & (n < threshold)
    hidden = primary.copy()
    lines = _lines(by)
    changed = bool(hidden.any())
    while changed:
        changed = False
        for line in lines:
            extra = smallest_further(n[line], hidden[line], threshold)
            if extra.any():
                hidden[line[extra]] = True
                changed = True
    return primary, hidden & ~primary


def _lines(by: pd.DataFrame) -> list[npt.NDArray[np.intp]]:
    """Return the rows that add up to a total someone may know: all columns but one fixed."""
    if not len(by.columns):
        return []
    lines = []
    for name in by.columns:
        others = [other for other in by.columns if other != name]
        if others:
            lines += [np.asarray(rows) for rows in by.groupby(others, observed=True, sort=False).indices.values()]
        else:
            lines.append(np.arange(len(by)))
    return lines


def smallest_further(n: IntArray, hidden: npt.NDArray[np.bool_], threshold: int) -> npt.NDArray[np.bool_]:
    """Return further cells of a line to hide, the smallest first, so that two and `threshold` answers are hidden."""
    extra = np.zeros(len(n), dtype=bool)
    if not hidden.any():
        return extra
    open_cells = np.flatnonzero(~hidden & (n > 0))
    order = open_cells[np.argsort(n[open_cells], kind="stable")]
    count, answers = int(hidden.sum()), int(n[hidden].sum())
    for at in order:
        if count >= 2 and answers >= threshold:
            break
        extra[at] = True
        count, answers = count + 1, answers + int(n[at])
    return extra


def protect(estimates: Estimates, threshold: int | None = None, *, along: Sequence[str] | None = None) -> Estimates:
    """Blank what must not be shown: numbers become missing, the flag gives the reason.

    Args:
        estimates: any table of the common shape.
        threshold: fewest answers shown; that of the estimates' own `suppression` when None.
        along: by-columns along which cells add up to a known total; all when None. The others, such as the options
            of a multiple choice, split the table into tables of their own.

    Returns:
        A table of the same rows; in hidden ones every number, also n, is missing.
    """
    limit = int(estimates.meta.get("suppression", SUPPRESSION)) if threshold is None else threshold
    table = estimates.table
    names = list(estimates.by if along is None else along)
    flag = table["flag"].to_numpy(dtype=object).copy()
    counts = table["n"].to_numpy(dtype=np.int64)
    apart = ["item", *(name for name in estimates.by if name not in names)]
    few = (counts > 0) & (counts < limit)
    for rows in table.groupby(apart, sort=False, observed=True, dropna=False).indices.values() if few.any() else ():
        if not few[rows].any():
            continue
        primary, second = hidden_cells(counts[rows], table.iloc[rows][names], limit)
        flag[rows[primary]] = "suppressed"
        flag[rows[second]] = "secondary_suppression"
    concealed = np.isin(flag, HIDDEN)
    meta = {**estimates.meta, "suppression": limit, "hidden": int(concealed.sum())}
    return Estimates(_blanked(table.assign(flag=flag), concealed, estimates.by), meta)


def unmarked(estimates: Estimates) -> Estimates:
    """Return the table with one flag for all hidden rows: "too few" and "hidden with it" would bound the numbers.

    Two hidden cells that hold 11 answers together, of which only one has fewer than 10, hold 1 and 10.
    """
    flags = estimates.table["flag"].to_numpy(dtype=object)
    table = estimates.table.assign(flag=np.where(np.isin(flags, HIDDEN), HIDDEN[1], flags))
    if "notes" in table:
        table["notes"] = np.where(table["flag"] == HIDDEN[1], HIDDEN[1], table["notes"].to_numpy(dtype=object))
    return Estimates(table, estimates.meta)


def conceal(estimates: Estimates, extra: npt.NDArray[np.bool_]) -> Estimates:
    """Blank further rows, because another table hides them: two tables must not reveal what one of them hides."""
    table = estimates.table.copy()
    table["flag"] = np.where(extra, HIDDEN[1], table["flag"].to_numpy(dtype=object))
    concealed = np.isin(table["flag"].to_numpy(dtype=object), HIDDEN)
    return Estimates(_blanked(table, concealed, estimates.by), {**estimates.meta, "hidden": int(concealed.sum())})


def _blanked(table: pd.DataFrame, concealed: npt.NDArray[np.bool_], by: Sequence[str]) -> pd.DataFrame:
    """Return the table with every number of the concealed rows missing."""
    some, blank = bool(concealed.any()), dict[Any, Any](table.items())
    for name, column in table.items():
        if name in KEPT or name in by or not pd.api.types.is_numeric_dtype(column):
            continue
        if column.dtype == np.float64:  # the usual kinds, without the conversions that pandas makes one by one
            blank[name] = np.where(concealed, np.nan, column.to_numpy()) if some else column
        elif column.dtype == np.int64:
            blank[name] = pd.arrays.IntegerArray(column.to_numpy(copy=True), concealed.copy())
        else:
            numbers = column.astype("Int64" if pd.api.types.is_integer_dtype(column) else "float64")
            blank[name] = numbers.mask(concealed) if some else numbers
    table = pd.DataFrame(blank, index=table.index)  # at once: to assign a column takes longer than to make it
    if "notes" in table and some:
        table.loc[concealed, "notes"] = table["flag"].to_numpy(dtype=object)[concealed]
    return table


def report(estimates: Estimates) -> str:
    """Return one Chinese sentence on what `protect` hid; "" when nothing was."""
    flags = estimates.table["flag"]
    first, second = int((flags == "suppressed").sum()), int((flags == "secondary_suppression").sum())
    if not first + second:
        return ""
    limit = estimates.meta.get("suppression", SUPPRESSION)
    if not first:
        return f"{second} 组为保护不足 {limit} 人的小群体而隐去"
    return f"{first} 组不足 {limit} 份答卷，未显示" + (f"；另有 {second} 组为防止反推一并隐去" if second else "")
