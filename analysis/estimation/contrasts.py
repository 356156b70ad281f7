"""Contrasts: differences between groups and between waves, with their covariance.

A domain is part of its city, and two waves share sampling points, so a difference is linearised as one estimate:
z = z_a - z_b. Treating the two sides as independent misstates the standard error by 5 to 40 %. No side is more precise
than the rate that is shown beside it: what its pooled variance (`pooled_deff`) exceeds that of the sample by is added.
Every row carries p-values (also Holm, Benjamini-Hochberg and Benjamini-Yekutieli over the rows of its item) and the
minimum detectable change: the difference that a comparison of this precision detects with a power of 80 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.design.cells import FloatArray
from analysis.design.domains import make_domains
from analysis.design.influence import Influence, stack
from analysis.estimation.disclosure.precision import FEW
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL, POWER, detectable, t_limits
from analysis.estimation.linear import Linear, means
from analysis.estimation.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm
from analysis.estimation.pooled_deff import pooled
from analysis.estimation.weighted_design import WeightedDesign
from survey.errors import ArgumentError, DesignError
from survey.study.settings import SUPPRESSION


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
class _Side:
    """One side of M differences; `certain` where the sample shows no variance, `added` to its variance [M]."""

    value: FloatArray
    influence: Influence
    n: FloatArray
    df: FloatArray
    certain: Any
    added: FloatArray


def against_whole(basis: WeightedDesign, comparison: Comparison) -> Estimates:
    """Estimate every domain minus the whole it belongs to (district minus city)."""
    linear = means(basis, comparison.items, by=comparison.by, where=comparison.where)
    whole = means(basis, comparison.items, where=comparison.where)
    side, other = (_side(one, basis, comparison) for one in (linear, whole))
    repeat = np.repeat(np.arange(len(whole.estimate)), len(linear.estimate) // len(whole.estimate))
    return _report(basis, linear.labels, (side, _pick(other, repeat)), comparison, "against_whole")


def against_rest(basis: WeightedDesign, comparison: Comparison) -> Estimates:
    """Estimate every domain minus all others together (group minus rest)."""
    linear = means(basis, comparison.items, by=comparison.by, where=comparison.where)
    both = (_side(linear, basis, comparison), _rest(basis, comparison, linear))
    return _report(basis, linear.labels, both, comparison, "against_rest")


def against_reference(basis: WeightedDesign, comparison: Comparison, reference: Any) -> Estimates:
    """Estimate every other domain minus one of them (age group minus the youngest, wave minus the first).

    Args:
        basis: cells with the by-column among their keys.
        comparison: items, where, and exactly one by-column.
        reference: the value of that column to compare with.

    Raises:
        ArgumentError: not exactly one by-column, or a value that no answer in the domain has.
    """
    if len(comparison.by) != 1:
        raise ArgumentError("与某一组比较时只能有一个分组列", got="、".join(comparison.by) or "没有分组列")
    linear = means(basis, comparison.items, by=comparison.by, where=comparison.where)
    groups = linear.labels[comparison.by[0]].tolist()
    size = len(groups) // len(linear.items)
    if reference not in groups:
        known = "、".join(map(repr, groups[:size]))
        raise ArgumentError("没有这个参照组", where=comparison.by[0], got=repr(reference), expected=known)
    at = groups.index(reference)
    others = np.flatnonzero(np.arange(len(groups)) % size != at)
    side = _side(linear, basis, comparison)
    both = (_pick(side, others), _pick(side, others - others % size + at))
    labels = linear.labels.iloc[others].reset_index(drop=True)
    return _report(basis, labels, both, comparison, "against_reference")


def between(basis: WeightedDesign, column: str, values: tuple[Any, Any], comparison: Comparison) -> Estimates:
    """Estimate the second value of a column minus the first, in every domain.

    Sampling points that occur on both sides contribute the covariance, as in two waves of one sample.

    Args:
        basis: cells of both sides.
        column: any key column: wave, mode, sex ...
        values: (first, second) values of `column`; the estimate is second minus first.
        comparison: items, by, where.
    """
    labels, before, after = _two(basis, values, comparison, column)
    return _report(basis, labels, (after, before), comparison, "between")


def change_against_whole(
    basis: WeightedDesign, waves: tuple[Any, Any], comparison: Comparison, *, column: str = "wave"
) -> Estimates:
    """Estimate the difference in differences: the change of a domain minus that of the whole."""
    labels, before, after = _two(basis, waves, comparison, column)
    _, old, new = _two(basis, waves, replace(comparison, by=()), column)
    repeat = np.repeat(np.arange(len(old.value)), len(before.value) // len(old.value))
    own = _minus(after, before)
    return _report(basis, labels, (own, _pick(_minus(new, old), repeat)), comparison, "change_against_whole")


def combine(basis: WeightedDesign, linear: Linear, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return linear combinations of estimates: values [M] and covariance [M, M] for weights [K, M]."""
    return linear.estimate @ weights, basis.design.covariance(linear.influence.combine(weights))


