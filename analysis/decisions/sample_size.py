"""Sample size: how many interviews a given interval or change needs, what a given sample detects, and its allocation.

n for a half-width e: z² p (1 - p) / e² x deff. n for a change, each wave: the test pools the waves under the null
(Fleiss, Levin & Paik 2003, eq. 4.14 without continuity correction), x deff. deff = 1 + (m - 1) icc for m answers per
cluster (Kish 1965, sec. 5.4), best m = sqrt(cost of a cluster / cost of an interview x (1 - icc) / icc).

Allocation to districts: proportional n_d ~ N_d; equal; Neyman n_d ~ N_d S_d / sqrt(cost_d); compromise
n_d ~ S_d N_d^power / sqrt(cost_d) (power allocation, Bankier 1988, The American Statistician 42:174), which gives
small districts enough and costs the city little. Whole numbers by largest remainders, never below the minimum, never
above the population.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.estimation.intervals import LEVEL, POWER, detectable
from survey.errors import DesignError


def design_effect(take: float, icc: float) -> float:
    """Return the design effect of `take` answers per cluster with intra-cluster correlation `icc`."""
    _require(take >= 1, "每个社区至少访问一人", f"{take:g}")
    _require(0 <= icc < 1, "群内相关系数应在 0 与 1 之间", f"{icc:g}")
    return 1.0 + (take - 1.0) * icc


def best_take(cluster_cost: float, interview_cost: float, icc: float) -> int:
    """Return the interviews per cluster that give the narrowest interval for the money; at least 1."""
    _require(cluster_cost > 0 and interview_cost > 0, "费用应大于 0", f"{cluster_cost:g}、{interview_cost:g}")
    _require(0 < icc < 1, "群内相关系数应在 0 与 1 之间（不含）", f"{icc:g}")
    return max(1, round(math.sqrt(cluster_cost / interview_cost * (1.0 - icc) / icc)))


def for_interval(rate: float, half_width: float, *, deff: float = 1.0, level: float = LEVEL) -> int:
    """Return the answers needed for an interval of `half_width` (a share) to either side of `rate`."""
    _require(0 < rate < 1, "预计的比例应在 0 与 1 之间（不含）", f"{rate:g}")
    _require(0 < half_width < 0.5, "想要的误差应在 0 与 50 个百分点之间", f"{half_width:g}")
    return _whole_sample(rate * (1 - rate) / (half_width / _upper(_alpha(level) / 2)) ** 2, deff)


def for_change(rate: float, change: float, *, deff: float = 1.0, level: float = LEVEL, power: float = POWER) -> int:
    """Return the answers needed in each of two waves to detect `change` (a share, signed) from `rate`."""
    after = rate + change
    _require(
        0 < rate < 1 and 0 < after < 1 and change != 0, "前后比例应在 0 与 1 之间且不相等", f"{rate:g} → {after:g}"
    )
    pooled = (after + rate) / 2
    null, alternative = _spread(pooled, pooled), _spread(after, rate)
    reach = _upper(_alpha(level) / 2) * null - _upper(power) * alternative
    return _whole_sample((max(reach, 0.0) / change) ** 2, deff)


def _upper(share: float) -> float:
    """Return the value that a share of the normal distribution lies above."""
    return -float(special.ndtri(share))


def _spread(one: float, other: float) -> float:
    """Return the standard deviation of the difference of two rates, for one answer each."""
    return math.sqrt(one * (1 - one) + other * (1 - other))


def detectable_change(
    rate: float, n: float, *, deff: float = 1.0, level: float = LEVEL, power: float = POWER, cells: int = 2
) -> float:
    """Return the smallest change (a share) detected with the stated power when `cells` cells have n answers each.

    Args:
        rate: rate before, in (0, 1); its variance is used for all cells.
        n: answers per cell.
        deff: design effect.
        level: confidence level of the two-sided test.
        power: required power.
        cells: 2 for before and after, 4 for a difference in differences.
    """
    _require(0 < rate < 1 and n > 0, "比例应在 0 与 1 之间（不含），样本量应大于 0", f"{rate:g}，{n:g}")
    error = math.sqrt(cells * rate * (1.0 - rate) * _deff(deff) / n)
    return float(detectable(error, np.inf, level, power))


def to_contact(completes: int, response_rate: float) -> int:
    """Return the addresses or numbers to draw for `completes` interviews at the expected response rate."""
    _require(0 < response_rate <= 1, "应答率应大于 0、不超过 1", f"{response_rate:g}")
    return math.ceil(completes / response_rate - 1e-9)


def _alpha(level: float) -> float:
    _require(0 < level < 1, "置信水平应在 0 与 1 之间", f"{level:g}")
    return 1.0 - level


def _whole_sample(simple: float, deff: float) -> int:
    """Return whole answers for a simple random sample of this size at a design effect."""
    return math.ceil(float(simple) * _deff(deff) - 1e-9)


def _deff(value: float) -> float:
    _require(value > 0, "设计效应应大于 0", f"{value:g}")
    return value


def _require(holds: bool, what: str, got: str) -> None:
    if not holds:
        raise DesignError(what, got=got, cure="改正后重试")


Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Rule = Callable[[Floats, Floats, Floats], Floats]
COMPROMISE_POWER = 0.5


def _proportional(population: Floats, spread: Floats, cost: Floats) -> Floats:
    return population


def _equal(population: Floats, spread: Floats, cost: Floats) -> Floats:
    return np.ones_like(population)


def _neyman(population: Floats, spread: Floats, cost: Floats) -> Floats:
    return np.asarray(population * spread / np.sqrt(cost), dtype=float)


def _compromise(population: Floats, spread: Floats, cost: Floats) -> Floats:
    return np.asarray(spread * population**COMPROMISE_POWER / np.sqrt(cost), dtype=float)


RULES: dict[str, Rule] = {
    "proportional": _proportional,
    "equal": _equal,
    "neyman": _neyman,
    "compromise": _compromise,
}
LABELS: dict[str, str] = {
    "proportional": "按人口比例",
    "equal": "各区相等",
    "neyman": "奈曼分配（全市最准）",
    "compromise": "折中分配（全市与各区兼顾）",
}


def allocate(
    total: int,
    population: Floats,
    *,
    rule: str = "compromise",
    rate: Floats | float = 0.5,
    cost: Floats | float = 1.0,
    minimum: int = 0,
) -> Counts:
    """Divide `total` interviews over the districts, adding up exactly.

    Args:
        total: total interviews.
        population: residents of each district.
        rule: a name of `RULES`.
        rate: expected rate of each district (a share); its sqrt(p (1 - p)) is the spread.
        cost: relative cost of an interview in each district.
        minimum: smallest number in a district (its whole population if that is smaller).

    Raises:
        DesignError: an unknown rule, or a total too small for the minimum or above the population.
    """
    size = np.asarray(population, dtype=float)
    if rule not in RULES:
        raise DesignError("没有这种分配办法", got=rule, expected="、".join(RULES))
    floor = np.minimum(minimum, size)
    if total < floor.sum() or total > size.sum() or (size < 0).any():
        raise DesignError(
            "总样本量与各区下限、人口不相容",
            got=f"总数 {total}，各区下限合计 {floor.sum():.0f}，人口合计 {size.sum():.0f}",
            cure="增加总样本量，或降低每区下限",
        )
    p = np.broadcast_to(np.clip(np.asarray(rate, dtype=float), 0.02, 0.98), size.shape)
    price = np.broadcast_to(np.asarray(cost, dtype=float), size.shape)
    return _whole(_bounded(RULES[rule](size, np.sqrt(p * (1.0 - p)), price), total, floor, size), total, size)


def _bounded(weight: Floats, total: int, floor: Floats, ceiling: Floats) -> Floats:
    """Scale `weight` to add up to total within [floor, ceiling]: clip at a common multiplier (bisection)."""
    low, high = 0.0, (total + 1.0) / max(float(weight[weight > 0].min(initial=1.0)), 1e-300)
    for _ in range(200):
        middle = (low + high) / 2.0
        if np.clip(weight * middle, floor, ceiling).sum() < total:
            low = middle
        else:
            high = middle
    return np.clip(weight * high, floor, ceiling)


def _whole(wanted: Floats, total: int, ceiling: Floats) -> Counts:
    """Round down, then add the rest by largest remainders (the first on ties)."""
    counts = np.floor(wanted + 1e-9).astype(np.int64)
    room = counts < np.floor(ceiling)
    order = np.argsort(-(wanted - counts) * room, kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts
