"""Trim extreme weights and redistribute what was cut, for single responses or for cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.design.cells import Cells
from analysis.weights.calibrate import checked_weights
from analysis.weights.weights import Weights, spread_of
from survey.errors import ArgumentError, CalibrationError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ROUNDS = 200
"""Limit of trimming passes; each fixes at least one more row, and most samples need fewer than ten."""
LEEWAY = 1e-9
"""Relative excess over a bound that counts as rounding."""
UNEQUAL = 1e-6
"""CV^2 of the base weights in a cell up to which they count as equal (fixed-point squares are rounded)."""


@dataclass(frozen=True, slots=True)
class Trimming:
    """Trimmed weights.

    Attributes:
        weights: (n,) new weights with the same sum.
        bounds: smallest and largest weight allowed.
        trimmed: number of rows at a bound.
        moved: share of the sum of weights that was cut and redistributed.
        rounds: passes made.
        design_effect: Kish's 1 + CV^2 before and after.
    """

    weights: FloatArray
    bounds: tuple[float, float]
    trimmed: int
    moved: float
    rounds: int
    design_effect: tuple[float, float]

    @property
    def effective_n(self) -> float:
        """Kish's effective sample size after trimming."""
        return self.weights.size / self.design_effect[1]


def _proportional(weights: FloatArray, count: FloatArray, free: BoolArray, excess: float) -> FloatArray:
    grown = weights.copy()
    grown[free] *= 1 + excess / (count[free] @ weights[free])
    return grown


def _equal(weights: FloatArray, count: FloatArray, free: BoolArray, excess: float) -> FloatArray:
    grown = weights.copy()
    grown[free] += excess / count[free].sum()
    return grown


REDISTRIBUTIONS: dict[str, Callable[[FloatArray, FloatArray, BoolArray, float], FloatArray]] = {
    "proportional": _proportional,
    "equal": _equal,
}
"""How rows inside the bounds receive the trimmed weight; "equal" is the rule of R's `trimWeights`."""


def median_cap(weights: npt.ArrayLike, multiple: float = 6.0) -> float:
    """Return the upper bound median + multiple * interquartile range (Potter 1990; 6 is usual)."""
    low, middle, high = np.quantile(checked_weights(weights), [0.25, 0.5, 0.75])
    return float(middle + multiple * (high - low))


def contribution_cap(weights: npt.ArrayLike, multiple: float = 10.0) -> float:
    """Return the upper bound sqrt(multiple * mean(w^2)): no weight adds more than multiple/n of sum(w^2) (NAEP rule).

    Library only: the [weighting] of a study trims at `median_cap`.
    """
    return float(np.sqrt(multiple * np.square(checked_weights(weights)).mean()))


def trim(
    weights: npt.ArrayLike, *, lower: float = 0.0, upper: float = np.inf, redistribution: str = "proportional"
) -> Trimming:
    """Cut weights at bounds and distribute the difference over the other rows until every weight is inside.

    For weights in an array; the [weighting] of a study and `SurveyDesign.trim` work on cells.

    Args:
        weights: (n,) positive weights.
        lower: smallest weight allowed.
        upper: largest weight allowed.
        redistribution: name in REDISTRIBUTIONS.

    Raises:
        CalibrationError: weights not positive, or bounds that no weights with this sum can meet.
        ArgumentError: unknown redistribution, or lower >= upper.
    """
    old = checked_weights(weights)
    return _trim(old, np.ones(old.size), (lower, upper), redistribution)


def trim_cells(
    cells: Cells, weights: Weights, *, lower: float = 0.0, upper: float = np.inf, redistribution: str = "proportional"
) -> Weights:
    """Trim the weights of cells, all responses of a cell equally, and keep the sum of all weights.

    Earlier calibrations keep their residuals in the variance; the trimming itself counts as constant. Their margins
    no longer hold exactly: calibrate again where that matters.

    Args:
        cells: the sums; base weights must agree within every cell.
        weights: before.
        lower: smallest final weight of one response.
        upper: largest.
        redistribution: name in REDISTRIBUTIONS.

    Returns:
        Weights whose diagnostics also hold trim_bounds, trimmed (responses at a bound), moved (share of the weight),
        trim_rounds and design_effect_before.

    Raises:
        CalibrationError: base weights that differ within a cell, or as for `trim`.
    """
    base = cells.weight
    held = base * weights.factor > 0
    n = cells.n[held].astype(np.float64)
    rounded = n**2 / cells.scale if cells.scale > 1 else 0.0
    uneven = n * cells.ww[held] - base[held] ** 2 > UNEQUAL * base[held] ** 2 + rounded
    if uneven.any():
        raise CalibrationError(
            "同一单元格内的权数不相等，无法按单元格截断",
            got=f"{int(uneven.sum())} 个单元格",
            cure="用 collapse=False 保留逐份答卷，或先用 trim 截断每份答卷的权数",
        )
    old = (base * weights.factor)[held] / n
    done = _trim(old, n, (lower, upper), redistribution)
    factor = weights.factor.copy()
    factor[held] *= done.weights / old
    trimming = {
        "trim_bounds": done.bounds,
        "trimmed": done.trimmed,
        "moved": done.moved,
        "trim_rounds": done.rounds,
        "design_effect_before": done.design_effect[0],
    }
    spread = spread_of(cells, replace(weights, factor=factor), np.ones(len(cells)))
    diagnostics = {**weights.diagnostics, "effective_n": spread["effective_n"], **trimming}
    diagnostics["design_effect"] = spread["design_effect"]
    return replace(weights, factor=factor, label=f"{weights.label}，截断极端权数", diagnostics=diagnostics)


