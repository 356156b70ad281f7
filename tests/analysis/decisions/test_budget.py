"""The outreach plan: limits kept, optimum where it can be enumerated, random roll-out balanced."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.decisions import budget
from analysis.decisions.budget import Campaign, plan, roll_out, slope
from survey.errors import DesignError

CAMPAIGN = Campaign(
    unaware=np.array([1000.0, 300.0]),
    contact=np.array([[200.0, 80.0], [150.0, 90.0]]),
    effect=np.array([0.3, 0.5]),
    cost=np.array([1000.0, 400.0]),
)


def _gain(counts: np.ndarray) -> float:
    rate = np.clip(CAMPAIGN.contact * CAMPAIGN.effect / CAMPAIGN.unaware[:, None], 0, 1)
    return float((CAMPAIGN.unaware * (1 - ((1 - rate) ** counts).prod(axis=1))).sum())


def test_budget_is_kept_and_nearly_nothing_is_better() -> None:
    result = plan(CAMPAIGN, budget=3000)
    assert result.cost <= 3000
    best = max(
        _gain(np.array(counts).reshape(2, 2))
        for counts in product(range(5), repeat=4)
        if (np.array(counts).reshape(2, 2) * CAMPAIGN.cost).sum() <= 3000
    )
    assert result.gained.sum() == pytest.approx(_gain(result.activities))
    assert result.gained.sum() >= 0.97 * best


def test_number_of_activities_is_kept() -> None:
    result = plan(CAMPAIGN, activities=3)
    assert result.activities.sum() == 3
    assert result.unit_cost == pytest.approx(result.cost / result.gained.sum())


def test_a_zero_budget_gives_an_empty_plan() -> None:
    result = plan(CAMPAIGN, budget=0)
    assert result.activities.sum() == 0
    assert np.isnan(result.unit_cost)


def test_gains_never_exceed_the_residents() -> None:
    crowd = Campaign(np.array([50.0]), np.array([[500.0]]), np.array([1.0]), np.array([1.0]))
    assert plan(crowd, activities=4).gained.sum() <= 50


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), money=st.floats(0, 4e5), activities=st.one_of(st.none(), st.integers(0, 300)))
def test_a_large_plan_under_one_limit_is_that_of_a_solver(seed: int, money: float, activities: int | None) -> None:
    rng = np.random.default_rng(seed)
    streets, channels = 30, 6
    unaware = rng.uniform(200, 5000, streets)
    contact = unaware[:, None] * rng.uniform(0, 0.6, (streets, channels)) * (rng.random((streets, 1)) < 0.9)
    large = Campaign(unaware, contact, rng.uniform(0, 0.3, channels), rng.choice([800.0, 1200.0, 5000.0], channels))
    limits = {"budget": money} if activities is None else {"activities": activities}
    gains = budget._step_gains(large)
    cost = np.broadcast_to(large.cost[None, :, None], gains.shape).ravel()
    ends = (cost, float(limits.get("activities", np.inf)), float(limits.get("budget", np.inf)))
    taken = budget._filled(budget._solved(gains.ravel(), ends, whole=False), gains.ravel(), ends)
    assert cost.size > budget.WHOLE_STEPS
    found = plan(large, **limits)  # type: ignore[arg-type]
    assert np.array_equal(found.activities, taken.reshape(gains.shape).sum(axis=2))


def test_slope_is_the_derivative_of_the_gain() -> None:
    counts = np.array([[2, 1], [0, 3]])

    def gain(effect: np.ndarray) -> float:
        rate = CAMPAIGN.contact * effect / CAMPAIGN.unaware[:, None]
        return float((CAMPAIGN.unaware * (1 - ((1 - rate) ** counts).prod(axis=1))).sum())

    steps = 1e-6 * np.eye(2)
    numeric = [(gain(CAMPAIGN.effect + step) - gain(CAMPAIGN.effect - step)) / 2e-6 for step in steps]
    assert slope(CAMPAIGN, counts) == pytest.approx(numeric, rel=1e-6)


def test_without_channels_the_plan_is_empty() -> None:
    nothing = Campaign(CAMPAIGN.unaware, np.zeros((2, 0)), np.zeros(0), np.zeros(0))
    result = plan(nothing, budget=1000)
    assert result.activities.shape == (2, 0)
    assert result.gained.sum() == 0


def test_a_channel_that_gains_nobody_gets_no_activity() -> None:
    useless = Campaign(CAMPAIGN.unaware, CAMPAIGN.contact, np.array([0.3, 0.0]), CAMPAIGN.cost)
    assert plan(useless, activities=16).activities[:, 1].sum() == 0


@pytest.mark.parametrize("limits", [{}, {"budget": -1.0}, {"activities": -1}])
def test_impossible_limits(limits: dict[str, float]) -> None:
    with pytest.raises(DesignError):
        plan(CAMPAIGN, **limits)  # type: ignore[arg-type]


def test_roll_out_is_balanced_and_repeatable() -> None:
    groups = np.repeat(np.arange(8), 5)
    start = roll_out(40, 4, groups=groups, seed=3)
    assert list(np.bincount(start)) == [10, 10, 10, 10]
    assert all(len(set(start[groups == group])) >= 4 for group in range(8))
    assert (start == roll_out(40, 4, groups=groups, seed=3)).all()
    assert (start != roll_out(40, 4, groups=groups, seed=4)).any()


@pytest.mark.parametrize(("streets", "steps"), [(0, 2), (3, 4), (5, 1)])
def test_roll_out_needs_steps(streets: int, steps: int) -> None:
    with pytest.raises(DesignError, match="轮次"):
        roll_out(streets, steps)
