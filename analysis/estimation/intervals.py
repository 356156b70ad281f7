"""Confidence intervals for rates from a complex sample, by name.

`INTERVALS` maps a name to a function of `Rated` that returns (low, high), vectorised over the estimates.

The forms of R `survey` 4.5 (mean, logit, xlogit, likelihood, asin, beta, wilson) return what R returns, also where R
returns NA or a single point: at a rate of 0 or 1. `wilson_pooled`, the default of `rates`, and its one-sided
counterpart `jeffreys_pooled` always exist and never have width zero: n* = n / D, with the design effect D of the
domain shrunk towards a prediction (`pooled_deff`). docs/statistics.md reports their coverage.

Every other estimate (a difference, a coefficient, a number of residents, an angle) takes its limits from `t_limits`,
`log_limits` or `angle_limits`; no other module multiplies a standard error by a quantile.

scipy.special is imported inside functions: it takes as long to load as pandas, and pages import this module whether
or not they show an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray
from survey.errors import ArgumentError

Limits = tuple[FloatArray, FloatArray]
LEVEL, POWER = 0.95, 0.80
"""Default confidence level of intervals and default power of detectable differences."""


@dataclass(frozen=True, slots=True)
class Rated:
    """What an interval needs of K rates.

    Attributes:
        p: estimate. variance: design variance. n: answers. df: degrees of freedom.
        n_pooled: n over the shrunken design effect. df_pooled: its degrees of freedom.
        level: confidence level.
    """

    p: FloatArray
    variance: FloatArray
    n: FloatArray
    df: FloatArray
    n_pooled: FloatArray
    df_pooled: FloatArray
    level: float = LEVEL

    @property
    def tail(self) -> float:
        """The probability in each tail."""
        return (1 - self.level) / 2

    @property
    def n_eff(self) -> FloatArray:
        """P (1 - p) / variance: the simple random sample with this variance; NaN at 0 and 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.p * (1 - self.p) / self.variance

    @property
    def t(self) -> FloatArray:
        """The two-sided t quantile at `df` (normal where df is infinite, NaN where it is 0)."""
        return quantile_t(1 - self.tail, self.df)


def check_level(level: float) -> None:
    """Refuse a confidence level outside (0, 1), such as 95."""
    if not 0 < level < 1:
        raise ArgumentError("置信水平要在 0 与 1 之间", got=str(level), expected="例如 0.95")


def t_limits(estimate: npt.ArrayLike, error: npt.ArrayLike, df: npt.ArrayLike, level: float = LEVEL) -> Limits:
    """Return estimate -+ t x error, elementwise.

    Args:
        estimate: any scale; broadcast against `error` and `df`.
        error: standard error.
        df: degrees of freedom of the error; infinite for a normal interval, NaN limits where it is 0 or less.
        level: two-sided confidence level in (0, 1).
    """
    value, reach = np.asarray(estimate, dtype=np.float64), half_width(error, df, level)
    return value - reach, value + reach


def log_limits(estimate: FloatArray, error: FloatArray, df: npt.ArrayLike, level: float = LEVEL) -> Limits:
    """Return limits of a positive quantity, symmetric on the log scale: estimate x exp(-+ t x error / estimate).

    NaN where the estimate and its error are 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = half_width(error, df, level) / estimate
        return estimate * np.exp(-reach), estimate * np.exp(reach)


def angle_limits(angle: npt.ArrayLike, error: npt.ArrayLike, df: npt.ArrayLike, level: float = LEVEL) -> Limits:
    """Return limits (shares) of a rate known on the arcsine square root scale, cut at 0 and 1.

    Args:
        angle: arcsin(sqrt(rate)).
        error: its standard error.
        df: degrees of freedom; infinite for a normal interval.
        level: two-sided confidence level in (0, 1).
    """
    low, high = (np.sin(np.clip(end, 0.0, np.pi / 2)) ** 2 for end in t_limits(angle, error, df, level))
    return low, high


def half_width(error: npt.ArrayLike, df: npt.ArrayLike, level: float = LEVEL) -> FloatArray:
    """Return t x error: half the width of a symmetric two-sided interval."""
    return np.asarray(quantile_t((1 + level) / 2, df) * np.asarray(error, dtype=np.float64))


def detectable(error: npt.ArrayLike, df: npt.ArrayLike, level: float = LEVEL, power: float = POWER) -> FloatArray:
    """Return the smallest true difference that a two-sided test at 1 - level detects with probability `power`."""
    return np.asarray((quantile_t((1 + level) / 2, df) + quantile_t(power, df)) * np.asarray(error, dtype=np.float64))


def quantile_t(probability: float, df: npt.ArrayLike) -> FloatArray:
    """Return the Student t quantile; NaN for df <= 0, normal for infinite df."""
    from scipy import special

    few, inverse = _distinct(np.asarray(df, dtype=np.float64))
    inside = np.where(few > 0, np.minimum(few, 1e15), np.nan)
    value = np.where(np.isinf(few), special.ndtri(probability), special.stdtrit(inside, probability))
    return np.asarray(value[inverse].reshape(np.shape(df)))


def _distinct(values: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Return the distinct values and the place of each: t quantiles are costly, distinct df are few."""
    if values.size and (values == np.floor(values)).all() and values.min() >= 0 and values.max() <= 1e5:
        seen = np.bincount(values.astype(np.int64).ravel()) > 0
        return np.flatnonzero(seen).astype(np.float64), (np.cumsum(seen) - 1)[values.astype(np.int64).ravel()]
    few, inverse = np.unique(values, return_inverse=True)
    return few, inverse.ravel()


