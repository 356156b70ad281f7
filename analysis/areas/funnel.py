"""Funnel plot: which areas differ from the whole by more than chance, allowing for over-dispersion.

Spiegelhalter 2005, Statistics in Medicine 24:1185: z on the arcsine scale, an over-dispersion factor phi from
z-scores winsorised at 10 %, and, when phi exceeds what chance produces, limits widened by sqrt(phi).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.estimation.intervals import angle_limits
from survey.errors import DesignError

Floats = NDArray[np.float64]
WINSOR = 0.10
INNER, OUTER = 0.95, 0.998


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits of a funnel plot.

    Attributes:
        centre: the rate of the whole, a share.
        phi: over-dispersion factor (1 = chance alone), estimated from winsorised z-scores.
        dispersed: whether phi is more than chance produces; only then are the limits widened.
        score: z of each area, after widening; NaN where nobody answered.
        outside: 0 inside, 1 outside the 95 % limits, 2 outside the 99.8 % limits; one value per area.
    """

    centre: float
    phi: float
    dispersed: bool
    score: Floats
    outside: NDArray[np.int64]

    def limits(self, n_eff: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the lower and upper limit (shares) at effective sizes `n_eff` for a level such as .95."""
        error = np.sqrt(_widening(self.phi, self.dispersed) / (4.0 * np.asarray(n_eff)))
        return angle_limits(np.arcsin(np.sqrt(self.centre)), error, np.inf, level)


def funnel(share: Floats, n_eff: Floats, centre: float) -> Funnel:
    """Compare areas with the whole.

    Args:
        share: rate of each area in [0, 1]; NaN where nobody answered.
        n_eff: effective sample sizes (n over the pooled design effect).
        centre: the rate of the whole, a share.

    Raises:
        DesignError: when the rate of the whole is not a share.
    """
    if not 0.0 <= centre <= 1.0:
        raise DesignError("漏斗图的中心应是 0 到 1 之间的比例", got=str(centre))
    n, p = np.nan_to_num(np.asarray(n_eff, dtype=float)), np.asarray(share, dtype=float)
    known = (n > 0) & np.isfinite(p)
    z = np.full(len(n), np.nan)
    angle = np.arcsin(np.sqrt(np.clip(p[known], 0.0, 1.0)))
    z[known] = (angle - np.arcsin(np.sqrt(centre))) * np.sqrt(4.0 * n[known])
    phi, dispersed = _dispersion(z[known])
    score = z / np.sqrt(_widening(phi, dispersed))
    inner, outer = (-ndtri((1.0 - level) / 2.0) for level in (INNER, OUTER))
    beyond = np.abs(np.nan_to_num(score))
    return Funnel(centre, phi, dispersed, score, (beyond > inner).astype(int) + (beyond > outer).astype(int))


def _dispersion(z: Floats) -> tuple[float, bool]:
    """Return phi from winsorised z-scores, and whether it is above 1 + 2 sqrt(2 / areas)."""
    if len(z) < 2:
        return 1.0, False
    low, high = np.quantile(z, [WINSOR, 1.0 - WINSOR])
    phi = float((np.clip(z, low, high) ** 2).mean())
    return phi, phi > 1.0 + 2.0 * np.sqrt(2.0 / len(z))


def _widening(phi: float, dispersed: bool) -> float:
    return phi if dispersed else 1.0
