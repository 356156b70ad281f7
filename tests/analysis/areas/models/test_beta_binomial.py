"""The beta-binomial model: closed forms, order, and shrinkage where nothing differs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc

from analysis.areas.models.beta_binomial import Posterior, fit
from survey.errors import DesignError


def test_one_grid_point_is_a_beta_distribution() -> None:
    posterior = Posterior(np.array([[8.0]]), np.array([[2.0]]), np.array([1.0]), 0.1)
    assert posterior.mean[0] == pytest.approx(0.8)
    assert posterior.below(0.7)[0] == pytest.approx(betainc(8, 2, 0.7))
    low, high = posterior.interval(0.9)
    assert betainc(8, 2, low[0]) == pytest.approx(0.05, abs=1e-6)
    assert betainc(8, 2, high[0]) == pytest.approx(0.95, abs=1e-6)


def test_equal_districts_shrink_to_one_another() -> None:
    rng = np.random.default_rng(5)
    n = np.full(40, 100.0)
    share = rng.binomial(100, 0.85, 40) / 100
    posterior = fit(share, n)
    assert np.ptp(posterior.mean) < 0.5 * np.ptp(share)
    assert (posterior.below(0.80) < 0.5).all()  # nobody is called weak


def test_a_truly_weak_district_stands_out() -> None:
    share = np.full(20, 0.9)
    share[7] = 0.6
    posterior = fit(share, np.full(20, 200.0))
    assert np.argmax(posterior.below(0.8)) == 7
    assert posterior.below(0.8)[7] > 0.99


def test_unseen_district_gets_the_city_with_a_wide_interval() -> None:
    share = np.array([0.8, 0.9, 0.85, np.nan])
    posterior = fit(share, np.array([200.0, 200.0, 200.0, 0.0]))
    low, high = posterior.interval()
    assert 0.75 < posterior.mean[3] < 0.92
    assert (high - low)[3] > (high - low)[:3].max()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 500)), min_size=1, max_size=12))
def test_posterior_is_proper(rows: list[tuple[float, float]]) -> None:
    share, n = map(np.array, zip(*rows, strict=True))
    posterior = fit(share, n)
    assert posterior.weight.sum() == pytest.approx(1.0)
    assert np.isfinite(posterior.mean).all()
    ladder = np.stack([posterior.below(line) for line in (0.0, 0.3, 0.6, 0.9, 1.0)])
    assert (np.diff(ladder, axis=0) >= -1e-12).all()


@pytest.mark.parametrize("share", [[1.2], [-0.1], [np.nan]])
def test_missing_shares_and_those_outside_the_unit_interval(share: list[float]) -> None:
    with pytest.raises(DesignError, match="0 到 1"):
        fit(np.array(share), np.array([10.0]))
