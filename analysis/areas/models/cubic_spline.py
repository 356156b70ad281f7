"""Cubic splines through values at equally spaced knots, as a matrix: with fixed knots they are linear in the values.

The spline has continuous second derivatives, and a third derivative that is continuous at the second knot from either
end ("not-a-knot"; de Boor 1978, A Practical Guide to Splines, chapter IV), as `scipy.interpolate.CubicSpline` has by
default. That module takes longer to load than all models of a page take to fit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 4


def spline_matrix(knots: int, at: Floats) -> Floats:
    """Return the matrix that takes values at the knots 0, 1, ... to those of their spline at some places.

    Args:
        knots: number of knots, at least `FEWEST`.
        at: places, between 0 and knots - 1.

    Returns:
        Shape (places, knots).
    """
    assert knots >= FEWEST
    left = np.minimum(at.astype(np.int64), knots - 2)
    t = at - left
    rows, values, slopes = np.arange(len(at)), np.zeros((len(at), knots)), np.zeros((len(at), knots))
    values[rows, left], values[rows, left + 1] = (1.0 + 2.0 * t) * (1.0 - t) ** 2, t**2 * (3.0 - 2.0 * t)
    slopes[rows, left], slopes[rows, left + 1] = t * (1.0 - t) ** 2, t**2 * (t - 1.0)
    found: Floats = values + slopes @ _slopes(knots)
    return found


def _slopes(knots: int) -> Floats:
    """Return the matrix (knots, knots) that takes values at the knots to the slopes of the spline there."""
    rise = np.diff(np.eye(knots), axis=0)
    system = 4.0 * np.eye(knots) + np.eye(knots, k=1) + np.eye(knots, k=-1)
    right = np.zeros((knots, knots))
    right[1:-1] = 3.0 * (rise[:-1] + rise[1:])
    system[0, :2], right[0] = (1.0, 2.0), (5.0 * rise[0] + rise[1]) / 2.0
    system[-1, -2:], right[-1] = (2.0, 1.0), (5.0 * rise[-1] + rise[-2]) / 2.0
    return np.asarray(np.linalg.solve(system, right), dtype=float)
