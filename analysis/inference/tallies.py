"""Tallies: means, ratios, shares and totals of observations, with all their covariances.

Categories are codes, so the work grows with the rows, not with rows times categories; replicates need only the sums
of each sampling point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FloatArray, IntArray
from analysis.design.influence import Influence
from analysis.inference.observations import Observations
from survey.errors import DesignError


@dataclass(frozen=True, slots=True)
class Estimate:
    """Several estimates with their covariance.

    Attributes:
        values: (k,) estimates.
        covariance: (k, k).
        degrees: degrees of freedom.
    """

    values: FloatArray
    covariance: FloatArray
    degrees: int

    @property
    def errors(self) -> FloatArray:
        """The (k,) standard errors."""
        return np.sqrt(np.diag(self.covariance))


def ratios(obs: Observations, numerator: FloatArray, denominator: FloatArray) -> Estimate:
    """Estimate ratios of totals sum(w y) / sum(w x) by column; a mean has x = 1, a domain mean x = 1 inside.

    Args:
        obs: the observations.
        numerator: (n, k) or (n,) values y; must be finite in the domain.
        denominator: the same shape, values x.

    Raises:
        DesignError: a denominator whose total is zero.

    Source: Sarndal, Swensson & Wretman (1992), result 5.6.2.
    """
    y, x = _inside(obs, numerator), _inside(obs, denominator)
    weight = obs.weight
    values = _divided(weight @ y, weight @ x)
    if np.isnan(values).any():
        raise DesignError(
            "分母为零，无法计算比例",
            got=f"第 {int(np.flatnonzero(np.isnan(values))[0]) + 1} 组没有有效答卷",
            cure="合并或去掉该组",
        )
    if obs.replicates is not None:
        repeated = obs.replicate_totals(_dense_sums(obs, np.hstack([y, x])))
        size = y.shape[1]
        covariance = obs.replicates.combine(_divided(repeated[:, :size], repeated[:, size:]))
        return Estimate(values, covariance, obs.degrees)
    entry = (y - values * x) * (weight[:, None] / (weight @ x))
    return Estimate(values, obs.linearised(_dense_influence(obs, entry)), obs.degrees)


def totals(obs: Observations, values: FloatArray) -> Estimate:
    """Estimate weighted totals of (n, k) values over the domain; (n,) counts as one column."""
    table = _inside(obs, values)
    found = obs.weight @ table
    if obs.replicates is not None:
        covariance = obs.replicates.combine(obs.replicate_totals(_dense_sums(obs, table)))
        return Estimate(found, covariance, obs.degrees)
    return Estimate(found, obs.linearised(_dense_influence(obs, table * obs.weight[:, None])), obs.degrees)


def category_totals(obs: Observations, codes: IntArray, size: int) -> Estimate:
    """Estimate the weighted number of people in each of `size` categories; (n,) codes, -1 outside."""
    rows, weight = _held(obs, codes)
    found = np.asarray(np.bincount(codes[rows], weight, minlength=size), dtype=np.float64)
    if obs.replicates is not None:
        covariance = obs.replicates.combine(obs.replicate_totals(_sparse_sums(obs, rows, codes, size)))
        return Estimate(found, covariance, obs.degrees)
    raw = Influence(obs.cell[rows], codes[rows], weight, (len(obs.cells), size))
    return Estimate(found, obs.linearised(raw), obs.degrees)


def category_shares(obs: Observations, codes: IntArray, size: int) -> Estimate:
    """Estimate the weighted share of each of `size` categories among those with one; (n,) codes, -1 outside."""
    rows, weight = _held(obs, codes)
    found = np.asarray(np.bincount(codes[rows], weight, minlength=size), dtype=np.float64)
    whole = found.sum()
    shares = found / whole
    if obs.replicates is not None:
        repeated = obs.replicate_totals(_sparse_sums(obs, rows, codes, size))
        covariance = obs.replicates.combine(_divided(repeated, repeated.sum(axis=1, keepdims=True)))
        return Estimate(shares, covariance, obs.degrees)
    raw = Influence(obs.cell[rows], codes[rows], weight / whole, (len(obs.cells), size))
    by_cell = np.bincount(obs.cell[rows], weight / whole, minlength=len(obs.cells))
    return Estimate(shares, obs.linearised(raw.less(by_cell[:, None], shares[None, :])), obs.degrees)


def group_means(obs: Observations, values: FloatArray, groups: npt.ArrayLike) -> tuple[npt.NDArray[Any], Estimate]:
    """Estimate means of (n,) values by group with all covariances; leave out NaN and rows without a group.

    Returns:
        Sorted labels of the groups that hold answers, and their estimates.
    """
    codes, labels = label_codes(groups)
    inside = obs.within((codes >= 0) & ~np.isnan(values))
    codes, labels = held_codes(inside, codes, labels)
    rows, weight = _held(inside, codes)
    code, y, size = codes[rows], values[rows], len(labels)
    below = np.bincount(code, weight, minlength=size)
    means = np.bincount(code, weight * y, minlength=size) / below
    if obs.replicates is not None:
        up = inside.replicate_totals(_sparse_sums(inside, rows, codes, size, y))
        down = inside.replicate_totals(_sparse_sums(inside, rows, codes, size))
        return labels, Estimate(means, obs.replicates.combine(_divided(up, down)), inside.degrees)
    raw = Influence(inside.cell[rows], code, weight * (y - means[code]) / below[code], (len(obs.cells), size))
    return labels, Estimate(means, inside.linearised(raw), inside.degrees)


def label_codes(values: npt.ArrayLike) -> tuple[IntArray, npt.NDArray[Any]]:
    """Return the codes into sorted labels, -1 where missing."""
    codes, labels = pd.factorize(np.asarray(values), sort=True)
    return codes.astype(np.int64), np.asarray(labels)


def held_codes(obs: Observations, codes: IntArray, labels: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any]]:
    """Return codes and labels of the categories that someone in the domain has; other rows get -1."""
    rows, _ = _held(obs, codes)
    held = np.bincount(codes[rows], minlength=len(labels)) > 0
    rank = np.cumsum(held) - 1
    return np.where((codes >= 0) & held[codes], rank[codes], -1), labels[held]


def _held(obs: Observations, codes: IntArray) -> tuple[IntArray, FloatArray]:
    """Return the rows that count, and their weights."""
    weight = obs.weight
    rows = np.flatnonzero((codes >= 0) & (weight > 0))
    return rows, weight[rows]


def _inside(obs: Observations, values: FloatArray) -> FloatArray:
    table: FloatArray = np.where(obs.domain[:, None], values.reshape(len(obs.cell), -1), 0.0)
    return table


def _divided(up: FloatArray, down: FloatArray) -> FloatArray:
    """Return quotients, NaN where the denominator is 0."""
    below = np.broadcast_to(down, up.shape)
    result: FloatArray = np.divide(up, below, out=np.full(up.shape, np.nan), where=below != 0)
    return result


def _dense_sums(obs: Observations, table: FloatArray) -> FloatArray:
    columns = [np.bincount(obs.cell, obs.base * column, minlength=len(obs.cells)) for column in table.T]
    return np.column_stack(columns)


def _dense_influence(obs: Observations, entry: FloatArray) -> Influence:
    size = entry.shape[1]
    row, column = np.repeat(obs.cell, size), np.tile(np.arange(size, dtype=np.int64), len(obs.cell))
    flat = entry.reshape(-1)
    held = flat != 0
    return Influence(row[held], column[held], flat[held], (len(obs.cells), size))


def _sparse_sums(
    obs: Observations, rows: IntArray, codes: IntArray, size: int, values: FloatArray | float = 1.0
) -> Any:
    from scipy.sparse import coo_matrix

    entries = obs.base[rows] * values
    return coo_matrix((entries, (obs.cell[rows], codes[rows])), shape=(len(obs.cells), size)).tocsr()
