"""Dividing a sample over districts.

Proportional n_d ~ N_d; equal; Neyman n_d ~ N_d S_d / sqrt(cost_d); compromise n_d ~ S_d N_d^power / sqrt(cost_d)
(power allocation, Bankier 1988, The American Statistician 42:174), which gives small districts enough and costs the
city little. Whole numbers by largest remainders, never under the minimum, never above the population.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from survey.errors import DesignError

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
    """Interviews of each district, adding up to `total` exactly.

    Args:
        total: interviews in all.
        population: residents of each district.
        rule: a name of `RULES`.
        rate: expected rate of each district (a share); its sqrt(p (1 - p)) is the spread.
        cost: relative cost of an interview in each district.
        minimum: least number a district gets (its whole population if that is smaller).

    Raises:
        DesignError: unknown rule, total too small for the minimum or above the population.
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
    """Proportional to `weight` within [floor, ceiling], adding up to total: clip at a common multiplier (bisection)."""
    low, high = 0.0, (total + 1.0) / max(float(weight[weight > 0].min(initial=1.0)), 1e-300)
    for _ in range(200):
        middle = (low + high) / 2.0
        if np.clip(weight * middle, floor, ceiling).sum() < total:
            low = middle
        else:
            high = middle
    return np.clip(weight * high, floor, ceiling)


def _whole(wanted: Floats, total: int, ceiling: Floats) -> Counts:
    """Round down, then give the rest to the largest remainders (first come on ties)."""
    counts = np.floor(wanted + 1e-9).astype(np.int64)
    room = counts < np.floor(ceiling)
    order = np.argsort(-(wanted - counts) * room, kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts
