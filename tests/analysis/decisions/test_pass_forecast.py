"""The pass simulator: certain cases, order, and calibration against the truth it is drawn from."""

import numpy as np
import pytest

from analysis.areas.beta_binomial import Posterior, fit
from analysis.decisions.pass_forecast import Gate, OfficialSample, forecast
from survey.errors import DesignError

POPULATION = np.array([50_000.0, 30_000.0, 20_000.0, 40_000.0])


def _posterior(rate: float, n: float = 400.0) -> Posterior:
    return fit(np.full(4, rate), np.full(4, n))


def test_far_above_and_far_below() -> None:
    result = forecast(
        [_posterior(0.95), _posterior(0.6)],
        POPULATION,
        OfficialSample(400),
        [Gate("a", (0,), 0.85), Gate("b", (1,), 0.85)],
    )
    assert result.gate[0] > 0.99
    assert result.gate[1] < 0.01
    assert result.everything <= result.gate.min()
    assert result.item_gain[1] >= result.item_gain[0]


def test_same_seed_same_forecast() -> None:
    arguments = ([_posterior(0.86)], POPULATION, OfficialSample(200), [Gate("a", (0,), 0.85)])
    assert forecast(*arguments, draws=500).everything == forecast(*arguments, draws=500).everything


def test_gains_are_never_negative_and_larger_districts_matter_more() -> None:
    result = forecast([_posterior(0.85)], POPULATION, OfficialSample(300), [Gate("a", (0,), 0.85)])
    assert (result.district_gain >= 0).all()
    assert np.argmax(result.district_gain) == 0
    assert result.item_gain[0] > result.district_gain[0]


def test_forecast_is_calibrated() -> None:
    """Truth from the model, a rehearsal, a forecast, then the official survey: 85 of 100 at 85 %."""
    rng = np.random.default_rng(4)
    gate, sample = [Gate("a", (0,), 0.85)], OfficialSample(300, take=1, icc=0.0)
    said, happened = [], []
    for _ in range(300):
        city = rng.uniform(0.80, 0.90)
        truth = rng.beta(city * 150, (1 - city) * 150, 4)
        share = rng.binomial(150, truth) / 150
        said.append(forecast([fit(share, np.full(4, 150.0))], POPULATION, sample, gate, draws=400, seed=7).everything)
        official = rng.binomial(300, truth @ POPULATION / POPULATION.sum()) / 300
        happened.append(official >= 0.85)
    said_, happened_ = np.array(said), np.array(happened, dtype=float)
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        part = (said_ >= low) & (said_ < high)
        assert abs(said_[part].mean() - happened_[part].mean()) < 0.10
    assert abs(said_.mean() - happened_.mean()) < 0.06


@pytest.mark.parametrize(
    ("sample", "gates"),
    [
        (OfficialSample(0), [Gate("a", (0,), 0.85)]),
        (OfficialSample(100), []),
        (OfficialSample(100), [Gate("a", (0,), 85)]),
    ],
)
def test_impossible_questions(sample: OfficialSample, gates: list[Gate]) -> None:
    with pytest.raises(DesignError):
        forecast([_posterior(0.9)], POPULATION, sample, gates)


def test_no_residents() -> None:
    with pytest.raises(DesignError, match="人口"):
        forecast([_posterior(0.9)], np.zeros(4), OfficialSample(100), [Gate("a", (0,), 0.85)])
