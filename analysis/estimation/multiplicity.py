"""Multiplicity: p-values of a list of comparisons, adjusted for its length."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.design.cells import FloatArray


def holm(p: FloatArray) -> FloatArray:
    """Holm 1979 (Scand. J. Statist. 6:65): family-wise error. NaN stays NaN and does not count."""
    return _stepped(p, lambda m: np.arange(m, 0, -1.0), down=True)


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Benjamini & Hochberg 1995 (JRSS B 57:289): false discovery rate. NaN stays NaN and does not count."""
    return _stepped(p, lambda m: m / np.arange(1.0, m + 1), down=False)


def _stepped(p: FloatArray, factors: Callable[[int], FloatArray], *, down: bool) -> FloatArray:
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * factors(len(order))
    run = np.maximum.accumulate(scaled) if down else np.minimum.accumulate(scaled[::-1])[::-1]
    out = np.full_like(p, np.nan)
    out[order] = np.minimum(run, 1.0)
    return out
