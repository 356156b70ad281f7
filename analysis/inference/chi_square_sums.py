"""Tail probabilities of weighted sums of chi-squares, and of such sums over an independent variance estimate.

The statistic of Rao and Scott is asymptotically Q = sum(a_i X_i), X_i chi-square with one degree of freedom; when the
covariance matrix is estimated with nu degrees of freedom, Q is compared with x * V / nu, V chi-square(nu). Every
function returns the upper tail directly, never one minus a distribution function.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from analysis.inference.tails import chi_square_tail, f_tail, normal_tail
from survey.errors import DesignError

FloatArray = npt.NDArray[np.float64]

NEGLIGIBLE = 1e-12
"""Coefficients below this share of the largest are rounding noise of an eigenvalue that is zero."""
EDGE = 1 - 1e-9
"""Smallest distance of the search from a pole of the moment generating function."""


def satterthwaite(x: float, coefficients: npt.ArrayLike, df: float = np.inf) -> float:
    """Return P(Q > x) by matching two moments with a scaled chi-square, or F when df is finite.

    Source: Satterthwaite (1946), Biometrics Bulletin 2:110; Rao & Scott (1984), Annals of Statistics 12:46, eq. 3.10.
    """
    a = _coefficients(coefficients)
    scale, freedom = float(np.square(a).sum() / a.sum()), float(a.sum() ** 2 / np.square(a).sum())
    if np.isinf(df):
        return float(chi_square_tail(x / scale, freedom))
    return float(f_tail(x / scale / freedom, freedom, df))


def saddlepoint(x: float, coefficients: npt.ArrayLike, df: float = np.inf) -> float:
    """Return P(Q > x) by the Lugannani-Rice saddlepoint formula.

    The relative error is a few percent far out in the tail; where the formula is singular (x at the mean of Q),
    return the exact tail.

    Source: Kuonen (1999), Biometrika 86:929, eq. 4; Lumley (2010), Complex Surveys, appendix of chapter 2.
    """
    a, point = _poles(x, coefficients, df)
    zeta = _saddle(a, point)
    if abs(zeta) * a.max() < 1e-4:
        return exact_tail(x, coefficients, df)
    height = _cumulant(a, zeta)
    w = np.sign(zeta) * np.sqrt(2 * max(zeta * point - height, 0.0))
    v = zeta * np.sqrt(2 * np.square(a / (1 - 2 * zeta * a)).sum())
    return float(normal_tail(w + np.log(v / w) / w))


def exact_tail(x: float, coefficients: npt.ArrayLike, df: float = np.inf) -> float:
    """Return P(Q > x) exactly, by inverting the moment generating function numerically through its saddlepoint.

    The path of integration passes through the saddlepoint, so the integrand does not cancel and small tails keep
    their relative accuracy (about 1e-10), where Davies' and Imhof's formulas only give absolute accuracy. With one
    coefficient this is the plain F or chi-square tail.

    Source: Helstrom (1983), IEEE Trans. Aerospace 19:428; Rice (1980), SIAM J. Sci. Stat. Comput. 1:438.
    """
    a = _coefficients(coefficients)
    if a.size == 1 or np.ptp(a) <= NEGLIGIBLE * a.max():
        ratio = x / a.mean()
        return float(chi_square_tail(ratio, a.size) if np.isinf(df) else f_tail(ratio / a.size, a.size, df))
    if x <= 0:
        return 1.0
    if np.isinf(df):
        return _tail_of_sum(x, a)
    return _tail_of_ratio(x, a, df)


def _coefficients(values: npt.ArrayLike) -> FloatArray:
    a = np.atleast_1d(np.asarray(values, dtype=np.float64))
    a = a[a > NEGLIGIBLE * np.abs(a).max()] if a.size else a
    if a.size == 0 or not np.isfinite(a).all():
        raise DesignError("检验统计量的方差为零或无法计算", cure="各格人数由抽样或加权设定时，此检验没有意义")
    return a


def _poles(x: float, coefficients: npt.ArrayLike, df: float) -> tuple[FloatArray, float]:
    """Return all coefficients, with multiplicity, and the point of the tail: P(sum > point)."""
    a = _coefficients(coefficients)
    if np.isinf(df):
        return a, x
    whole = max(round(df), 1)
    return np.concatenate([a, np.full(whole, -x / whole)]), 0.0


def _cumulant(a: FloatArray, zeta: float) -> float:
    return float(-np.log1p(-2 * zeta * a).sum() / 2)


def _saddle(a: FloatArray, point: float) -> float:
    """Return the root of K'(zeta) = point between the poles of the moment generating function."""
    upper = EDGE / (2 * a.max())
    lower = EDGE / (2 * a.min()) if (a < 0).any() else -a.size / (2 * point) - 1 / a.max()

    def slope(zeta: float) -> float:
        return float((a / (1 - 2 * zeta * a)).sum()) - point

    return float(scipy.optimize.brentq(slope, lower, upper, xtol=1e-15 * upper, rtol=8.9e-16, maxiter=500))


def _tail_of_ratio(x: float, a: FloatArray, df: float) -> float:
    """Return P(sum(a X) - x V / df > 0) along a vertical path, stretched by sinh for the power-law integrand."""
    poles, powers = np.concatenate([a, [-x / df]]), np.concatenate([np.ones(a.size), [df]])
    low, high = EDGE / (2 * poles.min()), EDGE / (2 * poles.max())
    zeta = float(
        scipy.optimize.brentq(lambda z: float((powers * poles / (1 - 2 * z * poles)).sum()), low, high, rtol=8.9e-16)
    )
    curvature = 2 * float((powers * np.square(poles / (1 - 2 * zeta * poles))).sum())
    # The pole of 1/s must stay off the path; shifting the path slightly costs nothing.
    side = 1.0 if zeta >= 0 else -1.0
    zeta = side * max(abs(zeta), 0.25 * min(abs(low), high))
    scale = 1 / np.sqrt(curvature)
    height = float(-(powers * np.log1p(-2 * zeta * poles)).sum() / 2)
    step = 0.01
    u = (np.arange(6000) + 0.5) * step
    s = zeta + 1j * scale * np.sinh(np.minimum(u, 60.0))
    logs = -(np.log(1 - 2 * np.outer(s, poles)) @ powers) / 2 - height
    values = np.exp(logs) / s * np.cosh(np.minimum(u, 60.0))
    integral = float(values.real.sum() * step * scale / np.pi * np.exp(height))
    return integral if side > 0 else 1.0 + integral


def _tail_of_sum(x: float, a: FloatArray) -> float:
    """Return P(sum(a X) > x) along a parabola that opens to the right, where exp(-s x) decays."""
    mean_excess = x - float(a.sum())
    zeta = _saddle(a, x)
    first = 1 / (2 * a.max())
    side = 1.0 if mean_excess >= 0 else -1.0
    zeta = side * max(abs(zeta), 0.25 * first)
    curvature = 2 * float(np.square(a / (1 - 2 * zeta * a)).sum())
    scale = 1 / np.sqrt(curvature)
    bend = scale / 8
    height = _cumulant(a, zeta) - zeta * x
    step = 0.005
    u = (np.arange(8000) + 0.5) * step
    s = zeta + 1j * scale * u + bend * np.square(u)
    logs = -np.log(1 - 2 * np.outer(s, a)).sum(axis=1) / 2 - s * x - height
    values = np.exp(logs) / s * (1j * scale + 2 * bend * u)
    integral = float(values.imag.sum() * step / np.pi * np.exp(height))
    return integral if side > 0 else 1.0 + integral
