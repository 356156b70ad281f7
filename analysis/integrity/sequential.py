"""Sequential test: counts of arrangements as extreme as the real one, which stop where chance is obvious.

After `EARLY` draws with `PLENTY` arrangements as extreme, after `FIRST` and every further `CHUNK` with `ENOUGH` (Besag
& Clifford 1991, Biometrika 78:301). A p-value at which one look may stop is beyond the reach of all later ones, so p
stays valid at every level.
"""

from __future__ import annotations

import numpy as np

from survey.quality.sheet import Flags, Floats

EARLY, FIRST, CHUNK = 199, 999, 1_000
PLENTY, ENOUGH = 20, 10
TIE = 1e-9


class SequentialTest:
    """Counts of arrangements at least as extreme as the real one, which is the first."""

    def __init__(self, size: int, low: bool) -> None:
        """Test so many interviewers; with `low` small values are extreme."""
        self.sign = -1.0 if low else 1.0
        self.real = np.full(size, np.nan)
        self.extreme, self.done, self.total = np.zeros(size), np.zeros(size), np.zeros(size)
        self.going: Flags = np.ones(size, dtype=np.bool_)

    def add(self, values: Floats, look: int) -> None:
        """Count the arrangements of a look, [draws, J] NaN unknown; `going` says for whom chance is not obvious yet."""
        if look == 0:
            self.real = values[0]
            self.going = np.isfinite(self.real)
            return
        known = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            beyond = known & (self.sign * (values - self.real) >= -TIE)
        self.extreme += beyond.sum(axis=0)
        self.done += known.sum(axis=0)
        self.total += np.where(known, values, 0.0).sum(axis=0)
        self.going = self.going & (self.extreme < (PLENTY if look == 1 else ENOUGH))

    def result(self) -> Floats:
        """Return [3, J] value, mean over arrangements, p."""
        known = np.isfinite(self.real) & (self.done > 0)
        p = np.where(known, (1 + self.extreme) / (1 + self.done), np.nan)
        return np.stack([self.real, self.total / np.maximum(self.done, 1), p])
