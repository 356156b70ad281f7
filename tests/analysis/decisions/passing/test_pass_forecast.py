"""The pass forecast: certain cases, order, and calibration against a known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.areas.models.beta_binomial import Posterior, fit
from analysis.decisions.passing.official_survey import DrawnSurveys, Gate, OfficialSample, gates_of
from analysis.decisions.passing.pass_forecast import CONFIDENT, RISE, forecast, foresee, foresee_districts
from analysis.decisions.passing.rehearsal import rehearse
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

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


def test_the_rise_that_is_needed_makes_nine_in_ten_likely_and_no_smaller_one_does() -> None:
    gates, official = [Gate("a", (0,), 0.85)], OfficialSample(400)
    rise = forecast([_posterior(0.84)], POPULATION, official, gates, draws=2000).needed
    low, high = (
        forecast([_posterior(0.84)], POPULATION, official, gates, draws=2000, step=rise + change).raised[0]
        for change in (-RISE, 0.0)
    )
    assert low < CONFIDENT <= high
    assert forecast([_posterior(0.95)], POPULATION, official, gates, draws=500).needed == 0.0
    other = [*gates, Gate("b", (1,), 0.85)]
    both = forecast([_posterior(0.84), _posterior(0.6)], POPULATION, official, other, draws=500)
    assert np.isnan(both.needed)


def test_other_rates_of_one_item_have_the_chance_that_all_rates_have() -> None:
    gates = [Gate("a", (0,), 0.85), Gate("b", (1,), 0.8), Gate("both", (0, 1), 0.84)]
    share = POPULATION / POPULATION.sum()
    drawn = DrawnSurveys.of([_posterior(0.86), _posterior(0.83)], share, OfficialSample(400), gates, 500)
    for item in (0, 1):
        raised = [drawn.city[:, item] + rise for rise in (0.0, 0.01, 0.03)]
        whole = [np.where(np.arange(2) == item, one[:, None], drawn.city) for one in raised]
        assert list(drawn.chances(item, raised)) == [drawn.chance(one) for one in whole]
    assert drawn.chance(drawn.city) == drawn.everything


def test_a_district_alone_has_the_chances_of_a_forecast_of_its_own() -> None:
    mock, rates = city(), heads()
    residents = {name: float(count) for name, count in mock.city.areas.population().items()}
    found = rehearse(sample(), rates, residents, {"wave": ("W2",)})
    gates, official = gates_of(rates, {rate.name: 0.8 for rate in rates}), OfficialSample(400)
    whole = foresee(found, gates, official, draws=400)
    table = foresee_districts(found, gates, official, whole, draws=400)
    assert table["gain"].tolist() == whole.district_gain.tolist()
    for at in range(len(table)):
        alone = forecast(
            found.of(at).posteriors, found.population[[at]], replace(official, n=int(table["n"][at])), gates, draws=100
        )
        assert table["everything"][at] == alone.everything
        assert table[[gate.name for gate in gates]].iloc[at].tolist() == alone.gate.tolist()


def test_same_seed_same_forecast() -> None:
    arguments = ([_posterior(0.86)], POPULATION, OfficialSample(200), [Gate("a", (0,), 0.85)])
    assert forecast(*arguments, draws=500).everything == forecast(*arguments, draws=500).everything


def test_gains_are_never_negative_and_larger_districts_matter_more() -> None:
    result = forecast([_posterior(0.85)], POPULATION, OfficialSample(300), [Gate("a", (0,), 0.85)])
    assert (result.district_gain >= 0).all()
    assert np.argmax(result.district_gain) == 0
    assert result.item_gain[0] > result.district_gain[0]


def test_forecast_is_calibrated() -> None:
    """Truth from the model, a rehearsal, a forecast, then the official survey: of forecasts of 85 %, 85 in 100 pass."""
    rng = np.random.default_rng(4)
    gate, sample = [Gate("a", (0,), 0.85)], OfficialSample(300, take=1, icc=0.0)
    predicted, happened = [], []
    for _ in range(300):
        city = rng.uniform(0.80, 0.90)
        truth = rng.beta(city * 150, (1 - city) * 150, 4)
        share = rng.binomial(150, truth) / 150
        predicted.append(
            forecast([fit(share, np.full(4, 150.0))], POPULATION, sample, gate, draws=400, seed=7).everything
        )
        official = rng.binomial(300, truth @ POPULATION / POPULATION.sum()) / 300
        happened.append(official >= 0.85)
    predicted_, happened_ = np.array(predicted), np.array(happened, dtype=float)
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        part = (predicted_ >= low) & (predicted_ < high)
        assert abs(predicted_[part].mean() - happened_[part].mean()) < 0.10
    assert abs(predicted_.mean() - happened_.mean()) < 0.06


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


WAVE = {"wave": "W2"}
RESIDENTS = {name: float(count) for name, count in city().city.areas.population().items()}
LINES = {rate.name: 0.8 for rate in heads()}


def test_city_and_districts_have_probabilities() -> None:
    rehearsal = rehearse(sample(), heads(), RESIDENTS, WAVE)
    gates = gates_of(heads(), LINES)
    found = foresee(rehearsal, gates, OfficialSample(800), draws=2000)
    districts = foresee_districts(rehearsal, gates, OfficialSample(800), found, draws=2000)
    assert districts["district"].tolist() == list(RESIDENTS)
    assert districts["n"].sum() == pytest.approx(800, abs=4)
    assert ((districts["everything"] >= 0) & (districts["everything"] <= districts[heads()[0].name] + 1e-9)).all()
    assert found.everything <= found.gate.min() + 1e-9
    assert found.at_line.shape == (len(RESIDENTS), len(heads()))
    assert (found.at_line >= found.everything).all(), "a district that reaches a line takes no chance away"
    alone = foresee(rehearsal.of(0), gates[:1], OfficialSample(800), draws=2000)
    assert alone.at_line[0, 0] > 0.4, "one district at its line passes about every second survey or more"
    assert np.isnan(alone.at_line[0, 1:]).all()


def test_an_easy_line_is_passed_and_a_hard_one_is_not() -> None:
    rehearsal = rehearse(sample(), heads(), RESIDENTS, WAVE)
    easy = foresee(rehearsal, gates_of(heads(), dict.fromkeys(LINES, 0.3)), OfficialSample(500), draws=1000)
    hard = foresee(rehearsal, gates_of(heads(), dict.fromkeys(LINES, 1.0)), OfficialSample(500), draws=1000)
    assert easy.everything > 0.99
    assert hard.everything < 0.01


def test_a_district_without_answers_gets_the_model_prediction() -> None:
    rehearsal = rehearse(sample(), heads(), {**RESIDENTS, "新设区": 1000.0}, WAVE)
    assert rehearsal.seen[-1] == 0
    low, high = rehearsal.posteriors[0].interval()
    assert high[-1] - low[-1] > (high - low)[:-1].max()


def test_a_gate_on_the_mean_of_all_rates() -> None:
    gates = gates_of(heads(), {}, {"未成年人工作 85 分": 0.85})
    assert gates[0].items == (0, 1, 2, 3)


def test_missing_lines_and_lines_above_100_percent_are_refused() -> None:
    with pytest.raises(DesignError, match="没有任何达标线"):
        gates_of(heads(), {})
    with pytest.raises(DesignError, match="0% 与 100%"):
        gates_of(heads(), {heads()[0].name: 1.2})


def test_opt_in_answers_are_refused() -> None:
    with pytest.raises(DesignError, match="参与者意见"):
        rehearse(replace(sample(), opt_in=True), heads(), RESIDENTS, WAVE)
