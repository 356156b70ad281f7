"""Densities of logits: quantiles, probabilities below a line, and the benchmark."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm

from analysis.areas.models.nested_posterior import NestedPosterior
from survey.errors import DesignError

CENTRE, SPREAD = np.array([0.0, 1.5, 4.0]), np.array([0.5, 0.3, 0.8])


def _normal() -> NestedPosterior:
    """Three areas with a normal posterior in logits."""
    step = np.linspace(-6, 6, 121)
    mass = np.tile(norm.pdf(step), (3, 1))
    return NestedPosterior(
        CENTRE[:, None] + SPREAD[:, None] * step, mass / mass.sum(axis=1, keepdims=True), np.zeros(3), 0.0, 0.0
    )


def test_interval_and_probability_are_those_of_the_normal_distribution() -> None:
    low, high = _normal().interval(0.90)
    assert logit(low) == pytest.approx(CENTRE - 1.645 * SPREAD, abs=0.01)
    assert logit(high) == pytest.approx(CENTRE + 1.645 * SPREAD, abs=0.01)
    assert _normal().below(0.8) == pytest.approx(norm.cdf(logit(0.8), CENTRE, SPREAD), abs=0.002)


def test_probability_and_interval_agree() -> None:
    found = _normal()
    low, high = found.interval()
    assert found.below(low) == pytest.approx(0.025, abs=1e-9)
    assert found.below(high) == pytest.approx(0.975, abs=1e-9)
    assert found.below(np.array([0.0, 1.0, 1.0])) == pytest.approx([0, 1, 1])


def test_the_benchmark_moves_estimates_and_limits_and_adds_its_step_to_the_uncertainty() -> None:
    population, found = np.array([1.0, 2.0, 3.0]), _normal()
    moved = found.benchmarked(population, 0.9)
    assert population @ moved.estimate / 6 == pytest.approx(0.9)
    step = (moved.centre - found.centre)[0]
    assert moved.centre - found.centre == pytest.approx(step)
    low, high = moved.interval()
    reach = 1.96 * np.sqrt(SPREAD**2 + step**2)
    assert logit(low) == pytest.approx(CENTRE + step - reach, abs=0.01)
    assert logit(high) == pytest.approx(CENTRE + step + reach, abs=0.01)


def test_an_estimate_that_already_adds_up_stays() -> None:
    found = _normal()
    moved = found.benchmarked(np.ones(3), float(expit(CENTRE).mean()))
    assert moved.interval()[0] == pytest.approx(found.interval()[0], abs=1e-9)


@pytest.mark.parametrize("whole", [1e-9, 1e-3, 0.2, 0.5, 0.97, 1 - 1e-6])
def test_any_whole_is_met(whole: float) -> None:
    population = np.array([1.0, 2.0, 3.0])
    moved = _normal().benchmarked(population, whole)
    assert population @ moved.estimate / 6 == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("whole", [0.0, 1.0])
def test_no_step_reaches_0_or_100_percent(whole: float) -> None:
    assert _normal().benchmarked(np.ones(3), whole).estimate == pytest.approx(expit(CENTRE))


@pytest.mark.parametrize(
    ("population", "whole", "message"),
    [
        ([1.0, np.nan, 1.0], 0.8, "人口"),
        ([0.0, 0.0, 0.0], 0.8, "人口"),
        ([1.0, 1.0, 1.0], np.nan, "比例应在"),
        ([-1.0, 1, 1], 0.8, "人口"),
    ],
)
def test_unknown_residents_and_rates_are_refused(population: list[float], whole: float, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        _normal().benchmarked(np.array(population), whole)
