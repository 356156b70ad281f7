"""Gates and forecasts from a rehearsal."""

from dataclasses import replace

import pytest

from analysis.decisions.gates import foresee, gates_of, rehearse
from analysis.decisions.pass_forecast import OfficialSample
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

WAVE = {"wave": "W2"}
RESIDENTS = {name: float(count) for name, count in city().city.areas.population().items()}
LINES = {rate.name: 0.8 for rate in heads()}


def test_city_and_districts_have_chances() -> None:
    rehearsal = rehearse(sample(), heads(), RESIDENTS, WAVE)
    gates = gates_of(heads(), LINES)
    found, districts = foresee(rehearsal, gates, OfficialSample(800), draws=2000)
    assert districts["district"].tolist() == list(RESIDENTS)
    assert districts["n"].sum() == pytest.approx(800, abs=4)
    assert ((districts["everything"] >= 0) & (districts["everything"] <= districts[heads()[0].name] + 1e-9)).all()
    assert found.everything <= found.gate.min() + 1e-9


def test_an_easy_line_is_passed_and_a_hard_one_is_not() -> None:
    rehearsal = rehearse(sample(), heads(), RESIDENTS, WAVE)
    easy, _ = foresee(rehearsal, gates_of(heads(), dict.fromkeys(LINES, 0.3)), OfficialSample(500), draws=1000)
    hard, _ = foresee(rehearsal, gates_of(heads(), dict.fromkeys(LINES, 1.0)), OfficialSample(500), draws=1000)
    assert easy.everything > 0.99
    assert hard.everything < 0.01


def test_a_district_without_answers_gets_what_the_model_knows() -> None:
    rehearsal = rehearse(sample(), heads(), {**RESIDENTS, "新设区": 1000.0}, WAVE)
    assert rehearsal.seen[-1] == 0
    low, high = rehearsal.posteriors[0].interval()
    assert high[-1] - low[-1] > (high - low)[:-1].max()


def test_a_gate_on_the_mean_of_all_rates() -> None:
    gates = gates_of(heads(), {}, {"未成年人工作 85 分": 0.85})
    assert gates[0].items == (0, 1, 2, 3)


def test_no_line_at_all_and_lines_above_100_percent_are_refused() -> None:
    with pytest.raises(DesignError, match="没有任何达标线"):
        gates_of(heads(), {})
    with pytest.raises(DesignError, match="0% 与 100%"):
        gates_of(heads(), {heads()[0].name: 1.2})


def test_opt_in_answers_predict_nothing() -> None:
    with pytest.raises(DesignError, match="参与者意见"):
        rehearse(replace(sample(), opt_in=True), heads(), RESIDENTS, WAVE)