def quotient(basis: WeightedDesign, linear: Linear, top: int, bottom: int) -> tuple[float, float]:
    """Return the ratio of two estimates and its delta-method variance; NaN where the denominator is 0."""
    a, b = float(linear.estimate[top]), float(linear.estimate[bottom])
    if b == 0:
        return float("nan"), float("nan")
    weights = np.zeros((len(linear.estimate), 1))
    weights[top, 0] += 1 / b
    weights[bottom, 0] -= a / b**2
    return a / b, float(basis.design.covariance(linear.influence.combine(weights))[0, 0])


def _side(linear: Linear, basis: WeightedDesign, comparison: Comparison) -> _Side:
    """Return estimates as one side, with what p(1 - p)/n* of the rates exceeds the variance of the sample by."""
    n_pooled = pooled(linear, basis).n_eff
    inside = (linear.estimate > 0) & (linear.estimate < 1) & (not comparison.as_in_r)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(inside, linear.estimate, (linear.estimate * n_pooled + 0.5) / (n_pooled + 1))
        floor = share * (1 - share) / n_pooled
    certain = (linear.variance <= 0) | (linear.df <= 0)
    added = np.where(certain, floor, 0.0 if comparison.as_in_r else np.maximum(floor - linear.variance, 0.0))
    n, df = linear.n.astype(np.float64), linear.df.astype(np.float64)
    return _Side(linear.estimate, linear.influence, n, df, certain, added)


def _pick(side: _Side, at: Any) -> _Side:
    """Select columns of a side, -1 for a domain that nobody answered."""
    there = np.asarray(at) >= 0
    safe = np.where(there, at, 0)
    chosen = np.zeros((len(side.value), len(safe)))
    chosen[safe[there], np.flatnonzero(there)] = 1.0
    return _Side(
        np.where(there, side.value[safe], np.nan),
        side.influence.combine(chosen),
        np.where(there, side.n[safe], 0.0),
        np.where(there, side.df[safe], 0.0),
        there & side.certain[safe],
        np.where(there, side.added[safe], np.nan),
    )


def _minus(one: _Side, two: _Side) -> _Side:
    """Return a difference as a side."""
    size = len(one.value)
    signs = np.vstack([np.eye(size), -np.eye(size)])
    return _Side(
        one.value - two.value,
        stack([one.influence, two.influence]).combine(signs),
        np.minimum(one.n, two.n),
        np.minimum(one.df, two.df),
        one.certain | two.certain,
        one.added + two.added,
    )


def _two(
    basis: WeightedDesign, waves: tuple[Any, Any], comparison: Comparison, column: str
) -> tuple[pd.DataFrame, _Side, _Side]:
    """Return both waves of every domain that occurs in either."""
    sides = []
    for wave in waves:
        if wave not in set(basis.cells.codes(column)[1]):
            raise ArgumentError("没有这个轮次或取值", got=str(wave), where=column)
        linear = means(basis, comparison.items, by=comparison.by, where={**(comparison.where or {}), column: wave})
        sides.append((linear.labels, _side(linear, basis, comparison)))
    labels = make_domains(basis.cells, comparison.by, {**(comparison.where or {}), column: list(waves)}).labels
    names = list(dict.fromkeys(sides[0][0]["item"].tolist()))
    whole = pd.concat([labels.assign(item=name) for name in names], ignore_index=True)[["item", *comparison.by]]
    places = [_positions(whole, own) for own, _ in sides]
    before, after = (_pick(side, at) for (_, side), at in zip(sides, places, strict=True))
    return whole, before, after


