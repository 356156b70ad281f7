"""Funnel limits hold the nominal share of areas, with and without over-dispersion."""

import numpy as np
import pytest

from analysis.areas.funnel import funnel
from survey.errors import DesignError


def _simulate(spread: float, areas: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(9)
    n = rng.integers(60, 300, areas)
    truth = np.clip(0.85 + spread * rng.standard_normal(areas), 0.01, 0.99)
    return rng.binomial(n, truth) / n, n.astype(float)


def test_chance_alone_leaves_about_five_percent_outside() -> None:
    share, n = _simulate(0.0)
    plot = funnel(share, n, 0.85)
    assert not plot.dispersed
    assert 0.02 < (plot.outside > 0).mean() < 0.08


def test_over_dispersion_widens_the_limits() -> None:
    share, n = _simulate(0.08)
    plot = funnel(share, n, 0.85)
    assert plot.dispersed
    assert plot.phi > 2
    assert (plot.outside > 0).mean() < 0.15
    assert plot.limits(np.array([100.0]), 0.95)[0] < funnel(*_simulate(0.0), 0.85).limits(np.array([100.0]), 0.95)[0]


def test_limits_narrow_with_size_and_stay_shares() -> None:
    low, high = funnel(*_simulate(0.0), 0.97).limits(np.array([5.0, 50.0, 500.0]), 0.998)
    assert (np.diff(high - low) < 0).all()
    assert (low >= 0).all()
    assert (high <= 1).all()


def test_area_without_answers_is_not_outside() -> None:
    plot = funnel(np.array([0.9, np.nan]), np.array([100.0, 0.0]), 0.9)
    assert np.isnan(plot.score[1])
    assert plot.outside[1] == 0


def test_centre_must_be_a_share() -> None:
    with pytest.raises(DesignError, match="漏斗图"):
        funnel(np.array([0.5]), np.array([10.0]), 85)
