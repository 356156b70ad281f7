"""Streets by model: they add up to the city, use districts and the wave before, and exist without answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.areas.streets import model_streets, street_models
from analysis.areas.verdicts import area_verdicts
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


def test_hidden_streets_and_those_with_a_red_light_are_in_no_model() -> None:
    frame, rate = unique_names(city().city.areas), heads()[3]
    names = frame["street"].drop_duplicates().tolist()
    lit = model_streets(sample(), rate, frame, WAVE, red=names[:2]).set_index("street")
    assert (lit.loc[names[:2], "n"] == 0).all()
    assert lit.loc[names[:2], "direct"].isna().all()
    assert (lit.loc[names[:2], "shrinkage"] == 0).all()
    with pytest.raises(DesignError, match="太少"):
        model_streets(replace(sample(), suppression=10_000), rate, frame, WAVE)


def test_streets_are_judged_by_the_model_that_is_shown() -> None:
    frame, rate = unique_names(city().city.areas), heads()[3]
    shown = model_streets(sample(), rate, frame, WAVE, earlier=EARLIER).set_index("street")
    judged = area_verdicts(sample(), (rate,), city().targets, WAVE, by="street", frame=frame, earlier=EARLIER).table
    street = judged["street"].astype(str)
    for column, other in (("model", "estimate"), ("model_low", "conf_low"), ("model_high", "conf_high")):
        assert judged[column].to_numpy(float) == pytest.approx(street.map(shown[other]).to_numpy(float))
    surely = judged[judged["model_high"].astype(float) < judged["line"].astype(float)]
    assert (surely["prob_below"].astype(float) >= 0.975 - 1e-6).all()
    assert judged["more"].dropna().between(10, 20_000).all()


def test_the_target_of_a_district_is_that_of_its_streets() -> None:
    frame, rate, name = unique_names(city().city.areas), heads()[3], city().city.districts[0]
    own = city().targets.iloc[:1].assign(measure=rate.measure, item="", district=name, target=33.0)
    targets = pd.concat([city().targets, own], ignore_index=True)
    judged = area_verdicts(sample(), (rate,), targets, WAVE, by="street", frame=frame).table
    inside = judged["street"].astype(str).isin(frame.loc[frame["district"] == name, "street"])
    assert set(judged.loc[inside, "line"]) == {0.33}
    assert 0.33 not in set(judged.loc[~inside, "line"])


def test_rates_are_modelled_together_as_each_is_alone() -> None:
    frame = unique_names(city().city.areas)
    red = frame["street"].unique()[:1].tolist()
    together = street_models(sample(), heads(), frame, WAVE, earlier=EARLIER, red=red)
    assert list(together) == [rate.name for rate in heads()]
    for rate in heads():
        alone = street_models(sample(), [rate], frame, WAVE, earlier=EARLIER, red=red)[rate.name]
        model = together[rate.name]
        assert alone is not None
        assert model is not None
        pairs = [(alone.n, model.n), (alone.share, model.share), (alone.posterior.estimate, model.posterior.estimate)]
        assert all(one.tobytes() == other.tobytes() for one, other in pairs)