def wald(r: Rated) -> Limits:
    """Return R `method="mean"`: p +- t se; may leave [0, 1], and is a point at 0 and 1."""
    return t_limits(r.p, np.sqrt(r.variance), r.df, r.level)


def logit(r: Rated) -> Limits:
    """Return R `method="xlogit"` (and, to 1e-7, "logit"): symmetric on the logit scale."""
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        centre, reach = special.logit(r.p), r.t * np.sqrt(r.variance) / (r.p * (1 - r.p))
        return special.expit(centre - reach), special.expit(centre + reach)


def arcsine(r: Rated) -> Limits:
    """Return R `method="asin"`: symmetric on the arcsine square root scale."""
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, reach = np.arcsin(np.sqrt(r.p)), r.t * np.sqrt(r.variance) / (2 * np.sqrt(r.p * (1 - r.p)))
        return np.sin(centre - reach) ** 2, np.sin(centre + reach) ** 2


def likelihood(r: Rated) -> Limits:
    """Return R `method="likelihood"`: 2 n_eff KL(p || q) = t^2 n/(n - 1), the Rao-Scott scaled likelihood ratio.

    Solved exactly; R interpolates between a few points of the profile, up to 3.6e-4 off (docs/statistics.md).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = r.t * np.sqrt(r.n / (r.n - 1))
    return _root(r.p, r.n_eff, t, upper=False), _root(r.p, r.n_eff, t, upper=True)


def _root(p: FloatArray, n: FloatArray, t: FloatArray, *, upper: bool) -> FloatArray:
    """Solve by Newton's method from the arcsine limit, on the logit of q, staying on the same side of p."""
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        start = np.sin(np.clip(np.arcsin(np.sqrt(p)) + (1 if upper else -1) * t / (2 * np.sqrt(n)), 1e-3, 1.5697)) ** 2
        x, centre = special.logit(start), special.logit(p)
        for _ in range(60):  # Newton steps
            q = special.expit(x)
            over = 2 * n * (special.rel_entr(p, q) + special.rel_entr(1 - p, 1 - q)) - t**2
            step = over / (2 * n * (q - p))
            x = x - np.where(np.isfinite(step), np.clip(step, -2, 2), 0.0)
            x = np.maximum(x, centre + 1e-12) if upper else np.minimum(x, centre - 1e-12)
        return np.where(np.isposinf(n), p, np.where(np.isfinite(n) & (n > 0), special.expit(x), np.nan))