def trim_parts(cells: Cells, weights: Weights, parts: Sequence[tuple[str, BoolArray]], multiple: float) -> Weights:
    """Trim the weights of each part (a wave in one mode) at `median_cap`, keeping the sum of each part.

    Args:
        cells: the sums.
        weights: before.
        parts: name, for errors, and [C] cells of each part.
        multiple: of the interquartile range above the median.

    Returns:
        Weights whose diagnostics hold `trimmed`: responses at the bound in each part that has any.

    Raises:
        CalibrationError: as for `trim_cells`, with the name of the part.
    """
    factor, trimmed = weights.factor.copy(), {}
    for name, inside in parts:
        own = cells.select(inside)
        single = own.weight * factor[inside] / np.maximum(own.n, 1)
        held = single > 0
        cap = median_cap(np.repeat(single[held], own.n[held]), multiple)
        try:
            done = trim_cells(own, Weights(factor[inside]), upper=cap)
        except CalibrationError as error:
            cure = "删去 study.toml [weighting] 的 trim，或写大一些"
            raise CalibrationError(error.what, where=name, got=error.got, expected=error.expected, cure=cure) from error
        factor[inside] = done.factor
        if done.diagnostics["trimmed"]:
            trimmed[name] = done.diagnostics["trimmed"]
    label = f"{weights.label}，截断极端权数" if trimmed else weights.label
    return replace(weights, factor=factor, label=label, diagnostics={**weights.diagnostics, "trimmed": trimmed})


def _trim(old: FloatArray, count: FloatArray, bounds: tuple[float, float], redistribution: str) -> Trimming:
    """Trim weights, each of one response, with the number of responses that have it."""
    lower, upper = bounds
    whole = float(count @ old)
    _check(whole / float(count.sum()), lower, upper, redistribution)
    share = REDISTRIBUTIONS[redistribution]
    new, fixed, rounds = old, np.zeros(old.size, dtype=np.bool_), 0
    while rounds < ROUNDS:
        outside = (new < lower) | (new > upper)
        if not outside.any():
            break
        rounds += 1
        fixed |= outside
        cut = np.clip(new, lower, upper)
        excess = float(count @ (new - cut))
        # When no free rows are left, release the bound that was reached first.
        free = ~fixed if not fixed.all() else (cut < upper if excess > 0 else cut > lower)
        new = share(cut, count, free, excess)
    if (new < lower * (1 - LEEWAY)).any() or (new > upper * (1 + LEEWAY)).any():
        raise CalibrationError("截断后的权重分不完", got=f"{rounds} 轮后仍有权重在界限之外", cure="放宽上下限")
    edge = (new <= lower) | (new >= upper)
    effects = tuple(float(count.sum() * (count @ w**2) / (count @ w) ** 2) for w in (old, new))
    return Trimming(
        new,
        bounds,
        int(count[edge].sum()),
        float(count @ np.abs(new - old) / 2 / whole),
        rounds,
        (effects[0], effects[1]),
    )


def _check(mean: float, lower: float, upper: float, redistribution: str) -> None:
    if redistribution not in REDISTRIBUTIONS:
        raise ArgumentError("没有这种再分配方法", got=redistribution, expected="、".join(REDISTRIBUTIONS))
    if not 0 <= lower < upper:
        raise ArgumentError("截断界限不合理", got=f"{lower:g} 至 {upper:g}", expected="0 ≤ 下限 < 上限")
    if not lower <= mean <= upper:
        raise CalibrationError(
            "截断界限内放不下全部权重",
            got=f"平均权重 {mean:.6g}，界限 {lower:.6g} 至 {upper:.6g}",
            expected="平均权重在界限之内",
            cure="放宽上下限",
        )
