"""Calibration distances: the factor g = F(u) of Deville & Sarndal by which a weight may move.

Source: Deville J.-C., Sarndal C.-E. (1992), Calibration Estimators in Survey Sampling, JASA 87:376-382,
cases 1, 2, 6 and 7 of their table; Deville, Sarndal & Sautory (1993), JASA 88:1013-1020.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey.errors import ArgumentError

FloatArray = npt.NDArray[np.float64]
Bounds = tuple[float, float]

EXP_LIMIT = 500.0
"""Arguments of exp() are clipped here: beyond it the factor exceeds 1e217 and the solver steps back anyway."""


@dataclass(frozen=True, slots=True)
class Distance:
    """A calibration function.

    Attributes:
        label: Chinese name for reports.
        factor: u -> g = F(u), with F(0) = 1.
        slope: u -> F'(u).
        potential: u -> the integral of F from 0 to u; convex, its minimum is the calibration.
    """

    label: str
    factor: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    potential: Callable[[FloatArray], FloatArray]


def linear(bounds: Bounds | None = None) -> Distance:
    """Return the GREG distance F(u) = 1 + u; bounds truncate F (truncated linear)."""
    if bounds is None:
        return Distance("线性（GREG）", lambda u: 1 + u, np.ones_like, lambda u: u + u * u / 2)
    low, high = _checked(bounds)

    def potential(u: FloatArray) -> FloatArray:
        inside = np.clip(u, low - 1, high - 1)
        edge = np.where(u > inside, high, low)
        result: FloatArray = inside + inside * inside / 2 + edge * (u - inside)
        return result

    return Distance(
        f"有界线性（{low:g}–{high:g}）",
        lambda u: np.clip(1 + u, low, high),
        lambda u: ((u > low - 1) & (u < high - 1)).astype(np.float64),
        potential,
    )


def raking(bounds: Bounds | None = None) -> Distance:
    """Return the raking ratio F(u) = exp(u), always positive."""
    if bounds is not None:
        raise ArgumentError("乘法（raking）距离不设界限", got=str(bounds), cure="要设界限请用 logit 或 linear")

    def exponential(u: FloatArray) -> FloatArray:
        result: FloatArray = np.exp(np.minimum(u, EXP_LIMIT))
        return result

    return Distance("乘法（raking）", exponential, exponential, lambda u: exponential(u) - 1)


def logit(bounds: Bounds | None = None) -> Distance:
    """Return the logit between L < 1 < U: F(u) = [L(U-1) + U(1-L)e^(Au)] / [U-1 + (1-L)e^(Au)]."""
    if bounds is None:
        raise ArgumentError("logit 距离需要界限", expected="下界 < 1 < 上界，例如 (0.3, 3)")
    low, high = _checked(bounds)
    scale = (high - low) / ((1 - low) * (high - 1))
    offset = np.log((1 - low) / (high - 1))

    def share(u: FloatArray) -> FloatArray:
        # F = L + (U-L)*s with s the logistic of Au + log((1-L)/(U-1)): no overflow for any u.
        result: FloatArray = 0.5 * (1 + np.tanh(0.5 * (scale * u + offset)))
        return result

    def slope(u: FloatArray) -> FloatArray:
        s = share(u)
        return (high - low) * scale * s * (1 - s)

    def potential(u: FloatArray) -> FloatArray:
        start = np.logaddexp(0.0, offset)
        result: FloatArray = low * u + (high - low) / scale * (np.logaddexp(0.0, scale * u + offset) - start)
        return result

    return Distance(f"logit（{low:g}–{high:g}）", lambda u: low + (high - low) * share(u), slope, potential)


def _checked(bounds: Bounds) -> Bounds:
    low, high = bounds
    if not (0 <= low < 1 < high < np.inf):
        raise ArgumentError("校准界限不合理", got=f"({low}, {high})", expected="0 ≤ 下界 < 1 < 上界")
    return low, high


DISTANCES: dict[str, Callable[[Bounds | None], Distance]] = {"linear": linear, "raking": raking, "logit": logit}
"""Name -> distance for the given bounds (None = unbounded)."""
