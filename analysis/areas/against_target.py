"""Estimates against targets: which target an estimate has, and whether its interval lies below or above it.

An interval that holds the target leaves the verdict unclear. In the same way intervals decide which rows tie with the
lowest, and whether the problem of an item is that people do not know it or that they are unhappy with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.areas.ranking import rank
from analysis.estimation.disclosure import suppression
from analysis.estimation.intervals import LEVEL
from survey.instrument.measure import MEASURES
from survey.instrument.rate import Rate

HIDDEN = (*suppression.HIDDEN, "empty")
"""Flags of rows without a visible number."""


class TargetVerdict(StrEnum):
    """The position of an interval relative to its target."""

    BELOW = "below"
    UNCLEAR = "unclear"
    ABOVE = "above"
    OPINION = "opinion"
    NO_TARGET = "no_target"
    HIDDEN = "hidden"


LABELS: Mapping[str, str] = {
    TargetVerdict.BELOW: "低于目标",
    TargetVerdict.UNCLEAR: "与目标无显著差别",
    TargetVerdict.ABOVE: "高于目标",
    TargetVerdict.OPINION: "参与者意见，不作判断",
    TargetVerdict.NO_TARGET: "没有目标",
    TargetVerdict.HIDDEN: "样本不足，不显示",
}


def judge(table: pd.DataFrame, targets: pd.Series | float) -> pd.DataFrame:
    """Add `target`, `gap` and `verdict` to estimates.

    The verdict depends on the interval, never on the point estimate: BELOW when the whole interval lies below the
    target, ABOVE when it lies above it, UNCLEAR when it holds the target. A suppressed estimate has no verdict, nor
    has one from self-selected people (OPINION), whatever its interval.

    Args:
        table: rows of an `Estimates.table` (shares in [0, 1]).
        targets: one target, or one per row (same index); missing where there is none.

    Returns:
        A copy of the table with three more columns; `gap` = estimate - target.
    """
    judged = table.copy()
    judged["target"] = np.asarray(targets, dtype=float) if np.ndim(targets) else float(np.asarray(targets))
    judged["gap"] = judged["estimate"] - judged["target"]
    low, high, target = judged["conf_low"], judged["conf_high"], judged["target"]
    rules = {
        TargetVerdict.HIDDEN: judged["flag"].isin(HIDDEN) | judged["estimate"].isna(),
        TargetVerdict.OPINION: judged["flag"].eq("opt_in") | low.isna() | high.isna(),
        TargetVerdict.NO_TARGET: target.isna(),
        TargetVerdict.BELOW: high < target,
        TargetVerdict.ABOVE: low > target,
    }
    judged["verdict"] = np.select(
        list(rules.values()), [str(name) for name in rules], default=str(TargetVerdict.UNCLEAR)
    )
    return judged


def tied_with_lowest(table: pd.DataFrame, level: float = LEVEL) -> pd.Series:
    """Return which rows cannot be separated from the lowest estimate, as a boolean column.

    The comparisons hold jointly at this confidence (see `analysis.areas.ranking.rank`). Hidden rows are never tied.
    """
    shown = table["estimate"].notna() & ~table["flag"].isin(HIDDEN)
    tied = shown.copy()
    if shown.sum() > 1:
        rows = table[shown]
        share = rows["estimate"].to_numpy(float)
        ranks = rank(share, rows["n_eff"].to_numpy(float), level=level)
        tied[shown] = ~ranks.lower[int(share.argmin())]
    return tied


def item_problem(unknown: pd.DataFrame, unhappy: pd.DataFrame) -> list[str]:
    """Return the problem of each item: "unknown" (people cannot judge) or "unhappy" (they judge it badly).

    "both" where the two intervals overlap, "hidden" where either is suppressed, "opinion" without intervals.
    """
    low, high = unknown["conf_low"].to_numpy(float), unknown["conf_high"].to_numpy(float)
    least, most = unhappy["conf_low"].to_numpy(float), unhappy["conf_high"].to_numpy(float)
    hidden = np.isnan(unknown["estimate"].to_numpy(float) + unhappy["estimate"].to_numpy(float))
    cases = {"hidden": hidden, "opinion": np.isnan(low + least), "unknown": low > most, "unhappy": high < least}
    return [str(name) for name in np.select(list(cases.values()), list(cases), default="both")]


def targets_of(table: pd.DataFrame, targets: pd.DataFrame, rates: Mapping[str, Rate]) -> pd.Series:
    """Return the target of each row, as a share; missing where there is none.

    The most specific one applies: item and district, item, headline and district, headline; that of the headline only
    where the measure lets its items inherit it.

    Args:
        table: rows with `item` and perhaps `district`.
        targets: the study's table (percent); see `survey.study.targets.read_targets`.
        rates: item -> its rate.
    """
    known = {
        (str(row["measure"]), str(row["item"]), str(row["district"])): float(row["target"]) / 100
        for row in targets.to_dict("records")
    }
    districts = table["district"].astype(str) if "district" in table else [""] * len(table)
    found = [_nearest(known, rates[str(item)], place) for item, place in zip(table["item"], districts, strict=True)]
    return pd.Series(found, index=table.index, dtype=float)


def _nearest(known: Mapping[tuple[str, str, str], float], rate: Rate, district: str) -> float:
    keys = [(rate.measure, rate.name, district), (rate.measure, rate.name, "")]
    if rate.overall or MEASURES[rate.measure].inherits_target:
        keys += [(rate.measure, "", district), (rate.measure, "", "")]
    return next((known[key] for key in keys if key in known), float("nan"))
