"""The likelihood interval of R `survey` 4.5: a few points of the profile, a cubic spline, linear interpolation.

MASS profiles the intercept at steps of a fifth of the range, `spline()` puts three points for each of these (end
conditions of Forsythe, Malcolm & Moler), and `approx()` interpolates linearly between them. Written from the
documentation of those functions to explain why R differs from the exact solution, which `intervals.likelihood` gives.
"""

import numpy as np
from scipy import special, stats


def limits(p: float, n: float, n_eff: float, df: float, level: float, whole: float) -> tuple[float, float]:
    """`whole` is the number of rows R keeps: all of them on a calibrated design, else n."""
    cut = stats.t.ppf((1 + level) / 2, df) * np.sqrt(whole / n_eff)
    reach = np.sqrt(stats.f.isf(stats.norm.cdf(-cut) / 2, 1, whole - 1))
    step = reach / 5 / np.sqrt(n_eff * p * (1 - p))
    centre, spread = special.logit(p), n / (n - 1)

    def root(at: float) -> float:
        q = special.expit(at)
        return float(np.sqrt(2 * whole * (special.rel_entr(p, q) + special.rel_entr(1 - p, 1 - q)) / spread))

    points = [(centre, 0.0)]
    for sign in (-1, 1):
        for k in range(1, 10):
            at = centre + sign * k * step
            points.append((at, sign * root(at)))
            if root(at) >= reach:
                break
    x, y = (np.array(side) for side in zip(*sorted(points), strict=True))
    if not np.isfinite(y).all():  # a step beyond the range of the logistic: R continues because of its rounding
        return np.nan, np.nan
    grid = np.linspace(x[0], x[-1], 3 * len(x))
    low, high = special.expit(np.interp([-cut, cut], _spline(x, y, grid), grid))
    return float(low), float(high)


def _spline(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the cubic spline whose third derivative at each end is that of the cubic through four outer points."""
    n, h = len(x), np.diff(x)
    slope = np.diff(y) / h
    left, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        left[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = slope[i] - slope[i - 1]

    def third(a: int) -> float:
        second = [(slope[k + 1] - slope[k]) / (x[k + 2] - x[k]) for k in (a, a + 1)]
        return (second[1] - second[0]) / (x[a + 3] - x[a])

    left[0, :2], left[-1, -2:] = (-h[0], h[0]), (h[-1], -h[-1])
    if n > 3:
        right[0], right[-1] = h[0] ** 2 * third(0), -(h[-1] ** 2) * third(n - 4)
    c = np.linalg.solve(left, right)
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    u, first = at - x[k], slope[k] - h[k] * (2 * c[k] + c[k + 1])
    return y[k] + u * (first + u * (3 * c[k] + u * (c[k + 1] - c[k]) / h[k]))
