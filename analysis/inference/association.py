"""Tests of association in a two-way table, and of goodness of fit, under a complex design.

Sources: Rao J.N.K., Scott A.J. (1984), Annals of Statistics 12:46 (first and second order corrections);
Thomas D.R., Rao J.N.K. (1987), JASA 82:630 (F and adjusted Wald forms); Koch, Freeman & Freeman (1975),
Int. Stat. Review 43:59 (Wald). Figures agree with `svychisq` of R `survey` 4.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import solve_triangular

from analysis.design.cells import FloatArray
from analysis.inference import chi_square_sums
from analysis.inference.observations import Observations
from analysis.inference.significance import NO_DEGREES, NO_VARIANCE, Significance, wald_test
from analysis.inference.tails import chi_square_tail, f_tail
from analysis.inference.tallies import Estimate, category_shares, category_totals, held_codes, label_codes
from survey.errors import ArgumentError, DesignError

SPARSE = "空的格子太多，无法检验；合并类别后再看"
SINGULAR = 1e-12
"""Share of the largest pivot up to which the smallest is only rounding."""
PLAIN = 1e-9
"""Least share, of the largest and by cell, from which the pivots of `_Table.root` are far from `SINGULAR`."""


@dataclass(frozen=True, slots=True)
class Association:
    """A two-way table and its test.

    Attributes:
        test: the outcome.
        table: weighted shares of the whole in [0, 1], rows x columns.
        n: answered observations (rows of the data) behind the table.
        design_effects: generalised design effects, the weights of the chi-square sum.
    """

    test: Significance
    table: pd.DataFrame
    n: int
    design_effects: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Cell shares in column-major order of a rows x columns table, with what the statistics need."""

    n: int
    cells: Estimate
    shape: tuple[int, int]
    totals: Callable[[], Estimate] | None = None

    @property
    def shares(self) -> FloatArray:
        return self.cells.values

    def pearson(self) -> float:
        """Return Pearson's X^2 of the shares, scaled to the number of observations."""
        table = self.shares.reshape(self.shape, order="F")
        expected = np.outer(table.sum(axis=1), table.sum(axis=0))
        return float(self.n * (np.square(table - expected) / expected).sum())

    @property
    def inverse(self) -> FloatArray:
        """1 over each share; 0 where it is 0."""
        return np.divide(1.0, self.shares, out=np.zeros(self.shares.shape), where=self.shares != 0)

    def root(self) -> FloatArray:
        """Return the Cholesky root of the covariance of the interactions in a simple random sample.

        Raises:
            LinAlgError: empty cells leave it singular.
        """
        scaled = _interacted(np.diag(self.inverse), self.shape)
        simple = _interacted(scaled.T, self.shape) / self.n
        root = np.linalg.cholesky((simple + simple.T) / 2)
        if np.diag(root).min() ** 2 <= SINGULAR * np.diag(root).max() ** 2:
            raise np.linalg.LinAlgError
        return np.asarray(root)

    def turned(self) -> FloatArray:
        """Return the generalised design effect matrix (Rao & Scott 1984, section 3) in symmetric form.

        Raises:
            LinAlgError: empty cells leave the covariance of a simple random sample singular.
        """
        root, inverse = self.root(), self.inverse
        half = _interacted(inverse[:, None] * self.cells.covariance * inverse, self.shape)
        turned = solve_triangular(root, _interacted(half.T, self.shape), lower=True)
        turned = solve_triangular(root, turned.T, lower=True)
        return np.asarray((turned + turned.T) / 2)


