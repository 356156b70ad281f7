"""Streets by model: they add up to the city, use districts and the wave before, and exist without answers."""

import numpy as np
import pandas as pd
import pytest

from analysis.areas.streets import model_streets
from analysis.design.labels import unique_names
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

WAVE, EARLIER = {"wave": "W2"}, {"wave": "W1"}


def _truth(found: pd.DataFrame, rate: str) -> pd.Series:
    known = city().truth.rates
    rows = known[(known["rate"] == rate) & (known["wave"] == "W2") & (known["level"] == "street")]
    return found["street"].map(pd.Series(rows["share"].to_numpy(), index=rows["area"]))


def test_model_streets_add_up_to_the_city_and_beat_direct_estimates() -> None:
    frame, rate = unique_names(city().city.areas), heads()[3]
    found = model_streets(sample(), rate, frame, WAVE)
    whole = sample().rates(item=rate.name, where=WAVE).table["estimate"].iloc[0]
    assert np.average(found["estimate"], weights=found["population"]) == pytest.approx(whole)
    assert len(found) == frame["street"].nunique()
    true = _truth(found, rate.name)
    assert ((found["estimate"] - true) ** 2).mean() < ((found["direct"] - true) ** 2).mean()
    assert true.between(found["conf_low"], found["conf_high"]).mean() > 0.8


def test_the_wave_before_brings_the_streets_nearer_to_the_truth() -> None:
    frame, errors = unique_names(city().city.areas), []
    for rate in heads():
        tables = [model_streets(sample(), rate, frame, WAVE, earlier=one) for one in (None, EARLIER)]
        errors.append([((one["estimate"] - _truth(one, rate.name)) ** 2).mean() for one in tables])
    alone, informed = np.mean(errors, axis=0)
    assert informed < alone


def test_a_wave_before_without_answers_is_ignored() -> None:
    frame, rate = unique_names(city().city.areas), heads()[3]
    nobody = {**EARLIER, "street": frame["street"].iloc[:1].tolist()}
    alone, ignored = (model_streets(sample(), rate, frame, WAVE, earlier=one) for one in (None, nobody))
    pd.testing.assert_frame_equal(alone, ignored)


def test_streets_without_answers_get_a_model_estimate() -> None:
    frame, rate = unique_names(city().city.areas), heads()[0]
    streets = frame["street"].drop_duplicates().tolist()
    found = model_streets(sample(), rate, frame, {**WAVE, "street": streets[2:]})
    rows = found.set_index("street").loc[streets[:2]]
    assert (rows["n"] == 0).all()
    assert rows["direct"].isna().all()
    assert rows["estimate"].between(0.5, 1.0).all()


def test_too_few_streets_for_a_model_are_refused() -> None:
    frame = unique_names(city().city.areas)
    with pytest.raises(DesignError, match="太少"):
        model_streets(sample(), heads()[0], frame, {**WAVE, "street": frame["street"].iloc[:1].tolist()})
