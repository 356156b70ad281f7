"""Observations: answers with weights and a design, the common input of tests, models and replicates.

A row is a response, or the part of a cell with one answer; sums over rows are sums over responses either way.
Every estimator here has two forms: a statistic of the weights, which replicates recompute, and its influence on each
row, from which `Design` computes the linearised covariance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.design import Design
from analysis.design.influence import Influence, stack
from analysis.estimation.linear import ROUNDING
from analysis.weights.replicates import Replicates
from analysis.weights.weights import Weights, base_weights
from survey.errors import DesignError

BoolArray = npt.NDArray[np.bool_]
Statistic = Callable[[FloatArray], FloatArray]
HELD = 1 << 19
"""Rows times columns of an influence that are held by cell at a time; what is left of them are sums by unit."""
_Part = tuple[IntArray, IntArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Observations:
    """Rows of answers.

    Attributes:
        cells: the cells the rows come from.
        cell: (n,) cell of each row.
        responses: (n,) responses behind each row.
        base: (n,) base weight of each row (0 for rows that do not belong).
        answer: (n,) answer to the item, NaN where there is none; all NaN when no item was named.
        design: how the cells were sampled.
        weights: factors on the base weights, with the calibrations that the variance keeps.
        domain: (n,) rows of the domain; the others still contribute to the variance.
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
        """Number of responses in the domain."""
        return int(self.responses[self.domain & (self.base > 0)].sum())

    @property
    def degrees(self) -> int:
        """PSUs minus strata that hold members of the domain; with replicates, their degrees of freedom."""
        if self.replicates is not None:
            return self.replicates.degrees
        inside = self.cell[self.domain & (self.base > 0)]
        held = np.flatnonzero(np.bincount(inside, minlength=len(self.cells))).astype(np.int64)
        psus, strata = self.design.domain_degrees(held, np.zeros(len(held), dtype=np.int64), 1)
        return int(psus[0] - strata[0])

    def key(self, name: str) -> npt.NDArray[Any]:
        """Return the (n,) values of a key column of the cells."""
        return self.cells.column(name).to_numpy()[self.cell]

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return (n,) values of a key column or, with one response per cell, answers to an item (NaN for none).

        Raises:
            DesignError: neither a key column nor an item.
        """
        if name in self.cells.keys.columns:
            return self.key(name)
        if name not in [item.name for item in self.cells.items]:
            known = [*map(str, self.cells.keys.columns), *(item.name for item in self.cells.items)]
            raise DesignError("数据中没有这一列或题目", got=name, expected="、".join(known))
        if (self.cells.n > 1).any():
            raise DesignError("汇总后的单元不能用题目作自变量", where=name, cure="用 collapse=False，或把它作为分组列")
        return _single_answers(self.cells, self.cells.index(name))[self.cell]

    def asking(self, item: str) -> Observations:
        """Return the same observations with the answers to an item; the domain carries over by cell.

        Raises:
            DesignError: an unknown item, one that is not 0/1 on cells of several responses, or an empty domain.
        """
        again = observe(self.cells, self.design, item=item, weights=self.weights, replicates=self.replicates)
        held = np.zeros(len(self.cells), dtype=np.bool_)
        held[self.cell[self.domain]] = True
        return again.within(held[again.cell])

    def within(self, mask: npt.ArrayLike) -> Observations:
        """Restrict the observations to fewer rows; the design stays whole.

        Raises:
            DesignError: the domain is empty.
        """
        domain = self.domain & np.asarray(mask, dtype=np.bool_)
        if not (domain & (self.base > 0)).any():
            raise DesignError("所选范围内没有有效答卷", expected="至少 1 份", cure="放宽筛选条件")
        return replace(self, domain=domain)

    def alone(self) -> Observations:
        """Return the rows of the domain without the others, whose weight and influence are 0; the design stays whole.

        Values of rows have to be asked for again.
        """
        at = np.flatnonzero(self.domain & (self.base > 0))
        rows = {name: getattr(self, name)[at] for name in ("cell", "responses", "base", "answer", "domain")}
        return replace(self, **rows)

    def covariance(self, influence: FloatArray, statistic: Statistic) -> FloatArray:
        """Return the covariance [k, k] of an estimator.

        Args:
            influence: (n, k) derivative of each estimate with respect to the weight of each row.
            statistic: the estimator as a function of (n,) weights, for replicates.
        """
        if self.replicates is not None:
            return self.replicates.combine(self.replicated(statistic))
        weight, width = self.weight[:, None], max(1, HELD // max(len(self.cell), 1))
        some = (influence[:, at : at + width] for at in range(0, influence.shape[1], width))
        return self._crossed(_as_influence(self.cell, each * weight, len(self.cells)) for each in some)

    def linearised(self, raw: Influence) -> FloatArray:
        """Return the covariance [k, k] from the influence of the cells, with calibration residuals taken."""
        return self._crossed([raw])

    def _crossed(self, raw: Iterable[Influence]) -> FloatArray:
        """Return the covariance [k, k] from influences side by side, of which one is held by cell at a time."""
        units, sizes = list[Influence](), list[FloatArray]()
        for each in raw:
            units.append(self.design.of_units(self.weights.residual(each)))
            size = np.bincount(each.column, weights=each.value**2, minlength=each.shape[1])
            sizes.append(np.asarray(size, dtype=np.float64))
        result = self.design.covariance(stack(units))
        # A total that the margins fix has variance zero; what remains is rounding error.
        known = np.diag(result) <= ROUNDING * np.concatenate(sizes)
        result[known, :] = 0.0
        result[:, known] = 0.0
        return result

    def replicated(self, statistic: Statistic) -> FloatArray:
        """Return the statistic under the weights of every replicate [R, k]."""
        if self.replicates is None:
            raise DesignError("没有重复权重", cure="先用 make_replicates 生成")
        base = np.where(self.domain, self.base, 0.0)
        return np.array(
            [
                np.atleast_1d(statistic(base * self.replicates.multiplier(number)[self.cell]))
                for number in range(self.replicates.size)
            ]
        )

    def replicate_totals(self, sums: Any) -> FloatArray:
        """Return [R, k] totals in every replicate from base-weighted sums by cell [C, k], dense or sparse."""
        from scipy.sparse import csr_matrix

        if self.replicates is None:
            raise DesignError("没有重复权重", cure="先用 make_replicates 生成")
        if self.replicates.calibrated is not None:
            return np.asarray((sums.T @ self.replicates.calibrated).T)
        psu, every = self.replicates.psu, np.arange(len(self.cells))
        gather = csr_matrix((np.ones(len(psu)), (psu, every)), shape=(len(self.replicates.factors), len(psu)))
        by_psu = gather @ sums
        dense = by_psu if isinstance(by_psu, np.ndarray) else by_psu.toarray()
        return np.asarray(self.replicates.factors.T @ dense)


def observe(
    cells: Cells,
    design: Design,
    *,
    item: str | None = None,
    weights: Weights | None = None,
    replicates: Replicates | None = None,
) -> Observations:
    """Return the rows of a cell table: one per cell or, with an item, one per answer 0 and 1 of a cell.

    Args:
        cells: sums by cell; cells of single responses may have any number as answer.
        design: the design made from these cells.
        item: item whose answers go into `answer`, NaN for rows without one.
        weights: calibrated weights; the base weights when None.
        replicates: replicates made from these cells.

    Raises:
        DesignError: an item that is not 0/1 on cells of several responses; a design, weights or replicates made
            from other cells.
    """
    chosen = weights or base_weights(cells)
    sizes = {len(cells), len(design.psu), len(chosen.factor), len(cells if replicates is None else replicates.psu)}
    if len(sizes) > 1:
        raise DesignError(
            "设计、权重或重复权重不是由这份数据生成的", got="、".join(map(str, sorted(sizes))) + " 个单元"
        )
    every = np.arange(len(cells), dtype=np.int64)
    if item is None:
        parts = [(every, cells.n, cells.weight, np.full(len(cells), np.nan))]
    else:
        parts = _answers(cells, cells.index(item), every)
    cell, responses, base, answer = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Observations(cells, cell, responses, base, answer, design, chosen, base > 0, replicates)


def _answers(cells: Cells, at: int, every: IntArray) -> list[_Part]:
    if (cells.n_i[at] <= 1).all():
        return [(every, cells.n, cells.weight, _single_answers(cells, at))]
    known, ones = cells.scaled(cells.wo[at]), cells.scaled(cells.wy[at])
    if (cells.wy[at] != cells.wyy[at]).any():
        raise DesignError("汇总后的单元只适用于 0/1 题目", where=cells.items[at].name, cure="数值题请用 collapse=False")
    n, yes = cells.n_i[at], cells.ny[at].astype(np.int64)
    parts = [(yes, ones, 1.0), (n - yes, known - ones, 0.0), (cells.n - n, cells.weight - known, np.nan)]
    return [(every[m > 0], m[m > 0], w[m > 0], np.full(int((m > 0).sum()), value)) for m, w, value in parts]


def _single_answers(cells: Cells, at: int) -> FloatArray:
    known = cells.scaled(cells.wo[at])
    answers: FloatArray = np.divide(cells.scaled(cells.wy[at]), known, out=np.full(len(cells), np.nan), where=known > 0)
    return answers


def _as_influence(cell: IntArray, values: FloatArray, size: int) -> Influence:
    row = np.repeat(cell, values.shape[1])
    column = np.tile(np.arange(values.shape[1], dtype=np.int64), len(cell))
    flat = values.reshape(-1)
    held = flat != 0
    return Influence(row[held], column[held], flat[held], (size, values.shape[1]))
