"""Sides of a difference: estimates with their influence, their difference as one estimate, and its table.

A difference is linearised as one estimate, z = z_a - z_b, so that it keeps the covariance of its sides. No side is more
precise than the rate that is shown beside it: what its pooled variance (`pooled_deff`) exceeds that of the sample by is
added. Every row carries p-values (also Holm, Benjamini-Hochberg and Benjamini-Yekutieli over the rows of its item) and
the minimum detectable change: the difference that a comparison of this precision detects with a power of 80 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.design.cells import FloatArray
from analysis.design.influence import Influence
from analysis.estimation.disclosure.precision import FEW
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL, POWER, detectable, t_limits
from analysis.estimation.linear import Linear
from analysis.estimation.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm
from analysis.estimation.pooled_deff import pooled
from analysis.estimation.weighted_design import WeightedDesign
from survey.study.settings import SUPPRESSION

METHODS = {"p_holm": holm, "p_bh": benjamini_hochberg, "p_by": benjamini_yekutieli}
ALIKE = 1e-9
"""Share of other answers that is only rounding."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Options common to all contrasts.

    Attributes:
        items: item names, all when None.
        by: key columns; one comparison per domain.
        where: the domain to which the comparison is restricted.
        level: confidence level of the two-sided interval.
        suppression: fewest answers shown on either side.
        as_in_r: the variance of the sample alone, as in R; it is raised on unanimous sides only.
    """

    items: Sequence[str] | None = None
    by: Sequence[str] = ()
    where: Mapping[str, Any] | None = None
    level: float = LEVEL
    suppression: int = SUPPRESSION
    as_in_r: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side of M differences.

    Attributes:
        value, influence, n, df: of each estimate.
        certain: [M] where the sample shows no variance.
        added: [M] to the variance of the sample.
        n_eff: [M] effective sample size of a rate; NaN for what is no rate, such as a change.
    """

    value: FloatArray
    influence: Influence
    n: FloatArray
    df: FloatArray
    certain: Any
    added: FloatArray
    n_eff: FloatArray

    @property
    def unanimous(self) -> Any:
        """Where all gave the same answer."""
        return (self.n_eff > 0) & ((self.value <= ALIKE) | (self.value >= 1 - ALIKE))


def side_of(linear: Linear, basis: WeightedDesign, comparison: Comparison) -> Side:
    """Return estimates as one side, with what p(1 - p)/n* of the rates exceeds the variance of the sample by."""
    n_pooled = pooled(linear, basis).n_eff
    inside = (linear.estimate > 0) & (linear.estimate < 1) & (not comparison.as_in_r)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(inside, linear.estimate, (linear.estimate * n_pooled + 0.5) / (n_pooled + 1))
        floor = share * (1 - share) / n_pooled
    certain = (linear.variance <= 0) | (linear.df <= 0)
    added = np.where(certain, floor, 0.0 if comparison.as_in_r else np.maximum(floor - linear.variance, 0.0))
    n, df = linear.n.astype(np.float64), linear.df.astype(np.float64)
    return Side(linear.estimate, linear.influence, n, df, certain, added, n_pooled)


def pick(side: Side, at: Any) -> Side:
    """Select columns of a side, -1 for a domain that nobody answered."""
    at = np.asarray(at, dtype=np.int64)
    there = at >= 0
    safe = np.where(there, at, 0)
    return Side(
        np.where(there, side.value[safe], np.nan),
        side.influence.take(at),
        np.where(there, side.n[safe], 0.0),
        np.where(there, side.df[safe], 0.0),
        there & side.certain[safe],
        np.where(there, side.added[safe], np.nan),
        np.where(there, side.n_eff[safe], np.nan),
    )


def minus(one: Side, two: Side) -> Side:
    """Return a difference as a side."""
    return Side(
        one.value - two.value,
        one.influence.minus(two.influence),
        np.minimum(one.n, two.n),
        np.minimum(one.df, two.df),
        one.certain | two.certain,
        one.added + two.added,
        np.full(len(one.value), np.nan),
    )


