"""Systematic PPS: sizes, certainty units, and realised inclusion probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import DesignError
from survey.study.plans.sampling import inclusion, systematic, units_at


@given(st.lists(st.integers(1, 9000), min_size=1, max_size=40), st.data())
def test_probabilities_sum_to_the_size_and_never_exceed_one(population: list[int], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(population)))
    values = inclusion(np.array(population), size)
    assert values.sum() == pytest.approx(size)
    assert (values <= 1 + 1e-12).all()


@given(st.integers(0, 10_000))
def test_a_unit_is_never_drawn_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    population = rng.integers(100, 9000, 50)
    drawn = systematic(rng, inclusion(population, 12))
    assert len(set(drawn.tolist())) == 12


def test_selection_frequencies_match_the_probabilities() -> None:
    population = np.array([10, 20, 30, 40, 400])
    probability = inclusion(population, 3)
    assert probability[4] == 1.0
    rng = np.random.default_rng(5)
    hits = np.bincount(np.concatenate([systematic(rng, probability) for _ in range(4000)]), minlength=5) / 4000
    assert hits == pytest.approx(probability, abs=0.03)


def test_points_select_the_unit_of_their_interval() -> None:
    assert units_at(np.array([0.5, 1.0, 0.5]), np.array([0.1, 0.6, 1.4, 1.6])).tolist() == [0, 1, 1, 2]


def test_sample_sizes_above_the_frame_are_rejected() -> None:
    with pytest.raises(DesignError, match="超出范围"):
        inclusion(np.array([5, 5]), 3)
