"""Calibrate weights to known totals, and keep what the variance of the calibrated estimates needs.

Minimises the distance between new and old weights subject to sum(w x) = T (Deville & Sarndal 1992, JASA 87:376,
eq. 2.1 to 2.5). The dual problem is convex, so a damped Newton search finds the solution or shows that there is
none. A row may be a respondent or a cell of respondents with equal auxiliaries: the solution is the same.
scipy.linalg is imported inside functions: raked samples, the usual case, import this module and do not need it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.design.cells import Cells
from analysis.design.unique_rows import patterns
from analysis.weights.distances import DISTANCES, Bounds, Distance
from analysis.weights.totals import AGREEMENT, Margins
from analysis.weights.weights import Calibration, Weights, base_weights, spread_of
from survey.errors import ArgumentError, CalibrationError

FloatArray = npt.NDArray[np.float64]

RANK_TOLERANCE = 1e-9
"""Smallest residual share of a (scaled) column for the column to count as independent."""
POLISH = 1e-8
"""Below this relative error of the margins the search continues only while a step still reduces it."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Calibrated weights with what reports and variances need of them.

    Attributes:
        weights: (n,) calibrated weights.
        base: (n,) weights before.
        regressors: (n, r) the auxiliaries, orthonormal in the base weights; the variance uses residuals from them.
        label: Chinese name of the method.
        iterations: Newton steps taken.
        max_error: largest relative difference between a weighted total and its margin.
        converged: always True; a calibration that does not converge raises an error.
        dropped: names of redundant auxiliaries (linear combinations of the others, with consistent totals).
    """

    weights: FloatArray
    base: FloatArray
    regressors: FloatArray
    label: str
    iterations: int
    max_error: float
    converged: bool
    dropped: tuple[str, ...]

    @property
    def factors(self) -> FloatArray:
        """(n,) ratio g of new to old weight."""
        return self.weights / self.base

    @property
    def design_effect(self) -> float:
        """Kish's design effect of the weights, 1 + CV^2; see `kish_effect`."""
        return kish_effect(self.weights)

    @property
    def effective_n(self) -> float:
        """Kish's effective sample size (sum w)^2 / sum w^2."""
        return self.weights.size / self.design_effect


def kish_effect(weights: FloatArray) -> float:
    """Return Kish's design effect of unequal weights: n * sum(w^2) / (sum w)^2 (Kish 1965, section 11.7)."""
    positive = weights[weights > 0]
    if positive.size == 0:
        raise CalibrationError("没有正的权重，无法计算设计效应", cure="检查权重列")
    return float(positive.size * np.square(positive).sum() / positive.sum() ** 2)


def checked_weights(weights: npt.ArrayLike) -> FloatArray:
    """Return the weights as floats; CalibrationError when one is missing, zero or negative."""
    values = np.asarray(weights, dtype=np.float64)
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if bad.size:
        raise CalibrationError(
            "权重必须是正数",
            where=f"第 {bad[0] + 1} 行（共 {bad.size} 行）",
            got=f"{values[bad[0]]:g}",
            expected="大于 0 的有限数",
            cure="删去或补正这些答卷的权重后重试",
        )
    return values


def calibrate(
    weights: npt.ArrayLike,
    margins: Margins,
    *,
    distance: str = "linear",
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 100,
) -> Calibrated:
    """Calibrate weights to margins.

    Args:
        weights: (n,) positive base weights.
        margins: auxiliaries and their totals.
        distance: "linear" (GREG), "raking" (multiplicative) or "logit".
        bounds: smallest and largest factor g; needed by logit, optional with linear.
        tolerance: relative margin error to reach (steps continue below it while they still improve).
        max_iterations: Newton steps before giving up.

    Raises:
        ArgumentError: unknown distance, or bounds that do not suit it.
        CalibrationError: weights that are not positive, contradictory margins, or unreachable margins.
    """
    base = checked_weights(weights)
    if distance not in DISTANCES:
        raise ArgumentError("没有这种校准距离", got=distance, expected="、".join(DISTANCES))
    if margins.columns.shape[0] != base.size:
        raise CalibrationError("权重与辅助变量的行数不同", got=f"{base.size} 与 {margins.columns.shape[0]} 行")
    chosen = DISTANCES[distance](bounds)
    # Rows with equal auxiliaries get the same factor, so the search works on the distinct patterns.
    equal = patterns(margins.columns)
    summed = equal.sums(base)
    basis, targets, dropped = _independent(summed, Margins(margins.columns[equal.first], margins.totals, margins.names))
    factors, steps = _solve(summed, basis, targets, chosen, max_iterations)
    new = base * factors[equal.of]
    error, worst = _margin_error(new, margins)
    if not error <= tolerance:
        raise CalibrationError(
            "校准不能收敛",
            where=margins.names[worst],
            got=f"{chosen.label}，{steps} 步后最大相对误差 {error:.2g}",
            expected=f"不超过 {tolerance:g}",
            cure="放宽权重界限，合并人数太少的类别，或核对人口数",
        )
    regressors = (basis / np.sqrt(summed)[:, None])[equal.of]
    return Calibrated(new, base, regressors, chosen.label, steps, error, converged=True, dropped=dropped)


