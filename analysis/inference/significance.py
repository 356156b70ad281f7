"""Significance: the result of a significance test, whatever the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimation.intervals import LEVEL, t_limits
from analysis.inference.tails import f_tail, t_tail


@dataclass(frozen=True, slots=True)
class Significance:
    """The result of a significance test.

    Attributes:
        method: Chinese name of the test.
        statistic: value of the test statistic.
        df: its degrees of freedom: (numerator, denominator) for F, (df,) for t and chi-square, () where none apply.
        p_value: two-sided or upper-tail probability; None where the test is undefined (`note` gives the reason).
        estimate: the estimated effect, None where there is no single one.
        std_error: its standard error.
        conf_low: lower limit of its confidence interval.
        conf_high: upper limit.
        note: Chinese remark, "" for none.
    """

    method: str
    statistic: float
    df: tuple[float, ...]
    p_value: float | None
    estimate: float | None = None
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    note: str = ""

    @property
    def limits(self) -> tuple[float, float]:
        """The limits of the interval; NaN where there is none."""
        if self.conf_low is None or self.conf_high is None:
            return float("nan"), float("nan")
        return self.conf_low, self.conf_high


NO_VARIANCE = "抽样方差为零（由抽样分层或校准总数固定），检验没有意义"
SINGULAR = "对比的协方差矩阵是奇异的，无法作联合检验"
NO_DEGREES = "有效抽样点太少，没有自由度，无法检验"


def t_test(method: str, estimate: float, error: float, degrees: float, level: float = LEVEL) -> Significance:
    """Test estimate = 0 by a two-sided t test and return its interval; z when degrees is infinite.

    A zero error or zero degrees of freedom gives no p-value but a note, never NaN.
    """
    if degrees < 1:
        return Significance(method, float("nan"), (degrees,), None, estimate, error, note=NO_DEGREES)
    low, high = t_limits(estimate, error, degrees, level)
    limits = (float(low), float(high))
    if not error > 0:
        statistic = 0.0 if estimate == 0 else float(np.copysign(np.inf, estimate))
        return Significance(method, statistic, (degrees,), None, estimate, error, *limits, note=NO_VARIANCE)
    statistic = estimate / error
    p = 2 * float(t_tail(abs(statistic), degrees))
    return Significance(method, statistic, (degrees,), p, estimate, error, *limits)


def wald_test(
    method: str,
    departure: npt.NDArray[np.float64],
    covariance: npt.NDArray[np.float64],
    degrees: float,
    *,
    adjusted: bool = True,
) -> Significance:
    """Test by F that (q,) departures are all zero.

    The statistic d' V^-1 d / q is compared with F(q, degrees); adjusted: (degrees - q + 1) / degrees times it with
    F(q, degrees - q + 1), which keeps its level when few PSUs estimate V (Korn & Graubard 1990, American
    Statistician 44:270; Thomas & Rao 1987, JASA 82:630).

    A singular covariance or zero degrees of freedom gives no p-value but a note.
    """
    size = len(departure)
    denominator = degrees - size + 1 if adjusted else degrees
    if not np.diag(covariance).any():
        return Significance(method, float("nan"), (size, denominator), None, note=NO_VARIANCE)
    spread = np.sqrt(np.diag(covariance))
    scaled = covariance / np.where(spread > 0, np.outer(spread, spread), 1.0)
    if np.linalg.matrix_rank(scaled, hermitian=True) < size:
        return Significance(method, float("nan"), (size, denominator), None, note=SINGULAR)
    value = float((departure / spread) @ np.linalg.solve(scaled, departure / spread)) / size
    if denominator < 1:
        return Significance(method, value, (size, denominator), None, note=NO_DEGREES)
    value *= denominator / degrees if adjusted else 1.0
    return Significance(method, value, (size, denominator), float(f_tail(value, size, denominator)))
