"""Cost against precision: more money is never less precise, and every frame gets defaults that it can meet."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.sample_plan import SampleGoal, plan_sample
from reports.plans.sample_curve import cost_curve, defaults

GOAL = SampleGoal(0.8, icc=0.05)


def frame(districts: int, communities: int) -> pd.DataFrame:
    number = districts * communities
    return pd.DataFrame(
        {
            "district": np.repeat([f"第{at}区" for at in range(districts)], communities),
            "population": np.random.default_rng(1).integers(1_000, 9_000, number),
            "psu": np.arange(number),
        }
    )


def test_the_curve_runs_through_the_plan_and_falls() -> None:
    areas = frame(8, 60)
    plan = plan_sample(areas, replace(GOAL, half_width=0.03, minimum=50))
    curve = cost_curve(areas, plan)
    chosen = curve[curve["chosen"]].iloc[0]
    assert (chosen["interviews"], chosen["cost"]) == (plan.interviews, plan.cost)
    assert chosen["half_width"] == pytest.approx(plan.half_width)
    assert curve["interviews"].is_monotonic_increasing
    assert curve["half_width"].is_monotonic_decreasing
    assert curve["cost"].is_monotonic_increasing
    assert curve["offered"].sum() == 3
    twice = curve[np.isclose(curve["factor"], 2)].iloc[0]
    assert twice["interviews"] == 2 * plan.interviews
    assert plan.half_width / twice["half_width"] == pytest.approx(2**0.5, abs=0.01)
    assert plan.detectable > plan.half_width


def test_the_curve_ends_where_the_frame_has_no_more_communities() -> None:
    areas = frame(3, 4)
    plan = plan_sample(areas, replace(GOAL, half_width=None, total=150))
    curve = cost_curve(areas, plan)
    assert curve["interviews"].max() <= 3 * 4 * GOAL.take
    assert curve["chosen"].sum() == 1
    assert curve["interviews"].is_unique


@pytest.mark.parametrize(("districts", "communities"), [(1, 1), (1, 3), (3, 2), (3, 18), (60, 2), (8, 60)])
def test_every_frame_has_defaults_that_it_can_meet(districts: int, communities: int) -> None:
    areas = frame(districts, communities)
    found = defaults(areas, GOAL)
    bare = replace(GOAL, half_width=None)
    goals = [replace(bare, total=found.total, minimum=found.minima[2])]
    if found.half_width is not None:
        goals.append(replace(bare, half_width=found.half_width, minimum=found.minima[0]))
    if found.change is not None:
        goals.append(replace(bare, change=found.change, minimum=found.minima[1]))
    for goal in goals:
        plan = plan_sample(areas, goal)
        assert plan.districts["interviews"].min() >= goal.minimum
    assert (found.half_width == 0.02) == (communities == 60)