def _positions(whole: pd.DataFrame, own: pd.DataFrame) -> Any:
    known = {row: at for at, row in enumerate(own.itertuples(index=False, name=None))}
    return np.array([known.get(row, -1) for row in whole.itertuples(index=False, name=None)], dtype=np.int64)


def _rest(basis: WeightedDesign, comparison: Comparison, linear: Linear) -> _Side:
    """Return all other domains of each item together: p_rest = (Y - Y_d) / (W - W_d)."""
    cells = basis.cells
    domains = make_domains(cells, comparison.by, comparison.where)
    if len(domains) < 2:
        raise DesignError("只有一个组，没有其余部分可以比较", where="、".join(comparison.by))
    whole = means(basis, comparison.items, where=comparison.where)
    inside = domains.code >= 0
    parts, values = [], []
    for name in linear.items:
        at = cells.index(name)
        up, down = basis.final(cells.wy[at]) * inside, basis.final(cells.wo[at]) * inside
        size = down.sum() - domains.sums(down)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = (up.sum() - domains.sums(up)) / size
            right = np.vstack([-1 / size, value / size])
        cell = np.flatnonzero(inside)
        code = domains.code[cell]
        entry = -(up[cell] - value[code] * down[cell]) / size[code]
        part = Influence(cell, code, entry, (len(cells), len(domains)))
        parts.append(part.less(np.column_stack([up, down]), right))
        values.append(value)
    repeat = np.repeat(np.arange(len(whole.estimate)), len(domains))
    influence = basis.weights.residual(stack(parts))
    n = (whole.n[repeat] - linear.n).astype(np.float64)
    nearly = _pick(_side(whole, basis, comparison), repeat)
    added = np.where(nearly.certain, 0.0, nearly.added)
    return _Side(np.concatenate(values), influence, n, nearly.df, np.zeros(len(n), dtype=bool), added)


def _report(
    basis: WeightedDesign, labels: pd.DataFrame, sides: tuple[_Side, _Side], comparison: Comparison, kind: str
) -> Estimates:
    """Tabulate the differences first minus second."""
    one, two = sides
    both = _minus(one, two)
    variance = basis.design.variance(both.influence) + both.added
    answered = np.isfinite(both.value)
    error = np.where(answered, np.sqrt(variance), np.nan)
    df = np.maximum(one.df, 1.0)
    low, high = t_limits(both.value, error, df, comparison.level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.stdtr(df, -np.abs(both.value) / error)
    table = labels.copy()
    measures = {item.name: getattr(item, "measure", "") for item in basis.cells.items}
    table.insert(1, "measure", table["item"].map(measures).fillna(""))
    n = np.minimum(one.n, two.n).astype(np.int64)
    table = table.assign(
        n=n,
        n_eff=np.nan,
        estimate=both.value,
        std_error=error,
        df=df.astype(np.int64),
        conf_low=np.clip(low, -1.0, 1.0),
        conf_high=np.clip(high, -1.0, 1.0),
        deff=np.nan,
        flag=_flags(n, answered, both.certain, comparison.suppression),
        rate=one.value,
        reference=two.value,
        p_value=p_value,
        **_adjusted(table["item"], p_value),
        detectable=detectable(error, df, comparison.level),
    )
    meta = {"contrast": kind, "by": tuple(comparison.by), "where": dict(comparison.where or {})}
    return Estimates(table, {**meta, "level": comparison.level, "power": POWER, "weighting": basis.weights.label})


def _adjusted(item: pd.Series[Any], p_value: FloatArray) -> dict[str, FloatArray]:
    """Return the adjusted p-values within each item."""
    codes, names = pd.factorize(item)
    methods = {"p_holm": holm, "p_bh": benjamini_hochberg, "p_by": benjamini_yekutieli}
    adjusted = {name: np.full_like(p_value, np.nan) for name in methods}
    for number in range(len(names)):
        own = codes == number
        for name, method in methods.items():
            adjusted[name][own] = method(p_value[own])
    return adjusted


def _flags(n: Any, answered: Any, unanimous: Any, suppression: int) -> Any:
    cases = [~answered, n < suppression, n < FEW, unanimous]
    return np.select(cases, ["empty", "suppressed", "few", "unanimous"], default="").astype(object)