def calibrate_cells(
    cells: Cells,
    margins: Margins,
    *,
    weights: Weights | None = None,
    distance: str = "linear",
    bounds: Bounds | None = None,
) -> Weights:
    """Calibrate cells (or single responses) and keep what the linearised variance needs.

    Args:
        cells: cells within which the auxiliaries are constant; `margins(cells.keys, ...)` makes them.
        margins: auxiliaries and totals, one row per cell.
        weights: weights to start from; the base weights when None.
        distance: see `calibrate`.
        bounds: see `calibrate`.

    Returns:
        Weights whose last step is this calibration. Cells of weight 0 keep that weight.
    """
    start = weights or base_weights(cells)
    before = cells.weight * start.factor
    used = before > 0
    if not used.any():
        raise CalibrationError("没有正的权重，无法校准", cure="检查权重列和所选范围")
    result = calibrate(
        before[used], Margins(margins.columns[used], margins.totals, margins.names), distance=distance, bounds=bounds
    )
    factor, regressors = np.ones(len(cells)), np.zeros((len(cells), result.regressors.shape[1]))
    factor[used], regressors[used] = result.factors, result.regressors
    diagnostics = {
        **start.diagnostics,
        "iterations": result.iterations,
        "max_error": result.max_error,
        "converged": result.converged,
        "dropped": result.dropped,
        **spread_of(cells, start, factor),
    }
    steps = (*start.steps, Calibration(regressors, before, factor))
    return Weights(start.factor * factor, steps, f"{start.label}，校准（{result.label}）", diagnostics)


def _independent(base: FloatArray, margins: Margins) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return an orthonormal basis of the auxiliaries, their totals in it, and the names of redundant ones."""
    from scipy import linalg

    root = np.sqrt(base)[:, None]
    scaled = margins.columns * root
    norms = np.linalg.norm(scaled, axis=0)
    if not (norms > 0).all():
        bad = [margins.names[k] for k in np.flatnonzero(norms == 0)]
        raise CalibrationError("辅助变量在样本中全为 0，无法校准", where="、".join(bad), cure="去掉或合并这些变量")
    basis, upper, order = linalg.qr(scaled / norms, mode="economic", pivoting=True)
    rank = int((np.abs(np.diag(upper)) > RANK_TOLERANCE * abs(upper[0, 0])).sum())
    totals = margins.totals / norms
    # Column j of the scaled auxiliaries is basis @ upper[:, j]; the same must hold between their totals.
    inside = linalg.solve_triangular(upper[:rank, :rank], totals[order[:rank]], trans="T")
    implied = upper[:rank, rank:].T @ inside
    rest = order[rank:]
    off = np.abs(implied - totals[rest]) > AGREEMENT * np.maximum(np.abs(implied), np.abs(totals[rest]))
    if off.any():
        raise CalibrationError(
            "各边际的总数互相矛盾",
            where=margins.names[rest[off][0]],
            got=f"{margins.totals[rest[off][0]]:,.6g}",
            expected=f"由其他边际推得 {implied[off][0] * norms[rest[off][0]]:,.6g}",
            cure="核对人口数据的口径和年份",
        )
    return basis[:, :rank], inside, tuple(margins.names[k] for k in sorted(rest))


def _solve(
    base: FloatArray, basis: FloatArray, targets: FloatArray, distance: Distance, max_iterations: int
) -> tuple[FloatArray, int]:
    """Solve the convex dual by damped Newton steps in the orthonormal basis; return factors and steps."""
    root = np.sqrt(base)
    columns = basis / root[:, None]

    def gap(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        u = columns @ at
        missing: FloatArray = targets - basis.T @ (root * distance.factor(u))
        return u, missing

    multipliers = np.zeros(basis.shape[1])
    u, missing = gap(multipliers)
    steps = 0
    while steps < max_iterations:
        steps += 1
        curvature = (basis * distance.slope(u)[:, None]).T @ basis
        direction = _direction(curvature, missing)
        size = _step_length(base, targets, distance, (u, multipliers, columns @ direction, direction))
        trial = multipliers + size * direction
        new_u, new_missing = gap(trial)
        # Near the solution only rounding error is left: stop as soon as a step no longer helps.
        close = np.abs(missing).max() <= POLISH * np.abs(targets).max()
        if size == 0 or (close and np.abs(new_missing).max() >= np.abs(missing).max()):
            break
        multipliers, u, missing = trial, new_u, new_missing
        if not missing.any():
            break
    return distance.factor(u), steps


def _direction(curvature: FloatArray, missing: FloatArray) -> FloatArray:
    """Return the Newton direction; a small ridge keeps it defined when every weight is at a bound."""
    from scipy import linalg

    ridge = 1e-12 * max(float(np.trace(curvature)), 1e-300) / len(missing)
    floor = ridge if ridge > 1e-290 else 1e-8
    result: FloatArray = linalg.solve(curvature + floor * np.eye(len(missing)), missing, assume_a="sym")
    return result


def _step_length(
    base: FloatArray,
    targets: FloatArray,
    distance: Distance,
    at: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
) -> float:
    """Halve the step until the dual objective falls (Armijo); return 0 when no step helps."""
    u, multipliers, du, direction = at

    def objective(size: float) -> float:
        return float(base @ distance.potential(u + size * du) - targets @ (multipliers + size * direction))

    start = objective(0.0)
    fall = float(targets @ direction - base @ (distance.factor(u) * du))
    slack = 1e-13 * (abs(start) + float(np.abs(base @ distance.potential(u))))
    size = 1.0
    while size > 1e-10:
        value = objective(size)
        if np.isfinite(value) and value <= start - 1e-4 * size * fall + slack:
            return size
        size /= 2
    return 0.0


def _margin_error(weights: FloatArray, margins: Margins) -> tuple[float, int]:
    """Return the largest relative margin error and its margin; relative to sum(w |x|), never zero here."""
    reached = weights @ margins.columns
    scale = np.maximum(np.abs(margins.totals), weights @ np.abs(margins.columns))
    error = np.abs(reached - margins.totals) / np.where(scale > 0, scale, 1.0)
    error = np.where(np.isfinite(error), error, np.inf)
    worst = int(error.argmax())
    return float(error[worst]), worst