def _under_equality(one: Side, two: Side) -> FloatArray:
    """Return what the variance of unanimous sides, were both rates equal, exceeds the variance they have by [M].

    A rate of 0 or 1 says nothing of its own variance: 0 of 130 is no surprise where the others have 1 in 100. On such a
    side the variance is that of a score test, p(1 - p)/n* with p of both sides together (Mee 1984; Newcombe 1998,
    Statistics in Medicine 17:873, on the effective sizes of Rao & Scott 1992, Biometrics 48:577).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (one.value * one.n_eff + two.value * two.n_eff) / (one.n_eff + two.n_eff)
        excess = [
            np.where(side.unanimous, np.fmax(share * (1 - share) / side.n_eff - side.added, 0.0), 0.0)
            for side in (one, two)
        ]
    return np.asarray(excess[0] + excess[1])


def tabulate_differences(
    basis: WeightedDesign,
    labels: pd.DataFrame,
    sides: tuple[Side, Side],
    comparison: Comparison,
    kind: str,
    variance: FloatArray | None = None,
) -> Estimates:
    """Tabulate the differences first minus second.

    Args:
        basis: cells, design, weights.
        labels: one row per difference.
        sides: first and second.
        comparison: options.
        kind: name of the contrast.
        variance: [M] design variance of the differences where it is known; then the influences are not used.
    """
    one, two = sides
    value, df = one.value - two.value, np.maximum(one.df, 1.0)
    if variance is None:
        variance = basis.design.variance(one.influence.minus(two.influence))
    variance = variance + one.added + two.added + (0.0 if comparison.as_in_r else _under_equality(one, two))
    answered = np.isfinite(value)
    error = np.where(answered, np.sqrt(variance), np.nan)
    low, high = t_limits(value, error, df, comparison.level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.stdtr(df, -np.abs(value) / error)
    n = np.minimum(one.n, two.n).astype(np.int64)
    columns = {
        **_labelled(basis, labels),
        "n": n,
        "n_eff": np.full(len(n), np.nan),
        "estimate": value,
        "std_error": error,
        "df": df.astype(np.int64),
        "conf_low": np.clip(low, -1.0, 1.0),
        "conf_high": np.clip(high, -1.0, 1.0),
        "deff": np.full(len(n), np.nan),
        "flag": pd.Series(_flags(n, answered, one.certain | two.certain, comparison.suppression), index=labels.index),
        "rate": one.value,
        "reference": two.value,
        "p_value": p_value,
        **_adjusted(labels["item"], p_value),
        "detectable": detectable(error, df, comparison.level),
    }
    table = pd.DataFrame(columns, index=labels.index, copy=False)
    meta = {"contrast": kind, "by": tuple(comparison.by), "where": dict(comparison.where or {})}
    return Estimates(table, {**meta, "level": comparison.level, "power": POWER, "weighting": basis.weights.label})


def _labelled(basis: WeightedDesign, labels: pd.DataFrame) -> dict[str, Any]:
    """Return the item, its measure and the other labels."""
    measures = {item.name: getattr(item, "measure", "") for item in basis.cells.items}
    others = {str(name): labels[name] for name in labels if name != "item"}
    code, names = pd.factorize(labels["item"])  # a table of all pairs has thousands of rows of each item
    measure = pd.Series(names, dtype=object).map(measures).fillna("").take(code).set_axis(labels.index)
    return {"item": labels["item"], "measure": measure, **others}


def _adjusted(item: pd.Series[Any], p_value: FloatArray) -> dict[str, FloatArray]:
    """Return the adjusted p-values within each item."""
    code, names = pd.factorize(item)
    rows, size = np.argsort(code, kind="stable"), np.bincount(code, minlength=len(names))
    family = code[rows]
    place = np.arange(len(rows)) - (np.cumsum(size) - size)[family]
    families = np.full((len(names), size.max(initial=0)), np.nan)
    families[family, place] = p_value[rows]
    adjusted = {name: np.empty_like(p_value) for name in METHODS}
    for name, method in METHODS.items():
        adjusted[name][rows] = method(families)[family, place]
    return adjusted


def _flags(n: Any, answered: Any, unanimous: Any, suppression: int) -> Any:
    cases = [~answered, n < suppression, n < FEW, unanimous]
    return np.select(cases, ["empty", "suppressed", "few", "unanimous"], default="").astype(object)