def beta(r: Rated) -> Limits:
    """Return R `method="beta"`: Korn & Graubard 1998 with n_eff corrected for df; NaN at 0 and 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = quantile_t(1 - r.tail, r.n - 1) / r.t
        return korn_graubard(r.p, r.n_eff * ratio**2, r.tail)


def wilson(r: Rated) -> Limits:
    """Return R 4.5 `method="wilson"`: the score interval with n_eff and t; NaN at 0 and 1."""
    return _score(r.p, r.n_eff, r.t)


def wilson_pooled(r: Rated) -> Limits:
    """Return the score interval with the shrunken design effect, the default: defined for every p, width never 0."""
    return _score(r.p, r.n_pooled, quantile_t(1 - r.tail, r.df_pooled))


def jeffreys_pooled(r: Rated) -> Limits:
    """Return Beta(x + 1/2, n* - x + 1/2) quantiles with the shrunken design effect: for one-sided decisions.

    n* is corrected for its degrees of freedom as in the NCHS standard, (t_{n-1} / t_{df + K})^2, only downwards.
    """
    return _jeffreys(r.p, decision_n(r.n, r.n_pooled, r.df_pooled, r.tail), r.tail)


def decision_n(n: FloatArray, n_pooled: FloatArray, df_pooled: FloatArray, tail: float) -> FloatArray:
    """Return `n_pooled` corrected for its degrees of freedom: the effective size of `jeffreys_pooled` and of verdicts.

    Args:
        n: answers.
        n_pooled: n over the shrunken design effect.
        df_pooled: its degrees of freedom.
        tail: probability in each tail of the interval.
    """
    ratio = quantile_t(1 - tail, np.maximum(n - 1, 1)) / quantile_t(1 - tail, df_pooled)
    return np.asarray(n_pooled * np.minimum(1.0, ratio**2))


def jeffreys(r: Rated) -> Limits:
    """Return the Jeffreys interval with the effective n of the NCHS standard."""
    return _jeffreys(r.p, nchs_n(r)[1], r.tail)


def clopper_pearson(r: Rated) -> Limits:
    """Return the exact binomial interval that ignores the design: for comparison only."""
    return korn_graubard(r.p, r.n, r.tail)


def kg_nchs(r: Rated) -> Limits:
    """Return the Korn-Graubard limits of the NCHS SAS macro: also at 0 and 1, n_eff never above n.

    Source: Parker et al. 2017, Vital and Health Statistics 2(175), and the macro's version 2.0.
    """
    return korn_graubard(r.p, nchs_n(r)[1], r.tail)


def nchs_n(r: Rated) -> tuple[FloatArray, FloatArray]:
    """Return the effective n of the NCHS standard, without and with the df correction. At 0 and 1 both are n."""
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = r.n_eff
        fitted = np.minimum(r.n, plain * (quantile_t(1 - r.tail, r.n - 1) / r.t) ** 2)
    edge = (r.p <= 0) | (r.p >= 1)
    return np.where(edge, r.n, plain), np.where(edge, r.n, fitted)


def _score(p: FloatArray, n: FloatArray, t: FloatArray) -> Limits:
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, spread = p + t**2 / (2 * n), t * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2))
        low, high = (centre - spread) / (1 + t**2 / n), (centre + spread) / (1 + t**2 / n)
    return np.where(p <= 0, np.minimum(low, 0.0), low), np.where(p >= 1, np.maximum(high, 1.0), high)


def _jeffreys(p: FloatArray, n: FloatArray, tail: float) -> Limits:
    from scipy import special

    a, b = p * n + 0.5, (1 - p) * n + 0.5
    low, high = special.betaincinv(a, b, tail), special.betaincinv(a, b, 1 - tail)
    return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def korn_graubard(p: FloatArray, n: FloatArray, tail: float) -> Limits:
    """Return exact binomial limits at x = p n, where n need not be whole; closed ends at 0 and 1."""
    from scipy import special

    x = p * n
    with np.errstate(invalid="ignore"):
        low = special.betaincinv(x, n - x + 1, tail)
        high = special.betaincinv(x + 1, n - x, 1 - tail)
    low, high = np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)
    return np.where(np.isfinite(n), low, np.nan), np.where(np.isfinite(n), high, np.nan)


INTERVALS: Mapping[str, Callable[[Rated], Limits]] = {
    "wilson_pooled": wilson_pooled,
    "jeffreys_pooled": jeffreys_pooled,
    "kg_nchs": kg_nchs,
    "mean": wald,
    "logit": logit,
    "xlogit": logit,
    "likelihood": likelihood,
    "asin": arcsine,
    "beta": beta,
    "wilson": wilson,
    "jeffreys": jeffreys,
    "clopper_pearson": clopper_pearson,
}
"""Name -> limits. `wilson` is R's form; `wilson_pooled` is the default of `rates`."""


def interval(name: str) -> Callable[[Rated], Limits]:
    """Return the interval function of a name; an unknown one raises ArgumentError with the known names."""
    if name not in INTERVALS:
        raise ArgumentError("没有这种置信区间", got=name, expected="、".join(INTERVALS))
    return INTERVALS[name]