def _interacted(values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return values (k, r * c) of cells in column-major order times the model columns of the interaction.

    Without the main effects these are, in a full table, the products of the centred columns of both sides.
    """
    table = values.reshape(-1, shape[0]) @ (np.eye(shape[0])[:, 1:] - 1 / shape[0])
    table = table.reshape(len(values), shape[1], -1)
    return np.asarray((table[:, 1:] - table.mean(axis=1, keepdims=True)).reshape(len(values), -1))


def _beyond_sides(table: _Table, influence: FloatArray) -> FloatArray:
    """Return rows (h, r * c) whose products have the sums of B in `independence`.

    Divided by the root of its share, what is left of an influence beside the effects of both sides is its projection on
    the interactions. Effects count as far as they are 0 in the empty cells. So no matrix of all interactions is
    decomposed, but at most r + c - 1 columns.

    Raises:
        LinAlgError: empty cells leave the covariance of a simple random sample singular.
    """
    own = _sides_apart(table.shares.reshape(table.shape, order="F") == 0)
    rows, columns = own[: table.shape[0]], own[table.shape[0] :]
    sides = (rows[None, :, None] == np.unique(own)[1:]) * 1.0 - (columns[:, None, None] == np.unique(own)[1:])
    root, inverse = np.sqrt(table.shares), np.sqrt(table.inverse)
    across, _ = np.linalg.qr(root[:, None] * sides.reshape(len(root), -1))
    scaled = influence * inverse
    scaled -= (scaled @ across) @ across.T
    return np.asarray(scaled * np.sqrt(table.n))


def _sides_apart(empty: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return numbers of the rows, then the columns, of a table (r + c,): those that meet in an empty cell share one.

    Raises:
        LinAlgError: empty cells close a ring, so that they do not restrict the effects of both sides one by one.
    """
    number = np.arange(sum(empty.shape))
    for row, column in zip(*np.nonzero(empty), strict=True):
        one, two = number[row], number[empty.shape[0] + column]
        if one == two:
            raise np.linalg.LinAlgError
        number[number == two] = one
    return number


def associate(obs: Observations, rows: npt.ArrayLike, columns: npt.ArrayLike, *, statistic: str = "F") -> Association:
    """Test whether two categorical answers are independent.

    Args:
        obs: observations; replicate variances are used where it has replicates.
        rows: (n,) categories; missing ones are left out.
        columns: (n,) categories.
        statistic: "F" (Rao-Scott second order), "Chisq" (first order, chi-square), "Wald", "adjWald",
            "lincom" (exact tail of the chi-square sum) or "saddlepoint" (its approximation).

    Raises:
        ArgumentError: unknown statistic.
        DesignError: fewer than two categories on a side, or no observations.
    """
    if statistic not in STATISTICS:
        raise ArgumentError("没有这种关联检验", got=statistic, expected="、".join(STATISTICS))
    (row_codes, row_labels), (column_codes, column_labels) = label_codes(rows), label_codes(columns)
    inside = obs.within((row_codes >= 0) & (column_codes >= 0))
    row_codes, row_labels = _present(inside, row_codes, row_labels, "行")
    column_codes, column_labels = _present(inside, column_codes, column_labels, "列")
    shape = (len(row_labels), len(column_labels))
    code, size = np.where(inside.domain, row_codes + shape[0] * column_codes, -1), shape[0] * shape[1]
    found = category_shares(inside, code, size)
    table = _Table(inside.count, found, shape, lambda: category_totals(inside, code, size))
    shares = pd.DataFrame(table.shares.reshape(shape, order="F"), index=row_labels, columns=column_labels)
    test, effects = _tested(table, statistic)
    return Association(test, shares, table.n, effects)


def independence(
    n: int, shape: tuple[int, int], shares: FloatArray, influence: FloatArray, degrees: int
) -> Significance:
    """Test whether rows and columns are independent, given the shares: Rao-Scott, second order.

    The design effects are those of `_Table.turned`, which is B'B here: their sum is that of the squares of B.

    Args:
        n: answered observations.
        shape: (r, c), at least 2 each.
        shares: (r * c,) weighted shares of the whole in column-major order; no row and no column of zeros.
        influence: (h, r * c) rows whose products add up to the covariances of the shares, see `Design.rooted`.
        degrees: degrees of freedom.
    """
    table = _Table(n, Estimate(shares, np.zeros((0, 0)), degrees), shape)
    if not influence.any():
        return Significance(_NAMES["F"], table.pearson(), (), None, note=NO_VARIANCE)
    try:
        if shares[shares > 0].min() > PLAIN * shares.size * shares.max():
            turned = _beyond_sides(table, influence)
        else:
            turned = solve_triangular(table.root(), _interacted(influence * table.inverse, shape).T, lower=True)
    except np.linalg.LinAlgError:
        return Significance(_NAMES["F"], table.pearson(), (), None, note=SPARSE)
    small = turned @ turned.T if len(turned) < turned.shape[1] else turned.T @ turned
    found = _second_order(table, float(np.square(turned).sum()), float(np.square(small).sum()))
    return replace(found, method=_NAMES["F"])


def _tested(table: _Table, statistic: str) -> tuple[Significance, tuple[float, ...]]:
    """Return the outcome and the design effects; none where the test is undefined."""
    if not np.diag(table.cells.covariance).any():
        return Significance(_NAMES[statistic], table.pearson(), (), None, note=NO_VARIANCE), ()
    try:
        turned = table.turned()
    except np.linalg.LinAlgError:  # so many empty cells that the design effects of the others are not defined
        return Significance(_NAMES[statistic], table.pearson(), (), None, note=SPARSE), ()
    effects = tuple(np.maximum(np.linalg.eigvalsh(turned)[::-1], 0.0).tolist())
    test = STATISTICS[statistic](table, np.array(effects))
    return replace(test, method=_NAMES[statistic]), effects


def _present(obs: Observations, codes: npt.NDArray[np.int64], labels: npt.NDArray[Any], side: str) -> Any:
    """Renumber the categories that someone in the domain chose."""
    codes, labels = held_codes(obs, codes, labels)
    check_sides(len(labels), side)
    return codes, labels


def check_sides(size: int, side: str) -> None:
    """Refuse a side of a table, 行 or 列, of fewer than two categories."""
    if size < 2:
        raise DesignError("列联表至少要有两类", where=side, got=f"{size} 类", cure="换一个变量，或放宽筛选条件")


def _rao_scott_f(table: _Table, effects: FloatArray) -> Significance:
    return _second_order(table, float(effects.sum()), float(np.square(effects).sum()))


def _second_order(table: _Table, total: float, squares: float) -> Significance:
    """Return the F test, given the sums of the design effects and of their squares."""
    numerator = total**2 / squares
    denominator = numerator * table.cells.degrees
    value = table.pearson() / total
    if denominator <= 0:
        return Significance("", value, (numerator, denominator), None, note=NO_DEGREES)
    return Significance("", value, (numerator, denominator), float(f_tail(value, numerator, denominator)))


def _rao_scott_chisq(table: _Table, effects: FloatArray) -> Significance:
    value = table.pearson()
    return Significance("", value, (effects.size,), float(chi_square_tail(value / effects.mean(), effects.size)))


def _tail(tail: Callable[[float, FloatArray, float], float]) -> Callable[[_Table, FloatArray], Significance]:
    def test(table: _Table, effects: FloatArray) -> Significance:
        value, degrees = table.pearson(), table.cells.degrees
        if degrees < 1:
            return Significance("", value, (), None, note=NO_DEGREES)
        return Significance("", value, (), tail(value, effects, degrees))

    return test


def _wald(table: _Table, effects: FloatArray) -> Significance:
    return wald_test("", *_departures(table), table.cells.degrees, adjusted=False)


def _adjusted_wald(table: _Table, effects: FloatArray) -> Significance:
    return wald_test("", *_departures(table), table.cells.degrees)


def _departures(table: _Table) -> tuple[FloatArray, FloatArray]:
    """Return N_ij - N_i. N_.j / N without the first row and column, and their covariance."""
    rows, columns = table.shape
    assert table.totals is not None
    found = table.totals()
    whole = found.values.sum()
    grid = found.values.reshape(table.shape, order="F") / whole
    i, j = (index.reshape(-1, order="F") for index in np.indices(table.shape))
    row_share, column_share = grid.sum(axis=1)[i], grid.sum(axis=0)[j]
    slope = np.eye(rows * columns) + (row_share * column_share)[:, None]
    slope -= (i[:, None] == i[None, :]) * column_share[:, None] + (j[:, None] == j[None, :]) * row_share[:, None]
    use = (i > 0) & (j > 0)
    departure = (found.values - whole * row_share * column_share)[use]
    return departure, (slope @ found.covariance @ slope.T)[np.ix_(use, use)]


STATISTICS: dict[str, Callable[[_Table, FloatArray], Significance]] = {
    "F": _rao_scott_f,
    "Chisq": _rao_scott_chisq,
    "Wald": _wald,
    "adjWald": _adjusted_wald,
    "lincom": _tail(chi_square_sums.exact_tail),
    "saddlepoint": _tail(chi_square_sums.saddlepoint),
}
"""Name -> test, with the names of `svychisq`."""

_NAMES = {
    "F": "Rao-Scott 二阶校正 F 检验",
    "Chisq": "Rao-Scott 一阶校正卡方检验",
    "Wald": "Wald 检验",
    "adjWald": "调整 Wald 检验",
    "lincom": "Rao-Scott 卡方和精确检验",
    "saddlepoint": "Rao-Scott 卡方和鞍点近似检验",
}
