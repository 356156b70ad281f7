"""Contrasts: differences between groups and between waves, with their covariance.

A domain is part of its city, and two waves share sampling points: treating the two sides as independent misstates the
standard error by 5 to 40 %. `sides` says how a difference is estimated and what its table holds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import make_domains
from analysis.design.influence import Influence, stack
from analysis.design.overlapping import Overlapping
from analysis.estimation.estimates import Estimates
from analysis.estimation.linear import Linear, means
from analysis.estimation.sides import Comparison, Side, minus, pick, side_of, tabulate_differences
from analysis.estimation.units.option_means import means_in_options
from analysis.estimation.units.rest import (
    rest_sizes,
    variance_between,
    variance_from_rest,
    variance_of_pairs,
    variance_of_sums,
)
from analysis.estimation.units.unit_means import PARTS
from analysis.estimation.weighted_design import WeightedDesign
from survey.errors import ArgumentError, DesignError

__all__ = [
    "Comparison",
    "against_each_other",
    "against_reference",
    "against_rest",
    "against_whole",
    "between",
    "between_options",
    "change_against_whole",
    "combine",
    "quotient",
    "sum_of_items",
]


def against_whole(basis: WeightedDesign, comparison: Comparison) -> Estimates:
    """Estimate every domain minus the whole it belongs to (district minus city)."""
    linear = means(basis, comparison.items, by=comparison.by, where=comparison.where)
    whole = means(basis, comparison.items, where=comparison.where)
    side, other = (side_of(one, basis, comparison) for one in (linear, whole))
    repeat = np.repeat(np.arange(len(whole.estimate)), len(linear.estimate) // len(whole.estimate))
    return tabulate_differences(basis, linear.labels, (side, pick(other, repeat)), comparison, "against_whole")


def against_rest(
    basis: WeightedDesign, comparison: Comparison, known: tuple[Linear, Linear] | None = None
) -> Estimates:
    """Estimate every domain minus all others together (group minus rest).

    Args:
        basis: cells, design, weights.
        comparison: items, by, where.
        known: means of the comparison in its domains and in all of them together, where they are made already.
    """
    linear = known[0] if known else means(basis, comparison.items, by=comparison.by, where=comparison.where)
    if len(linear.domains) < 2:
        raise DesignError("只有一个组，没有其余部分可以比较", where="、".join(comparison.by))
    whole = known[1] if known else means(basis, comparison.items, where=comparison.where)
    if PARTS in linear.cache:
        both = (_still(side_of(linear, basis, comparison)), _rest_of(basis, comparison, linear, whole))
        variance = variance_from_rest(linear)
        return tabulate_differences(basis, linear.labels, both, comparison, "against_rest", variance)
    both = (side_of(linear, basis, comparison), _rest(basis, comparison, linear, whole))
    return tabulate_differences(basis, linear.labels, both, comparison, "against_rest")


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
    side = side_of(linear, basis, comparison)
    both = (pick(side, others), pick(side, others - others % size + at))
    labels = linear.labels.iloc[others].reset_index(drop=True)
    return tabulate_differences(basis, labels, both, comparison, "against_reference")


def against_each_other(basis: WeightedDesign, comparison: Comparison, known: Linear | None = None) -> Estimates:
    """Estimate every domain minus each later one: all pairs, as letters of a crosstab need them.

    Args:
        basis: cells with the by-columns among their keys.
        comparison: items, by, where.
        known: means of the comparison in its domains, where they are made already.

    Returns:
        Rows item-major, each pair once, in columns `one` and `other`: positions of its domains in the order of `means`.
        The p-values are adjusted over the pairs of an item.
    """
    linear = known or means(basis, comparison.items, by=comparison.by, where=comparison.where)
    size = len(linear.estimate) // len(linear.items)
    first, second = np.triu_indices(size, 1)
    start = np.repeat(np.arange(len(linear.items)) * size, len(first))
    one, other = np.tile(first, len(linear.items)), np.tile(second, len(linear.items))
    side = side_of(linear, basis, comparison)
    names = np.repeat(np.array(linear.items, dtype=object), len(first))
    labels = pd.DataFrame({"item": pd.Series(names, dtype=object), "one": one, "other": other})
    variance = _of_pairs(basis, linear, first, second)
    if variance is not None:
        side = _still(side)
    left, right = pick(side, start + one), pick(side, start + other)
    left = replace(left, df=np.minimum(left.df, right.df))  # those of the weaker side, whatever the order
    return tabulate_differences(basis, labels, (left, right), comparison, "against_each_other", variance)


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
    return tabulate_differences(basis, labels, (after, before), comparison, "between")


def between_options(basis: WeightedDesign, first: Linear, second: Overlapping, comparison: Comparison) -> Estimates:
    """Estimate those who chose each option minus those who did not.

    Args:
        basis: cells of both.
        first: means of the items of the comparison among those who chose each option.
        second: those who did not, in the same order.
        comparison: items; `by` and `where` are for captions.
    """
    both = (first, means_in_options(basis, second, first.items))
    one, two = (side_of(linear, basis, comparison) for linear in both)
    variance = variance_between(*both)
    return tabulate_differences(basis, first.labels, (_still(one), _still(two)), comparison, "between", variance)


def change_against_whole(
    basis: WeightedDesign, waves: tuple[Any, Any], comparison: Comparison, *, column: str = "wave"
) -> Estimates:
    """Estimate the difference in differences: the change of a domain minus that of the whole."""
    labels, before, after = _two(basis, waves, comparison, column)
    _, old, new = _two(basis, waves, replace(comparison, by=()), column)
    repeat = np.repeat(np.arange(len(old.value)), len(before.value) // len(old.value))
    own = minus(after, before)
    return tabulate_differences(basis, labels, (own, pick(minus(new, old), repeat)), comparison, "change_against_whole")


def combine(basis: WeightedDesign, linear: Linear, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return linear combinations of estimates: values [M] and covariance [M, M] for weights [K, M]."""
    return linear.estimate @ weights, basis.design.covariance(linear.influence.combine(weights))


