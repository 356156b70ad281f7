"""Null: how far a value lies from the bulk of the study, on a normal scale.

Centre and spread come from the quartiles of the study itself, which careless responses hardly move as long as they are
a small part.
"""

from __future__ import annotations

import numpy as np

from survey.quality.sheet import Floats

LEAST = 200
"""Smallest number of responses from which a null distribution is taken."""
QUARTILE = 0.6744897501960817  # of a standard normal
FAR = 2.5


def deviates(value: Floats) -> Floats:
    """Return [N] distances from the median, in normal deviates; NaN where unknown, or all NaN with too few values.

    Each side has its own spread, the distance from the median to its quartile. Both are taken twice, the second time
    without the values that are far off, so that many careless responses do not hide each other.
    """
    known = value[np.isfinite(value)]
    if len(known) < LEAST:
        return np.full(len(value), np.nan)
    for _ in range(2):
        low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
        known = known[np.abs(_scaled(known, low, middle, high)) <= FAR]
    return _scaled(value, low, middle, high)


def _scaled(value: Floats, low: float, middle: float, high: float) -> Floats:
    gap = value - middle
    spread = np.where(gap < 0, middle - low, high - middle)
    return np.asarray(gap * QUARTILE / np.maximum(spread, 1e-9), dtype=np.float64)
