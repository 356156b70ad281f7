"""Sample sizes against textbook figures and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    samplesize_confint_proportion,
    samplesize_proportions_2indep_onetail,
)

from analysis.decisions.sample_size import (
    RULES,
    allocate,
    best_take,
    design_effect,
    detectable_change,
    for_change,
    for_interval,
    to_contact,
)
from survey.errors import DesignError


@pytest.mark.parametrize(("rate", "deff", "n"), [(0.85, 1, 196), (0.5, 1, 385), (0.85, 2, 392)])
def test_five_points_either_side(rate: float, deff: float, n: int) -> None:
    assert for_interval(rate, 0.05, deff=deff) == n


@pytest.mark.parametrize(
    ("rate", "change", "power", "n"),
    # Fleiss, Levin & Paik (2003), eq. 4.14; the last is the example of R's ?power.prop.test (76.7)
    [(0.5, 0.1, 0.8, 388), (0.6, -0.1, 0.8, 388), (0.5, 0.25, 0.9, 77)],
)
def test_a_change_needs_the_textbook_sample_size(rate: float, change: float, power: float, n: int) -> None:
    assert for_change(rate, change, power=power) == n


@given(st.floats(0.1, 0.85), st.floats(0.03, 0.14))
def test_the_required_change_is_detected_with_the_required_power(rate: float, change: float) -> None:
    n = for_change(rate, change)
    assert power_proportions_2indep(change, rate, n, return_results=False) >= 0.8
    assert power_proportions_2indep(change, rate, n - 1, return_results=False) < 0.8 + 1e-5


@given(
    st.floats(0.02, 0.9), st.floats(0.001, 0.09), st.sampled_from((0.8, 0.9, 0.95, 0.99)), st.sampled_from((0.8, 0.9))
)
def test_sizes_of_simple_random_samples_are_those_of_statsmodels(
    rate: float, step: float, level: float, power: float
) -> None:
    fine = 2.0**40  # whole answers at this design effect show the bits of the size
    wanted = samplesize_confint_proportion(rate, step, alpha=1 - level)
    assert for_interval(rate, step, deff=fine, level=level) == math.ceil(wanted * fine - 1e-9)
    for change in (step, -step):
        if rate + change > 0:
            wanted = samplesize_proportions_2indep_onetail(change, rate, power, alpha=1 - level)
            assert for_change(rate, change, deff=fine, level=level, power=power) == math.ceil(wanted * fine - 1e-9)


@pytest.mark.parametrize(("n", "deff", "cells"), [(400, 1.5, 2), (30, 2.0, 2), (1000, 1.0, 4)])
def test_statsmodels_finds_the_same_detectable_change(n: int, deff: float, cells: int) -> None:
    effect = NormalIndPower().solve_power(nobs1=2 * n / (cells * deff), alpha=0.05, power=0.8)
    assert detectable_change(0.85, n, deff=deff, cells=cells) == pytest.approx(effect * (0.85 * 0.15) ** 0.5, rel=1e-5)


@pytest.mark.parametrize(("n", "points"), [(100, 17.3), (200, 12.2), (400, 8.7), (800, 6.1)])
def test_detectable_change_before_and_after(n: int, points: float) -> None:
    assert 100 * detectable_change(0.85, n, deff=1.5) == pytest.approx(points, abs=0.06)


def test_difference_in_differences_needs_twice_the_answers() -> None:
    assert detectable_change(0.85, 400, deff=1.5, cells=4) == pytest.approx(detectable_change(0.85, 200, deff=1.5))


@pytest.mark.parametrize(("take", "icc", "deff"), [(20, 0.02, 1.38), (20, 0.05, 1.95), (50, 0.16, 8.84), (1, 0.5, 1)])
def test_design_effect(take: int, icc: float, deff: float) -> None:
    assert design_effect(take, icc) == pytest.approx(deff)


def test_best_take_balances_costs() -> None:
    assert best_take(400, 100, 0.05) == round((4 * 0.95 / 0.05) ** 0.5)
    assert best_take(1, 1000, 0.9) == 1


@given(st.floats(0.1, 0.9), st.floats(0.01, 0.09), st.floats(1, 4))
def test_more_clustering_never_needs_fewer(rate: float, change: float, deff: float) -> None:
    assert for_change(rate, change, deff=deff) >= for_change(rate, change)
    assert for_interval(rate, change, deff=deff) >= for_interval(rate, change)


def test_to_contact() -> None:
    assert to_contact(400, 0.8) == 500


@pytest.mark.parametrize(
    "call",
    [
        lambda: for_interval(1.2, 0.05),
        lambda: for_interval(0.9, 0),
        lambda: for_change(0.95, 0.1),
        lambda: design_effect(0.5, 0.1),
        lambda: design_effect(20, 1.0),
        lambda: detectable_change(0.5, 0),
        lambda: to_contact(10, 0),
    ],
)
def test_impossible_requirements_are_named(call: object) -> None:
    with pytest.raises(DesignError, match=r"应|至少"):
        call()  # type: ignore[operator]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(RULES)),
    st.lists(st.integers(50, 100_000), min_size=1, max_size=40),
    st.integers(0, 30),
    st.integers(0, 2000),
)
def test_exact_total_within_bounds(rule: str, population: list[int], minimum: int, extra: int) -> None:
    size = np.array(population, dtype=float)
    total = min(int(np.minimum(minimum, size).sum()) + extra, int(size.sum()))
    counts = allocate(total, size, rule=rule, minimum=minimum)
    assert counts.sum() == total
    assert (counts >= np.minimum(minimum, size)).all()
    assert (counts <= size).all()


def test_neyman_beats_the_others_for_the_city() -> None:
    population, rate = np.array([90_000.0, 30_000, 10_000]), np.array([0.95, 0.6, 0.8])

    def variance(rule: str) -> float:
        n = allocate(600, population, rule=rule, rate=rate)
        return float(((population / population.sum()) ** 2 * rate * (1 - rate) / n).sum())

    assert variance("neyman") < min(variance("equal"), variance("proportional"), variance("compromise"))


def test_compromise_lies_between_equal_and_neyman() -> None:
    population = np.array([100_000.0, 10_000.0])
    small = [allocate(400, population, rule=rule)[1] for rule in ("neyman", "compromise", "equal")]
    assert small == sorted(small)
    assert small[0] < small[1] < small[2]


@pytest.mark.parametrize(("total", "rule"), [(10, "equal"), (10**9, "equal"), (100, "magic")])
def test_impossible_allocations(total: int, rule: str) -> None:
    with pytest.raises(DesignError):
        allocate(total, np.array([1000.0, 1000.0]), rule=rule, minimum=30)
