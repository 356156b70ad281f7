"""The result of a significance test, whatever the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, slots=True)
class Significance:
    """What a test found.

    Attributes:
        method: Chinese name of the test.
        statistic: value of the test statistic.
        df: its degrees of freedom: (numerator, denominator) for F, (df,) for t and chi-square, () where none apply.
        p_value: two-sided or upper-tail probability; None where the test has no meaning (then `note` says why).
        estimate: the estimated effect, None where there is no single one.
        std_error: its standard error.
        conf_low: lower limit of its confidence interval.
        conf_high: upper limit.
        note: Chinese remark, empty when there is nothing to say.
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


NO_VARIANCE = "抽样方差为零（由抽样分层或校准总数固定），检验没有意义"
NO_DEGREES = "有效抽样点太少（自由度为 0），无法检验"


def t_test(method: str, estimate: float, error: float, degrees: float, level: float = 0.95) -> Significance:
    """Two-sided t test of estimate = 0 with its interval; z when degrees is infinite.

    A zero error or no degree of freedom gives no p value and a note, never NaN.
    """
    if degrees < 1:
        return Significance(method, float("nan"), (degrees,), None, estimate, error, note=NO_DEGREES)
    half = float(stats.t.isf((1 - level) / 2, degrees)) * error
    limits = (estimate - half, estimate + half)
    if not error > 0:
        statistic = 0.0 if estimate == 0 else float(np.copysign(np.inf, estimate))
        return Significance(method, statistic, (degrees,), None, estimate, error, *limits, note=NO_VARIANCE)
    statistic = estimate / error
    p = 2 * float(stats.t.sf(abs(statistic), degrees))
    return Significance(method, statistic, (degrees,), p, estimate, error, *limits)
