"""Lot quality assurance sampling (LQAS): judge communities with a handful of answers by counting.

A plan (n, d) passes an area when at least d of n answers are favourable. With an upper standard `good` and a lower
line `poor`, the risk of failing an area at `good` is at most alpha and that of passing an area at `poor` at most beta.
Two cut-off points give three verdicts, 合格 / 待定 / 不合格: pass at d_pass (the rate is surely above `poor`), fail
below d_fail (the rate is surely below `good`); they are not the verdicts of `analysis.areas.verdict`. Exact binomial
(Valadez 1991; Dodge & Romig 1929). No percentages are estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.domains import make_domains
from analysis.estimation.disclosure.communities import hidden_communities
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate

MAX_SAMPLE = 2000
FEW = "不显示"
"""In place of a verdict where a community has too few answers, or would reveal one that has."""


class LotVerdict(StrEnum):
    """The three verdicts of a plan."""

    PASS = "合格"
    WATCH = "待定"
    FAIL = "不合格"


@dataclass(frozen=True, slots=True)
class LotPlan:
    """A sampling plan: the number of interviews and of favourable answers that decide.

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
    """Return the smallest plan that keeps both risks.

    Args:
        good: upper standard, a share.
        poor: lower line, a share below `good`.
        alpha: largest risk of failing an area at `good`.
        beta: largest risk of passing an area at `poor`.

    Raises:
        DesignError: lines out of order, or so close that more than 2,000 interviews would be needed.
    """
    from scipy.stats import binom  # scipy.stats takes longer to load than all else here

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
        DesignError: impossible counts.
    """
    from scipy.stats import binom

    if not 0 <= favourable <= n:
        raise DesignError("赞成数应在 0 与样本数之间", got=f"{favourable} / {n}")
    surely_above = n > 0 and float(binom.sf(favourable - 1, n, poor)) <= risk
    surely_below = n > 0 and float(binom.cdf(favourable, n, good)) <= risk
    if surely_above == surely_below:  # neither, or (large n between the lines) both
        return LotVerdict.WATCH
    return LotVerdict.PASS if surely_above else LotVerdict.FAIL


def operating_curve(plan: LotPlan, rates: np.ndarray) -> np.ndarray:
    """Return the probability of passing at each true rate (shares in, shares out)."""
    from scipy.stats import binom

    return np.asarray(binom.sf(plan.accept - 1, plan.n, rates), dtype=float)


RISK = 0.10


def judge_communities(
    sample: Sample, rate: Rate, where: Mapping[str, Any], lines: tuple[float, float], *, risk: float = RISK
) -> pd.DataFrame:
    """Judge every community from its own answers.

    Args:
        sample: a probability sample.
        rate: the rate to judge.
        where: the domain, the wave included.
        lines: (good, poor), shares: an area at `good` should pass, one at `poor` should fail.
        risk: largest risk of either error in one community.

    Returns:
        One row per community with answers: district, street, community, psu, n, favourable, verdict (合格, 待定,
        不合格; `FEW` where the counts are hidden and missing, see `hidden_communities`). Communities count as simple
        random samples: the answers are counted, not weighted. Failed communities come first.

    Raises:
        DesignError: self-selected answers, lines out of order, nobody in the domain.
    """
    good, poor = lines
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能判定社区", cure="换成入户或电话")
    if not 0 < poor < good < 1:
        raise DesignError("两条线应满足 0 < 下线 < 上线 < 1", got=f"下线 {poor:.0%}，上线 {good:.0%}")
    cells, at = sample.cells, sample.cells.index(rate.name)
    inside = make_domains(cells, (), where).code >= 0
    columns = ["district", "street", "community", "psu"]
    table = cells.keys.loc[inside, columns].astype(dict.fromkeys(columns[:3], object))
    table = table.assign(n=cells.n_i[at][inside].astype(int), favourable=cells.ny[at][inside].astype(int))
    counts = table.groupby(columns, sort=False, dropna=False)[["n", "favourable"]].sum().reset_index()
    counts = counts[counts["n"] > 0]
    if counts.empty:
        raise DesignError("所选范围内没有有效答卷", cure="放宽筛选条件")
    few = hidden_communities(counts, sample.suppression)
    counts["verdict"] = [
        FEW if dark else str(lot_verdict(int(yes), int(n), good, poor, risk=risk))
        for dark, yes, n in zip(few, counts["favourable"], counts["n"], strict=True)
    ]
    shown = counts.assign(
        n=counts["n"].astype("Int64").mask(few), favourable=counts["favourable"].astype("Int64").mask(few)
    )
    order = {str(LotVerdict.FAIL): 0, str(LotVerdict.WATCH): 1, FEW: 2, str(LotVerdict.PASS): 3}
    share = np.where(few, 1.0, counts["favourable"] / counts["n"])
    ranked = shown.assign(_order=counts["verdict"].map(order), _share=share)
    ranked = ranked.sort_values(["_order", "_share", "psu"], kind="stable")
    return ranked.drop(columns=["_order", "_share"]).reset_index(drop=True)
