"""Effects for planning: shrunk towards their mean, so that the chosen ones are not too large."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.decisions.channel_effects import channel_effects, shrink
from tests.analysis.decisions.test_audience import WAVE, audience


def test_one_channel_alone_is_unchanged() -> None:
    mean, covariance = shrink(np.array([0.1]), np.array([[0.01]]))
    assert mean == pytest.approx([0.1])
    assert covariance == pytest.approx(np.array([[0.01]]))


@given(st.lists(st.floats(-0.3, 0.3), min_size=2, max_size=15), st.floats(1e-3, 0.1))
def test_estimates_move_towards_their_mean_and_keep_their_order(values: list[float], error: float) -> None:
    given_values = np.array(values)
    mean, covariance = shrink(given_values, error**2 * np.eye(len(values)))
    centre = given_values.mean()
    assert mean.mean() == pytest.approx(centre, abs=1e-9)
    assert (np.abs(mean - centre) <= np.abs(given_values - centre) + 1e-9).all()
    assert (np.diff(mean[np.argsort(given_values)]) >= -1e-9).all()
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_exact_estimates_stay_and_noisy_ones_meet() -> None:
    values = np.array([0.01, 0.02, 0.08, 0.05])
    assert shrink(values, 1e-10 * np.eye(4))[0] == pytest.approx(values, abs=1e-5)
    assert np.ptp(shrink(values, 4.0 * np.eye(4))[0]) < 0.01


def test_the_largest_of_many_is_right_on_average_and_inside_its_interval() -> None:
    """Plain estimates fail here: the largest of 14 equal ones is on average 1.7 standard errors too large."""
    rng = np.random.default_rng(5)
    error, raw, shrunk, inside = 0.02, [], [], []
    for _ in range(400):
        true = rng.normal(0.03, 0.015, 14)
        values = true + rng.normal(0, error, 14)
        mean, covariance = shrink(values, error**2 * np.eye(14))
        at = int(np.argmax(values))
        raw.append(values[at] - true[at])
        shrunk.append(mean[at] - true[at])
        inside.append(abs(mean[at] - true[at]) <= 1.96 * np.sqrt(covariance[at, at]))
    assert np.mean(raw) > 0.02
    assert abs(np.mean(shrunk)) < 0.004
    assert np.mean(inside) >= 0.92


def test_a_survey_gives_effects_with_their_covariances() -> None:
    found = channel_effects(audience(), WAVE)
    assert len(found.items) == len(found.mean) > 10
    some = found.only(found.items[2:4])
    assert some.covariance == pytest.approx(found.covariance[2:4, 2:4])
    assert found.df > 0
