"""Observations: answers with weights and a design, the common ground of tests, models and replicates.

A row is a response, or the part of a cell that gave one answer; sums over rows are sums over responses either way.
Every estimator here has two faces: a statistic of the weights, which replicates recompute, and its influence on each
row, from which `Design` makes the linearised covariance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.cells import Cells, FloatArray, IntArray
from analysis.design import Design
from analysis.influence import Influence
from analysis.linear import ROUNDING
from analysis.replicates import Replicates
from analysis.weighting import Weights, base_weights
from survey.errors import DesignError

BoolArray = npt.NDArray[np.bool_]
Statistic = Callable[[FloatArray], FloatArray]
_Part = tuple[IntArray, IntArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Observations:
    """Rows of answers.

    Attributes:
        cells: the cells the rows come from.
        cell: (n,) cell of each row.
        responses: (n,) responses behind each row.
        base: (n,) base weight of each row (0: not a member).
        answer: (n,) answer to the item, NaN where there is none; all NaN when no item was named.
        design: how the cells were sampled.
        weights: factors on the base weights, with the calibrations the variance must keep.
        domain: (n,) rows the questions are about; the others still shape the variance.
        replicates: None for linearisation.
    """

    cells: Cells
    cell: IntArray
    responses: IntArray
    base: FloatArray
    answer: FloatArray
    design: Design
    weights: Weights
    domain: BoolArray
    replicates: Replicates | None = None

    @property
    def weight(self) -> FloatArray:
        """(n,) final weight, 0 outside the domain."""
        return np.where(self.domain, self.base * self.weights.factor[self.cell], 0.0)

    @property
    def count(self) -> int:
        """Responses in the domain."""
        return int(self.responses[self.domain & (self.base > 0)].sum())

    @property
    def degrees(self) -> int:
        """PSUs less strata that hold members of the domain; of the replicates where there are any."""
        if self.replicates is not None:
            return self.replicates.degrees
        held = np.unique(self.cell[self.domain & (self.base > 0)])
        psus, strata = self.design.domain_degrees(held, np.zeros(len(held), dtype=np.int64), 1)
        return int(psus[0] - strata[0])

    def key(self, name: str) -> npt.NDArray[Any]:
        """(n,) values of a key column of the cells."""
        return self.cells.column(name).to_numpy()[self.cell]

    def within(self, mask: npt.ArrayLike) -> Observations:
        """The same observations asked about fewer rows; the design stays whole.

        Raises:
            DesignError: no member is left.
        """
        domain = self.domain & np.asarray(mask, dtype=np.bool_)
        if not (domain & (self.base > 0)).any():
            raise DesignError("所选范围内没有有效答卷", expected="至少 1 份", cure="放宽筛选条件")
        return replace(self, domain=domain)

    def covariance(self, influence: FloatArray, statistic: Statistic) -> FloatArray:
        """Covariance [k, k] of an estimator.

        Args:
            influence: (n, k) derivative of each estimate with respect to the weight of each row.
            statistic: the estimator as a function of (n,) weights, for replicates.
        """
        if self.replicates is not None:
            return self.replicates.combine(self.replicated(statistic))
        weighted = influence * self.weight[:, None]
        raw = _as_influence(self.cell, weighted, len(self.cells))
        result = self.design.covariance(self.weights.residual(raw))
        # A total that the margins fix has variance zero; what is left of it is rounding.
        size = np.bincount(raw.column, weights=raw.value**2, minlength=raw.shape[1])
        known = np.diag(result) <= ROUNDING * size
        result[known, :] = 0.0
        result[:, known] = 0.0
        return result

    def replicated(self, statistic: Statistic) -> FloatArray:
        """[R, k] the statistic under the weights of every replicate."""
        if self.replicates is None:
            raise DesignError("没有重复权重", cure="先用 jackknife、brr 或 bootstrap 生成")
        base = np.where(self.domain, self.base, 0.0)
        return np.array(
            [
                np.atleast_1d(statistic(base * self.replicates.multiplier(number)[self.cell]))
                for number in range(self.replicates.size)
            ]
        )


def observe(
    cells: Cells,
    design: Design,
    *,
    item: str | None = None,
    weights: Weights | None = None,
    replicates: Replicates | None = None,
) -> Observations:
    """Rows of a cell table: one a cell, or with an item one for each answer 0 and 1 of a cell.

    Args:
        cells: sums by cell; cells of single responses may hold any number as answer.
        design: the design made from these cells.
        item: item whose answers are wanted in `answer`; those without one have NaN.
        weights: calibrated weights; the base weights when None.
        replicates: replicates made from these cells.

    Raises:
        DesignError: an item that is not 0/1 on cells of several responses.
    """
    chosen = weights or base_weights(cells)
    every = np.arange(len(cells), dtype=np.int64)
    if item is None:
        parts = [(every, cells.n, cells.weight, np.full(len(cells), np.nan))]
    else:
        parts = _answers(cells, cells.index(item), every)
    cell, responses, base, answer = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Observations(cells, cell, responses, base, answer, design, chosen, base > 0, replicates)


def _answers(cells: Cells, at: int, every: IntArray) -> list[_Part]:
    known, ones = cells.scaled(cells.wo[at]), cells.scaled(cells.wy[at])
    if (cells.n_i[at] <= 1).all():
        answer = np.divide(ones, known, out=np.full(len(cells), np.nan), where=known > 0)
        return [(every, cells.n, cells.weight, answer)]
    if (cells.wy[at] != cells.wyy[at]).any():
        raise DesignError("汇总后的单元只适用于 0/1 题目", where=cells.items[at].name, cure="数值题请用 collapse=False")
    n, yes = cells.n_i[at], cells.ny[at].astype(np.int64)
    parts = [(yes, ones, 1.0), (n - yes, known - ones, 0.0), (cells.n - n, cells.weight - known, np.nan)]
    return [(every[m > 0], m[m > 0], w[m > 0], np.full(int((m > 0).sum()), value)) for m, w, value in parts]


def _as_influence(cell: IntArray, values: FloatArray, size: int) -> Influence:
    row = np.repeat(cell, values.shape[1])
    column = np.tile(np.arange(values.shape[1], dtype=np.int64), len(cell))
    flat = values.reshape(-1)
    held = flat != 0
    return Influence(row[held], column[held], flat[held], (size, values.shape[1]))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Several estimates of one question with their covariance.

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
        """(k,) standard errors."""
        return np.sqrt(np.diag(self.covariance))


def ratios(obs: Observations, numerator: FloatArray, denominator: FloatArray) -> Estimate:
    """Ratios of totals R = sum(w y) / sum(w x), column by column; a mean has x = 1, a domain mean x = 1 inside.

    Args:
        obs: the observations.
        numerator: (n, k) values y; must be finite in the domain.
        denominator: (n, k) values x.

    Raises:
        DesignError: a denominator whose total is zero.

    Source: Sarndal, Swensson & Wretman (1992), result 5.6.2.
    """
    inside = obs.domain[:, None]
    y = np.where(inside, numerator.reshape(len(obs.cell), -1), 0.0)
    x = np.where(inside, denominator.reshape(len(obs.cell), -1), 0.0)

    def statistic(weights: FloatArray) -> FloatArray:
        below = weights @ x
        result: FloatArray = np.divide(weights @ y, below, out=np.full(below.shape, np.nan), where=below != 0)
        return result

    values = statistic(obs.weight)
    if np.isnan(values).any():
        raise DesignError(
            "分母为零，无法计算比例",
            got=f"第 {int(np.flatnonzero(np.isnan(values))[0]) + 1} 组没有有效答卷",
            cure="合并或去掉该组",
        )
    influence = (y - values * x) / (obs.weight @ x)
    return Estimate(values, obs.covariance(influence, statistic), obs.degrees)


def totals(obs: Observations, values: FloatArray) -> Estimate:
    """Weighted totals of (n, k) values over the domain; (n,) counts as one column."""
    table = np.where(obs.domain[:, None], values.reshape(len(obs.cell), -1), 0.0)

    def statistic(weights: FloatArray) -> FloatArray:
        return weights @ table

    return Estimate(statistic(obs.weight), obs.covariance(table, statistic), obs.degrees)


def group_means(obs: Observations, values: FloatArray, groups: npt.ArrayLike) -> tuple[npt.NDArray[Any], Estimate]:
    """Means of (n,) values by group with all covariances; rows with NaN or without a group stand outside.

    Returns:
        Sorted group labels and their estimates.
    """
    codes, labels = label_codes(groups)
    inside = obs.within((codes >= 0) & ~np.isnan(values))
    indicator = (codes[:, None] == np.arange(len(labels))) & inside.domain[:, None]
    held = indicator.any(axis=0)
    x = indicator[:, held].astype(np.float64)
    return labels[held], ratios(inside, x * np.nan_to_num(values)[:, None], x)


def label_codes(values: npt.ArrayLike) -> tuple[IntArray, npt.NDArray[Any]]:
    """Codes into sorted labels, -1 where missing."""
    import pandas as pd

    codes, labels = pd.factorize(np.asarray(values), sort=True)
    return codes.astype(np.int64), np.asarray(labels)
