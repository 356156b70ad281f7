"""Standings: the verdict of every area and rate of one wave, from the sample to a table that may be shown.

Direct estimates, targets, the model of `analysis.areas.weak` and the suppression of small cells, in that order: the
verdict uses every answer, the table shows only what may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.areas.against_target import targets_of
from analysis.areas.weak import FALSE_DISCOVERY, Standing, weak_areas
from analysis.estimation.disclosure.suppression import HIDDEN, protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate

KEPT = ("more", "line")


def standings(
    sample: Sample,
    rates: Sequence[Rate],
    targets: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    by: str = "district",
    margin: float | None = None,
    q: float = FALSE_DISCOVERY,
) -> Estimates:
    """Judge every area for every rate.

    Args:
        sample: a probability sample.
        rates: the rates to judge.
        targets: the study's table (percent).
        where: the domain, the wave included.
        by: the area column.
        margin: compare areas with "city minus margin" (a share) instead of the targets.
        q: accepted share of false calls among those called weak.

    Returns:
        The table of `weak_areas` with `label`; rows that must not be shown are blanked and get 样本不足. The meta
        holds `absent`, the areas without answers, and `margin`.

    Raises:
        DesignError: self-selected answers, which support no verdict.
    """
    if sample.opt_in:
        raise DesignError(
            "网络自填是参与者意见，不能判断区域是否薄弱", got="网络自填", cure="在上方“调查方式”里换成入户或电话"
        )
    known = {rate.name: rate for rate in rates}
    found = sample.rates(item=list(known), by=(by,), where=where)
    lines = _lines(sample, found, known, (targets, where, margin))
    judged = weak_areas(found, lines, q=q)
    shown = protect(judged)
    table = shown.to_pandas()
    for name in KEPT:
        table[name] = judged.table[name].to_numpy()
    hidden = table["flag"].isin((*HIDDEN, "empty"))
    table.loc[hidden & table["line"].notna(), "standing"] = str(Standing.UNCLEAR)
    table["label"] = [known[str(item)].label for item in table["item"]]
    seen = set(table[by].astype(str))
    absent = tuple(str(name) for name in sample.cells.codes(by)[1] if str(name) not in seen)
    return Estimates(table, {**shown.meta, "absent": absent, "margin": margin})


def _lines(
    sample: Sample,
    found: Estimates,
    known: Mapping[str, Rate],
    against: tuple[pd.DataFrame, Mapping[str, Any], float | None],
) -> pd.Series:
    targets, where, margin = against
    if margin is None:
        return targets_of(found.table, targets, known)
    if not 0 <= margin < 1:
        raise DesignError("“有意义的差距”应在 0 与 100 个百分点之间", got=f"{100 * margin:g}")
    city = sample.rates(item=list(known), where=where).table.set_index("item")["estimate"]
    return (found.table["item"].map(city).astype(float) - margin).clip(lower=0.0)
