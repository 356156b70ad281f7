"""Cost against precision around a sample plan, and goals that the frame of a study can meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.decisions.sample_plan import SampleGoal, SamplePlan, plan_sample
from survey.errors import DesignError

FACTORS = np.geomspace(0.25, 4.0, 33)
"""Interviews of the points of the curve, as multiples of those of the plan; the middle one is the plan itself."""
OFFERED = (0.5, 1.0, 2.0)
"""Multiples that are offered: half of the plan, the plan, and twice of it."""
MINIMA = (200, 100, 50, 20, 0)
"""Smallest numbers of interviews in a district that are tried as defaults."""
ERRORS = (0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)
CHANGES = (0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4)
"""Half-widths and changes of the city that are tried as defaults, shares."""
TOTALS = (2400, 1200, 600, 300, 200, 100, 50, 20)
"""Total interviews that are tried as defaults."""


def cost_curve(frame: pd.DataFrame, plan: SamplePlan) -> pd.DataFrame:
    """Return cost and precision of smaller and larger samples, as far as the frame reaches.

    The smallest number of interviews in a district shrinks with the sample, never below the goal's for larger ones.

    Args:
        frame: `Areas.frame`.
        plan: the chosen plan, from `plan_sample`.

    Returns:
        factor, interviews, cost (yuan), half_width and detectable (shares, of the city), chosen, offered; by factor.
    """
    rows = []
    for factor in FACTORS:
        total = max(round(plan.interviews * factor), len(plan.districts))
        goal = replace(plan.goal, total=total, minimum=int(plan.goal.minimum * min(factor, 1.0)))
        chosen = bool(np.isclose(factor, 1.0))
        found = plan if chosen else _planned(frame, goal)
        if found is not None:
            offered = bool(np.isclose(factor, OFFERED).any())
            point = (factor, found.interviews, found.cost, found.half_width, found.detectable, chosen, offered)
            rows.append(point)
    names = ["factor", "interviews", "cost", "half_width", "detectable", "chosen", "offered"]
    table = pd.DataFrame(rows, columns=names).sort_values("chosen", ascending=False, kind="stable")
    return table.drop_duplicates("interviews").sort_values("factor", ignore_index=True)


@dataclass(frozen=True, slots=True)
class Defaults:
    """Goals that the frame can meet, each with its smallest number of interviews in a district.

    Attributes:
        half_width: of the city's interval, a share; None where even the coarsest one needs too many communities.
        change: of the city to detect, a share; None likewise.
        total: interviews.
        minima: smallest number of interviews in a district for each of the three.
    """

    half_width: float | None
    change: float | None
    total: int
    minima: tuple[int, int, int]


def defaults(frame: pd.DataFrame, goal: SampleGoal) -> Defaults:
    """Return the most demanding goals of a short list that the frame can meet.

    Args:
        frame: `Areas.frame`.
        goal: rate, correlation, interviews per community and costs.
    """
    bare = replace(goal, half_width=None, change=None, total=None)
    error = _first(frame, [replace(bare, half_width=one, minimum=least) for least in MINIMA for one in ERRORS])
    change = _first(frame, [replace(bare, change=one, minimum=least) for least in MINIMA for one in CHANGES])
    least = max(frame["district"].nunique(), 1)
    totals = [*(one for one in TOTALS if one >= least), least]
    pairs = [(one, low) for low in MINIMA for one in totals if one >= low * least]
    total = _first(frame, [replace(bare, total=one, minimum=low) for one, low in pairs])
    return Defaults(
        error.half_width if error else None,
        change.change if change else None,
        (total.total if total else None) or least,
        (error.minimum if error else 0, change.minimum if change else 0, total.minimum if total else 0),
    )


def _first(frame: pd.DataFrame, goals: Iterable[SampleGoal]) -> SampleGoal | None:
    return next((goal for goal in goals if _planned(frame, goal) is not None), None)


def _planned(frame: pd.DataFrame, goal: SampleGoal) -> SamplePlan | None:
    """Return the plan; None where the frame has too few communities for it."""
    try:
        return plan_sample(frame, goal)
    except DesignError:
        return None
