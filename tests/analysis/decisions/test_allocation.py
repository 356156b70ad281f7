"""Allocations add up, keep their bounds, and Neyman's is the most precise for the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.decisions.allocation import RULES, allocate
from survey.errors import DesignError


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
