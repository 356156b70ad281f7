"""The plan of a campaign by district, or by street where there is one district: whom, how, where, cost and gain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.decisions.budget import MAX_REPEATS, Campaign, gains
from reports.plans.campaign import Outlook, gain_limits
from reports.sentences.outreach import AreaPlan


def area_plans(found: Outlook) -> tuple[AreaPlan, ...]:
    """Return the areas that get activities, the largest expected gain first."""
    by = "district" if found.streets["district"].nunique() > 1 else "street"
    names = found.streets[by].astype(str)
    busy = pd.Series(found.plan.activities.sum(axis=1), index=names).groupby(level=0).sum()
    plans = [_plan_of(found, name, (names == name).to_numpy(), by) for name in busy.index[busy > 0]]
    return tuple(sorted(plans, key=lambda one: (-one.gain, one.place)))


def rest_of(plans: tuple[AreaPlan, ...], shown: int) -> tuple[tuple[AreaPlan, ...], tuple[AreaPlan, ...]]:
    """Return the areas with a row of their own, and those that one row sums up; a single remaining area gets a row."""
    return (plans, ()) if len(plans) <= shown + 1 else (plans[:shown], plans[shown:])


def _plan_of(found: Outlook, name: str, inside: np.ndarray, by: str) -> AreaPlan:
    counts = found.plan.activities[inside]
    cost = found.campaign.cost
    streets = found.streets[inside].assign(gained=found.plan.gained[inside], busy=counts.sum(axis=1))
    streets = streets[streets["busy"] > 0].sort_values("gained", ascending=False, kind="stable")
    some = Campaign(found.campaign.unaware[inside], found.campaign.contact[inside], found.campaign.effect, cost)
    used = counts.sum(axis=0)
    return AreaPlan(
        place=name,
        streets=tuple(streets["street"].astype(str)) if by == "district" else (),
        channels=tuple(one for one, number in zip(found.channels, used, strict=True) if number),
        activities=int(used.sum()),
        cost=float((used * cost).sum()),
        gain=float(found.plan.gained[inside].sum()),
        limits=gain_limits(some, counts, found.effects),
        most=float(gains(some, np.full_like(counts, MAX_REPEATS)).sum()),
        most_cost=float(MAX_REPEATS * cost.sum() * inside.sum()),
        residents=float(found.streets.loc[inside, "population"].sum()),
    )
