"""Budget: divide outreach money, or a number of activities, over streets and channels.

An activity of channel c in street s gets to `contact[s, c]` residents who do not know yet, of whom the share
`effect[c]` learns of the campaign. Repeats reach people who were reached before: of U unaware residents, k activities
leave U (1 - r)^k, r = contact x effect / U. That curve is concave, so choosing steps is a linear programme whose
solution takes them in order. HiGHS (through scipy) solves small programmes in whole activities; large ones are relaxed:
a corner of so few limits has at most two fractional steps, which are dropped and the rest of the money spent by gain
per yuan, so the loss is at most two steps and the result does not depend on the speed of the machine. Under one limit
alone the relaxed programme takes the steps by gain per yuan, or per activity, until one no longer fits (Dantzig 1957,
Operations Research 5:266), which is how the rest is spent; it needs no solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from survey.errors import DesignError

Floats = NDArray[np.float64]
MAX_REPEATS = 4  # most activities of one channel in one street that are considered
WHOLE_STEPS = 200  # up to so many steps are solved in whole numbers


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a campaign could do.

    Attributes:
        unaware: residents of each street who do not know, shape (streets,).
        contact: residents of the audience that one activity gets to, (streets, channels).
        effect: share of them who learn of the campaign, (channels,), in [0, 1]; 1 where being reached is the aim.
        cost: yuan for one activity, (channels,).
    """

    unaware: Floats
    contact: Floats
    effect: Floats
    cost: Floats


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """What the campaign should do.

    Attributes:
        activities: whole numbers, (streets, channels).
        gained: expected newly aware residents, (streets,).
        cost: total yuan.
        unit_cost: yuan per newly aware resident; NaN when nobody is gained.
    """

    activities: NDArray[np.int64]
    gained: Floats
    cost: float
    unit_cost: float


def plan(campaign: Campaign, *, budget: float | None = None, activities: int | None = None) -> BudgetPlan:
    """Divide a budget and/or a number of activities so that most residents become aware.

    Args:
        campaign: what the campaign could do.
        budget: yuan; None for no limit.
        activities: number of activities; None for no limit.

    Raises:
        DesignError: neither limit given, a negative one, or impossible inputs. A budget of zero gives an empty plan.
    """
    _check(campaign, budget, activities)
    streets, channels = campaign.contact.shape
    gains = _step_gains(campaign)
    if not gains.size:
        return _summarise(campaign, np.zeros((streets, channels), dtype=np.int64))
    cost = np.broadcast_to(campaign.cost[None, :, None], gains.shape).ravel()
    limits = (cost, np.inf if activities is None else activities, np.inf if budget is None else budget)
    small, single = cost.size <= WHOLE_STEPS, not np.isfinite(limits[1:]).all()
    taken = np.zeros(cost.size, dtype=bool) if single and not small else _solved(gains.ravel(), limits, whole=small)
    taken = taken if small else _filled(taken, gains.ravel(), limits)
    counts = taken.astype(np.int64).reshape(streets, channels, MAX_REPEATS).sum(axis=2)
    return _summarise(campaign, counts)


def _solved(gains: Floats, limits: tuple[Floats, float, float], *, whole: bool) -> NDArray[np.bool_]:
    """Return the steps that an optimal solution takes entirely; `whole` for one in whole activities."""
    cost, number, money = limits
    rows = ((np.ones(cost.size), number), (cost, money))
    solution = scipy.optimize.milp(
        -gains,
        integrality=np.full(cost.size, int(whole)),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=[scipy.optimize.LinearConstraint(row, ub=limit) for row, limit in rows if np.isfinite(limit)],
    )
    if solution.x is None:
        raise DesignError("求解宣传方案失败", got=str(solution.message), cure="减少街道或渠道后重试")
    return np.asarray((np.asarray(solution.x) > 1.0 - 1e-6) & (gains > 0))


def _filled(taken: NDArray[np.bool_], gains: Floats, limits: tuple[Floats, float, float]) -> NDArray[np.bool_]:
    """Spend what is left on the steps with the largest gain per yuan (per activity where money is no limit)."""
    cost, number, money = limits
    chosen = taken.copy()
    number, money = number - chosen.sum(), money - float(cost[chosen].sum())
    value = gains / cost if np.isfinite(money) else gains
    for step in np.argsort(-value, kind="stable"):
        if number < 1 or gains[step] <= 0:
            break
        if not chosen[step] and cost[step] <= money:
            chosen[step] = True
            number, money = number - 1, money - float(cost[step])
    return chosen


