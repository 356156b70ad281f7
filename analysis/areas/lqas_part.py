"""Lot quality assurance sampling: a three-way verdict from very few interviews.

A plan (n, d) passes an area when at least d of n answers are favourable. With an upper standard `good` and a lower
line `poor`, the risk of failing an area at `good` is at most alpha and that of passing an area at `poor` at most beta.
Two cut points give 达标 / 待观察 / 未达标: pass at d_pass (rate surely above `poor`), fail below d_fail (rate surely
below `good`). Exact binomial (Valadez 1991; Dodge & Romig 1929).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import binom

from survey.errors import DesignError

MAX_SAMPLE = 2000


class LotVerdict(StrEnum):
    """The three answers of a plan."""

    PASS = "达标"
    WATCH = "待观察"
    FAIL = "未达标"


@dataclass(frozen=True, slots=True)
class LotPlan:
    """A sampling plan: interviews and the number of favourable answers that decides.

    Attributes:
        n: interviews.
        accept: smallest number of favourable answers that passes.
        alpha: risk of failing an area at the upper standard, in [0, 1].
        beta: risk of passing an area at the lower line, in [0, 1].
    """

    n: int
    accept: int
    alpha: float
    beta: float


def smallest_plan(good: float, poor: float, *, alpha: float = 0.10, beta: float = 0.10) -> LotPlan:
    """The smallest plan that keeps both risks.

    Args:
        good: upper standard, a share.
        poor: lower line, a share below `good`.
        alpha: largest risk of failing an area at `good`.
        beta: largest risk of passing an area at `poor`.

    Raises:
        DesignError: lines out of order, or so close that more than 2,000 interviews would be needed.
    """
    if not 0 < poor < good < 1:
        raise DesignError("两条线应满足 0 < 下线 < 上线 < 1", got=f"下线 {poor:.0%}，上线 {good:.0%}")
    for n in range(1, MAX_SAMPLE + 1):
        accept = int(binom.ppf(alpha, n, good))
        if binom.cdf(accept - 1, n, good) > alpha:
            accept -= 1
        miss, pass_ = float(binom.cdf(accept - 1, n, good)), float(binom.sf(accept - 1, n, poor))
        if pass_ <= beta:
            return LotPlan(n, accept, miss, pass_)
    raise DesignError(
        "两条线太近，两千份以内不能区分", got=f"{poor:.1%} 与 {good:.1%}", cure="拉开两条线，或放宽允许的误判风险"
    )


def lot_verdict(favourable: int, n: int, good: float, poor: float, *, risk: float = 0.10) -> LotVerdict:
    """Judge one area from its own answers, each side with its own risk.

    Args:
        favourable: favourable answers (whole numbers; use effective counts rounded down for clustered samples).
        n: answers; 0 gives WATCH.
        good: upper standard, a share.
        poor: lower line, a share.
        risk: largest risk of a wrong PASS at `poor` and of a wrong FAIL at `good`.

    Raises:
        DesignError: counts that cannot be.
    """
    if not 0 <= favourable <= n:
        raise DesignError("赞成数应在 0 与样本数之间", got=f"{favourable} / {n}")
    surely_above = n > 0 and float(binom.sf(favourable - 1, n, poor)) <= risk
    surely_below = n > 0 and float(binom.cdf(favourable, n, good)) <= risk
    if surely_above == surely_below:  # neither, or (large n between the lines) both
        return LotVerdict.WATCH
    return LotVerdict.PASS if surely_above else LotVerdict.FAIL


def operating_curve(plan: LotPlan, rates: np.ndarray) -> np.ndarray:
    """Probability of passing at each true rate (shares in, shares out)."""
    return np.asarray(binom.sf(plan.accept - 1, plan.n, rates), dtype=float)
