"""Estimates against targets: which target an estimate has, and the verdict of the city and of groups of people.

Intervals decide which rows tie with the lowest, and whether the problem of an item is that people do not know it or
that they are unhappy with it; neither is a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.areas.models.direct import direct_below
from analysis.areas.ranking import rank
from analysis.areas.verdict import SILENT, silence, with_verdict
from analysis.estimation.intervals import LEVEL
from survey.instrument.measure import MEASURES
from survey.instrument.rate import Rate
from survey.study.settings import FALSE_CALLS


def judge(
    table: pd.DataFrame, lines: pd.Series | float, q: float = FALSE_CALLS, *, below: pd.Series | None = None
) -> pd.DataFrame:
    """Judge the city, and groups of people, by their own answers alone.

    Args:
        table: rows of an `Estimates.table` from `rates`, suppressed (shares in [0, 1]).
        lines: one target, or one per row (same index); NaN where there is none.
        q: accepted probability of a false call.
        below: P of each row where it does not come from the row's own answers, such as that of a difference.

    Returns:
        A copy with `line`, `gap`, `prob_below`, `verdict` and `reason`, see `analysis.areas.verdict.with_verdict`.
    """
    line = np.broadcast_to(np.asarray(lines, dtype=float), (len(table),))
    own = (table[name].to_numpy(float, na_value=np.nan) for name in ("estimate", "n", "n_pooled", "df_pooled"))
    share, *sizes = own
    found = direct_below(share, (sizes[0], sizes[1], sizes[2]), line) if below is None else below.to_numpy(float)
    return with_verdict(table, found, line, silence(table), q)


def tied_with_lowest(table: pd.DataFrame, level: float = LEVEL) -> pd.Series:
    """Return which rows cannot be separated from the lowest estimate, as a boolean column.

    The comparisons hold jointly at this confidence (see `analysis.areas.ranking.rank`). Rows that must not be judged
    (`analysis.areas.verdict.SILENT`) are never tied.

    Args:
        table: from `judge` or `analysis.areas.weak.weak_areas`.
        level: joint confidence.
    """
    shown = ~table["reason"].isin(list(SILENT))
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
