"""The verdict of every area and rate of one wave, from the sample to a table that may be shown.

Direct estimates, suppression of small cells, targets and the model of `analysis.areas.weak`, in that order: answers
that may not be shown are in no model. Most calls judge districts against targets, so the modules
that only streets and comparisons need are imported inside functions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.areas.against_target import targets_of
from analysis.areas.weak import weak_areas
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.linear import means
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate
from survey.study.settings import FALSE_CALLS

if TYPE_CHECKING:
    from analysis.areas.streets import StreetModel


def area_verdicts(  # noqa: PLR0913  one call for every kind of area; each argument is one decision
    sample: Sample,
    rates: Sequence[Rate],
    targets: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    by: str = "district",
    margin: float | None = None,
    q: float = FALSE_CALLS,
    red: Collection[str] = (),
    frame: pd.DataFrame | None = None,
    earlier: Mapping[str, Any] | None = None,
    known: Estimates | None = None,
) -> Estimates:
    """Judge every area for every rate: streets by the model of `analysis.areas.streets`, others by that of `weak`.

    Args:
        sample: a probability sample.
        rates: the rates to judge.
        targets: the study's table (percent).
        where: the domain, the wave included.
        by: the area column.
        margin: compare areas with "city minus margin" (a share) instead of the targets.
        q: accepted probability of a false call.
        red: areas with a red light; like hidden areas and areas without answers, they are in no verdict and no model.
        frame: `analysis.design.labels.unique_names(areas)`: the district of a street decides its target, and streets
            are nested in districts. Without it, and with fewer than three streets, streets are judged like districts.
        earlier: the domain in the wave before, for the model of streets.
        known: the estimates of these rates by these areas in this domain, before suppression, where they are made
            already.

    Returns:
        The table of `weak_areas` with `label`, small cells suppressed. The meta holds `absent`, the areas without
        answers, and `margin`.

    Raises:
        DesignError: self-selected answers, which support no verdict.
    """
    if sample.opt_in:
        raise DesignError(
            "网络自填是参与者意见，不能判断区域是否薄弱", got="网络自填", cure="在上方“调查方式”里换成入户或电话"
        )
    named = {rate.name: rate for rate in rates}
    found = protect(sample.rates(item=list(named), by=(by,), where=where) if known is None else known)
    if margin is not None:
        judged = _below_city(sample, found, where, margin, q, red)
    else:
        lines = targets_of(_in_districts(found.table, by, frame), targets, named)
        nested = None
        if by == "street" and frame is not None:
            from analysis.areas.streets import street_models

            fitted = street_models(sample, rates, frame, where, earlier=earlier, red=red, known=found)
            nested = _by_streets(found.table, lines, fitted)
        judged = weak_areas(found, lines, q=q, red=red, other=nested)
    table = judged.table.assign(label=[named[str(item)].label for item in judged.table["item"]])
    seen = set(table[by].astype(str))
    absent = tuple(str(name) for name in sample.cells.codes(by)[1] if str(name) not in seen)
    return Estimates(table, {**judged.meta, "absent": absent, "margin": margin})


def _in_districts(table: pd.DataFrame, by: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """Return the table with the district of each area, which may have a target of its own."""
    if frame is None or "district" in table or by not in frame:
        return table
    of = frame.drop_duplicates(by).set_index(by)["district"]
    return table.assign(district=table[by].astype(str).map(of).fillna(""))


def _by_streets(table: pd.DataFrame, lines: pd.Series, fitted: Mapping[str, StreetModel | None]) -> pd.DataFrame | None:
    """Return P and estimate of every street of every rate that has a model; None where no rate has one."""
    parts = []
    for item, rows in table.groupby("item", sort=False, observed=True):
        if (model := fitted[str(item)]) is not None:
            names = rows["street"].astype(str).tolist()
            parts.append(model.judged(names, lines.loc[rows.index].to_numpy(float)).set_index(rows.index))
    return pd.concat(parts) if parts else None


def _below_city(
    sample: Sample, found: Estimates, where: Mapping[str, Any], margin: float, q: float, red: Collection[str]
) -> Estimates:
    """Judge areas against the city minus a margin.

    The city holds the area, and the variance of their difference includes their covariance: the model takes the
    effective size of the difference, n* times the ratio of the area's variance to that of the difference, both of the
    sample: n* holds what the pooled variance adds.
    """
    from analysis.estimation.contrasts import Comparison, against_whole

    if not 0 <= margin < 1:
        raise DesignError("“有意义的差距”应在 0 与 100 个百分点之间", got=f"{100 * margin:g}")
    items, by = list(dict.fromkeys(found.table["item"].astype(str))), found.by[0]
    apart = against_whole(sample.basis, Comparison(items, (by,), dict(where), as_in_r=True)).table
    alone = means(sample.basis, items, by=(by,), where=where)
    keys = ["item", by]
    both = apart.merge(alone.labels.assign(variance=alone.variance), on=keys)[
        [*keys, "reference", "std_error", "variance"]
    ]
    rows = found.table[keys].astype(str).merge(both.astype(dict.fromkeys(keys, str)), on=keys, how="left")
    own, error = rows["variance"].to_numpy(float), rows["std_error"].to_numpy(float)
    usable = (own > 0) & (error > 0)
    size = found.table["n_pooled"] * np.where(usable, own / np.where(usable, error, 1.0) ** 2, 1.0)
    lines = (rows["reference"].astype(float) - margin).clip(lower=0.0).set_axis(found.table.index)
    judged = weak_areas(Estimates(found.table.assign(n_pooled=size), found.meta), lines, q=q, red=red)
    return Estimates(judged.table.assign(n_pooled=found.table["n_pooled"]), judged.meta)
