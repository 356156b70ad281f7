"""Null: how far a value lies from the bulk of the study, on a normal scale.

Centre and spread come from the study itself: first from its quartiles, which careless responses hardly move, then from
the values that are not far off, which is more precise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.quality.sheet import Floats

LEAST = 200
"""Smallest number of responses from which a null distribution is taken."""
QUARTILE = 0.6744897501960817  # of a standard normal
FAR = 2.5
NEAR_SQUARE = 0.91126  # mean square of a standard normal within `FAR`


@dataclass(frozen=True, slots=True)
class Spread:
    """The bulk of a value: its middle, and the standard deviation on each side of it."""

    middle: float
    below: float
    above: float

    def deviates(self, value: Floats) -> Floats:
        """Return [N] distances from the middle in these standard deviations; NaN where unknown."""
        gap = value - self.middle
        return np.asarray(gap / np.maximum(np.where(gap < 0, self.below, self.above), 1e-9), dtype=np.float64)


def spread_of(value: Floats) -> Spread | None:
    """Return the bulk of values [N], NaN where unknown; None with too few values.

    Each side has its own spread. Values that are far off do not count for it, so that many careless responses do not
    hide each other.
    """
    known = value[np.isfinite(value)]
    if len(known) < LEAST:
        return None
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    found = Spread(float(middle), float((middle - low) / QUARTILE), float((high - middle) / QUARTILE))
    for _ in range(2):
        known = known[np.abs(found.deviates(known)) <= FAR]
        middle = np.median(known)
        gap = known - middle
        below, above = (float(np.sqrt(np.mean(side**2) / NEAR_SQUARE)) for side in (gap[gap <= 0], gap[gap >= 0]))
        found = Spread(float(middle), below, above)
    return found


def deviates(value: Floats, spread: Spread | None) -> Floats:
    """Return [N] distances from the middle of the bulk, in normal deviates; all NaN where it is not known."""
    return np.full(len(value), np.nan) if spread is None else spread.deviates(value)
