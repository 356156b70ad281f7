"""Null: how far a value lies from the bulk of the study, on a normal scale.

Centre and spread come from the study itself: first from its quartiles, which careless responses hardly move, then from
the values that are not far off, which is more precise.
"""

from __future__ import annotations

import numpy as np

from survey.quality.sheet import Floats

LEAST = 200
"""Smallest number of responses from which a null distribution is taken."""
QUARTILE = 0.6744897501960817  # of a standard normal
FAR = 2.5
NEAR_SQUARE = 0.91126  # mean square of a standard normal within `FAR`


def deviates(value: Floats) -> Floats:
    """Return [N] distances from the median, in normal deviates; NaN where unknown, or all NaN with too few values.

    Each side has its own spread. Values that are far off do not count for it, so that many careless responses do not
    hide each other.
    """
    known = value[np.isfinite(value)]
    if len(known) < LEAST:
        return np.full(len(value), np.nan)
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    spread = ((middle - low) / QUARTILE, (high - middle) / QUARTILE)
    for _ in range(2):
        known = known[np.abs(_scaled(known, middle, spread)) <= FAR]
        middle = np.median(known)
        gap = known - middle
        below, above = gap[gap <= 0], gap[gap >= 0]
        spread = (np.sqrt(np.mean(below**2) / NEAR_SQUARE), np.sqrt(np.mean(above**2) / NEAR_SQUARE))
    return _scaled(value, middle, spread)


def _scaled(value: Floats, middle: float, spread: tuple[float, float]) -> Floats:
    gap = value - middle
    return np.asarray(gap / np.maximum(np.where(gap < 0, *spread), 1e-9), dtype=np.float64)
