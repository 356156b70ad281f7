"""The share that an area must show in a next wave of the same size for the verdict 达标, all other areas as now.

The verdict of `analysis.areas.verdict.decide` takes a rate for met when the probability that it lies below its line is
at most q and the area's own answers reach the line. The model of the areas draws each towards the others, so the share
lies farther from the line than a test of one area alone would ask; it is found by bisection in that model.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analysis.areas.models.beta_binomial import fit

Floats = NDArray[np.float64]

STEPS = 12
"""Halvings of the range above the line: to a four-thousandth of it."""


def passing_share(share: Floats, n_eff: Floats, at: int, line: float, q: float) -> float:
    """Return the least share, in [0, 1], with which one area counts as met.

    Args:
        share: rate of each area; NaN where nobody answered.
        n_eff: effective size of each.
        at: index of the area.
        line: its line, a share.
        q: accepted probability of a false call.

    Returns:
        A share from the line up to 1; NaN where the line is missing, nobody answered, or not even 1 suffices.

    Raises:
        DesignError: as of `analysis.areas.models.beta_binomial.fit`.
    """
    if math.isnan(line) or not np.nan_to_num(n_eff)[at] > 0:
        return math.nan
    if _below(share, n_eff, at, line, 1.0) > q:
        return math.nan
    low, high = line, 1.0
    if _below(share, n_eff, at, line, low) <= q:
        return low
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if _below(share, n_eff, at, line, middle) <= q else (middle, high)
    return high


def _below(share: Floats, n_eff: Floats, at: int, line: float, own: float) -> float:
    """Return the probability that the area lies below its line if it shows a share."""
    shown = share.copy()
    shown[at] = own
    return float(fit(shown, n_eff).below(np.full(len(shown), line))[at])
