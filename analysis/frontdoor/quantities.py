"""Quantities: means, totals and ratios of numbers as `Estimates`, with t intervals. For rates see `rates`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from analysis.design.cells import FloatArray
from analysis.estimation.disclosure.precision import FEW
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL, check_level, t_limits
from analysis.estimation.linear import Linear
from analysis.estimation.weighted_design import WeightedDesign
from survey.study.settings import SUPPRESSION

Quantity = Literal["mean", "total", "ratio"]


def tabulate_quantities(
    linear: Linear,
    basis: WeightedDesign,
    quantity: Quantity,
    *,
    level: float = LEVEL,
    meta: Mapping[str, Any] | None = None,
) -> Estimates:
    """Tabulate estimates of numbers as `Estimates`.

    Args:
        linear: from `means`, `totals` or `ratio`.
        basis: the weighted design behind the estimates.
        quantity: mean, total or ratio; only a mean has a design effect.
        level: two-sided confidence level in (0, 1).
        meta: further entries of `Estimates.meta`.

    Returns:
        Estimates in the units of the answers. `deff` is that of the forms of R in `rates`: the variance over that of a
        simple random sample with replacement of the same size; `n_eff` = n / deff. Both are missing where the variance
        is 0; an n_eff above n has the flag "gain". The interval is estimate -+ t x std_error with `df` = sampling
        points minus strata that hold answers. Nobody answered: NaN, flag "empty".

    Raises:
        ArgumentError: a level outside (0, 1).
    """
    check_level(level)
    answered = linear.n > 0
    value = np.where(answered, linear.estimate, np.nan)
    error = np.where(answered, linear.std_error, np.nan)
    low, high = t_limits(value, error, linear.df, level)
    deff = _design_effect(linear, quantity)
    n_eff = linear.n / deff
    table = linear.labels.assign(
        n=linear.n,
        n_eff=n_eff,
        estimate=value,
        std_error=error,
        df=linear.df,
        conf_low=low,
        conf_high=high,
        deff=deff,
        flag=_flags(linear, n_eff),
    )
    table.insert(1, "measure", "")
    by = tuple(str(name) for name in linear.labels.columns if name != "item")
    described = {
        "quantity": quantity,
        "unit": "number",
        "by": by,
        "level": level,
        "interval_label": "t 区间",
        "weighting": basis.weights.label,
        "lonely": basis.design.lonely,
        "suppression": SUPPRESSION,
    }
    return Estimates(table, {**described, **(meta or {})})


def _design_effect(linear: Linear, quantity: Quantity) -> FloatArray:
    """Return the design effect of a mean; NaN for other quantities and where the variance is 0."""
    known = (linear.variance > 0) & (quantity == "mean")
    return np.where(known, linear.design_effect("plain"), np.nan)


def _flags(linear: Linear, n_eff: FloatArray) -> Any:
    gain = n_eff > linear.n * (1 + 1e-9)  # false where there is no effective size
    cases = [linear.n == 0, linear.n < SUPPRESSION, linear.n < FEW, linear.df <= 0, gain]
    return np.select(cases, ["empty", "suppressed", "few", "one_psu", "gain"], default="").astype(object)
