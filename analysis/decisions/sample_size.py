"""How many interviews: for a wanted interval, for a change to be seen, and what a given sample can see.

n for a half-width e: z² p (1 - p) / e² x deff. n for a change: (z_a + z_b)² [p1 q1 + p2 q2] / (p1 - p2)² x deff each
wave (Fleiss, Levin & Paik 2003, eq. 4.14 without continuity correction). deff = 1 + (m - 1) icc for m answers a
cluster (Kish 1965, sec. 5.4), best m = sqrt(cost of a cluster / cost of an interview x (1 - icc) / icc).
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from survey.errors import DesignError

LEVEL, POWER = 0.95, 0.80


def design_effect(take: float, icc: float) -> float:
    """The design effect of `take` answers a cluster whose intra-cluster correlation is `icc`."""
    _require(take >= 1, "每个社区至少访问一人", f"{take:g}")
    _require(0 <= icc < 1, "群内相关系数应在 0 与 1 之间", f"{icc:g}")
    return 1.0 + (take - 1.0) * icc


def best_take(cluster_cost: float, interview_cost: float, icc: float) -> int:
    """The number of interviews a cluster that gives the narrowest interval for the money; at least 1."""
    _require(cluster_cost > 0 and interview_cost > 0, "费用应大于 0", f"{cluster_cost:g}、{interview_cost:g}")
    _require(0 < icc < 1, "群内相关系数应在 0 与 1 之间（不含）", f"{icc:g}")
    return max(1, round(math.sqrt(cluster_cost / interview_cost * (1.0 - icc) / icc)))


def for_interval(rate: float, half_width: float, *, deff: float = 1.0, level: float = LEVEL) -> int:
    """Answers needed so that the interval reaches `half_width` (a share) to either side of `rate`."""
    _require(0 < rate < 1, "预计的比例应在 0 与 1 之间（不含）", f"{rate:g}")
    _require(0 < half_width < 0.5, "想要的误差应在 0 与 50 个百分点之间", f"{half_width:g}")
    return math.ceil(_z(level) ** 2 * rate * (1.0 - rate) / half_width**2 * _deff(deff) - 1e-9)


def for_change(rate: float, change: float, *, deff: float = 1.0, level: float = LEVEL, power: float = POWER) -> int:
    """Answers needed in each of two waves to see `change` (a share, signed) from `rate` with the stated power."""
    after = rate + change
    _require(
        0 < rate < 1 and 0 < after < 1 and change != 0, "前后比例应在 0 与 1 之间且不相等", f"{rate:g} → {after:g}"
    )
    spread = rate * (1.0 - rate) + after * (1.0 - after)
    return math.ceil((_z(level) + float(ndtri(power))) ** 2 * spread / change**2 * _deff(deff) - 1e-9)


def detectable_change(
    rate: float, n: float, *, deff: float = 1.0, level: float = LEVEL, power: float = POWER, cells: int = 2
) -> float:
    """The smallest change (a share) seen with the stated power when each of `cells` cells has n answers.

    Args:
        rate: rate before, in (0, 1); its variance stands for all cells.
        n: answers a cell.
        deff: design effect.
        level: confidence level of the two-sided test.
        power: wanted power.
        cells: 2 for before and after, 4 for a difference in differences.
    """
    _require(0 < rate < 1 and n > 0, "比例应在 0 与 1 之间（不含），样本量应大于 0", f"{rate:g}，{n:g}")
    return (_z(level) + float(ndtri(power))) * math.sqrt(cells * rate * (1.0 - rate) * _deff(deff) / n)


def to_contact(completes: int, response_rate: float) -> int:
    """Addresses or numbers to draw for `completes` interviews at the expected response rate."""
    _require(0 < response_rate <= 1, "应答率应大于 0、不超过 1", f"{response_rate:g}")
    return math.ceil(completes / response_rate - 1e-9)


def _z(level: float) -> float:
    _require(0 < level < 1, "置信水平应在 0 与 1 之间", f"{level:g}")
    return -float(ndtri((1.0 - level) / 2.0))


def _deff(value: float) -> float:
    _require(value > 0, "设计效应应大于 0", f"{value:g}")
    return value


def _require(holds: bool, what: str, got: str) -> None:
    if not holds:
        raise DesignError(what, got=got, cure="改正后重试")