def _rate(campaign: Campaign) -> Floats:
    """Return the share of a street's unaware residents that one activity of each channel gains, (streets, channels)."""
    unaware = np.maximum(campaign.unaware, 1e-12)[:, None]
    return np.asarray(np.clip(campaign.contact * campaign.effect[None, :] / unaware, 0.0, 1.0), dtype=float)


def _step_gains(campaign: Campaign) -> Floats:
    """Return the gain of the first, second, ... activity, (streets, channels, repeats), in falling order."""
    rate = _rate(campaign)[:, :, None]
    gains: Floats = campaign.unaware[:, None, None] * rate * (1.0 - rate) ** np.arange(MAX_REPEATS)
    return gains


def _summarise(campaign: Campaign, counts: NDArray[np.int64]) -> BudgetPlan:
    """Compute the expected gain with overlap between channels removed: the unaware shares multiply."""
    gained = gains(campaign, counts)
    cost = float((counts * campaign.cost[None, :]).sum())
    total = float(gained.sum())
    return BudgetPlan(counts, gained, cost, cost / total if total > 0 else float("nan"))


def gains(campaign: Campaign, counts: NDArray[np.int64]) -> Floats:
    """Return the residents whom the activities gain, overlap between channels removed, (streets,)."""
    return campaign.unaware * (1.0 - _missed(campaign, counts))


def _missed(campaign: Campaign, counts: NDArray[np.int64]) -> Floats:
    """Return the share of each street's unaware residents that the activities do not gain, (streets,)."""
    missed: Floats = ((1.0 - _rate(campaign)) ** counts).prod(axis=1)
    return missed


def slope(campaign: Campaign, counts: NDArray[np.int64]) -> Floats:
    """Return the derivative of the total gain with respect to each channel's effect, (channels,)."""
    missed = _missed(campaign, counts)[:, None]
    left = np.maximum(1.0 - _rate(campaign), 1e-12)
    return np.asarray((missed * counts * campaign.contact / left).sum(axis=0), dtype=float)


def roll_out(streets: int, steps: int, *, groups: NDArray[np.int64] | None = None, seed: int = 1) -> NDArray[np.int64]:
    """Draw a staggered random roll-out: the step (0, 1, ...) in which each street starts.

    Streets are shuffled within each group (district), so that every step holds streets of every district and the
    later steps are a fair comparison for the earlier (Hemming et al. 2015, BMJ 350:h391, stepped wedge).

    Raises:
        DesignError: fewer than two steps, or fewer streets than steps.
    """
    if not 2 <= steps <= max(streets, 1):
        raise DesignError("轮次数应在 2 与街道数之间", got=f"{steps} 轮，{streets} 个街道")
    rng = np.random.default_rng(seed)
    group = np.zeros(streets, dtype=np.int64) if groups is None else np.asarray(groups)
    order = np.concatenate(
        [rng.permutation(np.flatnonzero(group == label)) for label in rng.permutation(np.unique(group))]
    )
    start = np.empty(streets, dtype=np.int64)
    start[order] = np.arange(streets) % steps
    return start


def _check(campaign: Campaign, budget: float | None, activities: int | None) -> None:
    if budget is None and activities is None:
        raise DesignError("请给出预算或宣传次数", cure="填写其中一项")
    if (budget or 0) < 0 or (activities or 0) < 0:
        raise DesignError("预算和次数不能为负", got=f"{budget}、{activities}")
    shape = (len(campaign.unaware), len(campaign.effect))
    if campaign.contact.shape != shape or len(campaign.cost) != shape[1]:
        raise DesignError("街道、渠道与费用的个数不一致", got=f"{campaign.contact.shape} 与 {shape}")
    if (campaign.cost <= 0).any() or ((campaign.effect < 0) | (campaign.effect > 1)).any():
        raise DesignError("费用应大于 0，效果应在 0 与 1 之间")