def sum_of_items(basis: WeightedDesign, linear: Linear, codes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sum of code times mean over the items [I] in each domain, and its variance [D]."""
    size = len(linear.domains)
    if PARTS not in linear.cache:
        value, covariance = combine(basis, linear, np.kron(codes[:, None], np.eye(size)).astype(np.float64))
        return value, np.diag(covariance)
    variance = variance_of_sums(linear, codes)
    if isinstance(linear.domains, Overlapping):
        variance = variance[linear.domains.held]
    return codes @ linear.estimate.reshape(-1, size), variance


def quotient(basis: WeightedDesign, linear: Linear, top: int, bottom: int) -> tuple[float, float]:
    """Return the ratio of two estimates and its delta-method variance; NaN where the denominator is 0."""
    a, b = float(linear.estimate[top]), float(linear.estimate[bottom])
    if b == 0:
        return float("nan"), float("nan")
    weights = np.zeros((len(linear.estimate), 1))
    weights[top, 0] += 1 / b
    weights[bottom, 0] -= a / b**2
    return a / b, float(basis.design.covariance(linear.influence.combine(weights))[0, 0])


def _of_pairs(basis: WeightedDesign, linear: Linear, first: IntArray, second: IntArray) -> FloatArray | None:
    """Return the variances of the differences of all pairs of domains, item by item, from their covariances.

    None where the rule for lonely strata depends on the single estimate and defines no covariance.
    """
    if basis.design.domain_lonely:
        return None
    if PARTS in linear.cache:
        return variance_of_pairs(linear, first, second)
    size, found, influence = len(linear.domains), [], linear.cache.get("units", linear.influence)
    for start in range(0, len(linear.estimate), size):
        own = basis.design.covariance(influence.only(np.arange(start, start + size)))
        own = np.where(np.isfinite(own), own, 0.0)
        alone = np.diag(own)
        found.append(np.maximum(alone[first] + alone[second] - 2 * own[first, second], 0.0))
    return np.concatenate(found)


def _two(
    basis: WeightedDesign, waves: tuple[Any, Any], comparison: Comparison, column: str
) -> tuple[pd.DataFrame, Side, Side]:
    """Return both waves of every domain that occurs in either."""
    sides = []
    for wave in waves:
        if wave not in set(basis.cells.codes(column)[1]):
            raise ArgumentError("没有这个轮次或取值", got=str(wave), where=column)
        linear = means(basis, comparison.items, by=comparison.by, where={**(comparison.where or {}), column: wave})
        sides.append((linear.labels, side_of(linear, basis, comparison)))
    labels = make_domains(basis.cells, comparison.by, {**(comparison.where or {}), column: list(waves)}).labels
    names = list(dict.fromkeys(sides[0][0]["item"].tolist()))
    whole = pd.concat([labels.assign(item=name) for name in names], ignore_index=True)[["item", *comparison.by]]
    places = [_positions(whole, own) for own, _ in sides]
    before, after = (pick(side, at) for (_, side), at in zip(sides, places, strict=True))
    return whole, before, after


def _positions(whole: pd.DataFrame, own: pd.DataFrame) -> Any:
    known = {row: at for at, row in enumerate(own.itertuples(index=False, name=None))}
    return np.array([known.get(row, -1) for row in whole.itertuples(index=False, name=None)], dtype=np.int64)


def _rest(basis: WeightedDesign, comparison: Comparison, linear: Linear, whole: Linear) -> Side:
    """Return all other domains of each item together: p_rest = (Y - Y_d) / (W - W_d)."""
    cells = basis.cells
    domains = make_domains(cells, comparison.by, comparison.where)
    inside = domains.code >= 0
    cell = np.flatnonzero(inside)
    code = domains.code[cell]
    parts, values = [], []
    for name in linear.items:
        at = cells.index(name)
        up, down = basis.final(cells.wy[at]) * inside, basis.final(cells.wo[at]) * inside
        size = down.sum() - domains.sums(down)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = (up.sum() - domains.sums(up)) / size
            right = np.vstack([-1 / size, value / size])
        entry = -(up[cell] - value[code] * down[cell]) / size[code]
        part = Influence(cell, code, entry, (len(cells), len(domains)))
        parts.append(part.less(np.column_stack([up, down]), right))
        values.append(value)
    near = side_of(whole, basis, comparison)
    return _near(near, linear, whole, np.concatenate(values), basis.weights.residual(stack(parts)))


def _rest_of(basis: WeightedDesign, comparison: Comparison, linear: Linear, whole: Linear) -> Side:
    """Return what `_rest` does, from means by unit and without an influence."""
    near = side_of(whole, basis, comparison)
    return _near(near, linear, whole, rest_sizes(linear)[0], linear.influence.blank())


def _near(near: Side, linear: Linear, whole: Linear, value: FloatArray, influence: Influence) -> Side:
    """Return the rest of each domain as a side, its precision that of the whole, given the whole as a side."""
    repeat = np.repeat(np.arange(len(whole.estimate)), len(linear.domains))
    n = (whole.n[repeat] - linear.n).astype(np.float64)
    added = np.where(near.certain, 0.0, near.added)[repeat]
    n_eff = near.n_eff[repeat] * n / np.maximum(whole.n[repeat], 1)
    return Side(value, influence, n, near.df[repeat], np.zeros(len(n), dtype=bool), added, n_eff)


def _still(side: Side) -> Side:
    """Return a side without its influence, where the variance of the difference is known."""
    return replace(side, influence=side.influence.blank())
