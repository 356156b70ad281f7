"""Verdicts from a sample to a table that may be shown; streets by model."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.areas.verdicts import model_streets, standings
from analysis.areas.weak import Standing
from analysis.design.labels import unique_names
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

WAVE = {"wave": "W2"}


def test_planted_weak_areas_are_more_likely_weak_than_others() -> None:
    found = standings(sample(), heads(), city().targets, WAVE).table
    planted = {(weak.measure, weak.district) for weak in city().truth.plan.weak}
    is_planted = [(m, d) in planted for m, d in zip(found["measure"], found["district"].astype(str), strict=True)]
    assert found.loc[is_planted, "prob_below"].min() > found.loc[~np.array(is_planted), "prob_below"].median()
    called = found[found["standing"] == Standing.WEAK]
    assert len(called)
    assert {(m, d) for m, d in zip(called["measure"], called["district"].astype(str), strict=True)} <= planted


def test_against_the_city_the_line_is_its_rate_minus_the_margin() -> None:
    rate = heads()[3]
    found = standings(sample(), (rate,), city().targets, WAVE, margin=0.03)
    whole = sample().rates(item=rate.name, where=WAVE).table["estimate"].iloc[0]
    assert found.table["line"].to_numpy() == pytest.approx(whole - 0.03)
    assert found.meta["margin"] == 0.03


def test_without_targets_there_is_no_verdict() -> None:
    found = standings(sample(), heads(), city().targets.iloc[:0], WAVE)
    assert set(found.table["standing"]) == {""}


def test_small_areas_show_only_the_further_interviews() -> None:
    hidden = replace(sample(), suppression=10_000)
    found = standings(hidden, heads()[:1], city().targets, WAVE).table
    assert found["estimate"].isna().all()
    assert found["prob_below"].isna().all()
    assert set(found["standing"]) == {Standing.UNCLEAR}


def test_areas_without_answers_are_named() -> None:
    district = city().city.districts[0]
    found = standings(sample(), heads()[:1], city().targets, {**WAVE, "district": list(city().city.districts[1:])})
    assert found.meta["absent"] == (district,)


def test_opt_in_answers_get_no_verdict() -> None:
    with pytest.raises(DesignError, match="参与者意见"):
        standings(replace(sample(), opt_in=True), heads(), city().targets, WAVE)


def test_a_target_above_100_percent_is_refused() -> None:
    wrong = city().targets.assign(target=120.0)
    with pytest.raises(DesignError, match="目标应在"):
        standings(sample(), heads(), wrong, WAVE)


def test_one_district_is_judged_alone() -> None:
    name = city().city.districts[0]
    found = standings(sample(), heads(), city().targets, {**WAVE, "district": name}).table
    assert len(found) == len(heads())
    assert set(found["standing"]) <= set(map(str, Standing))


def test_model_streets_add_up_to_the_city_and_beat_direct_estimates() -> None:
    frame, rate = unique_names(city().city.areas), heads()[3]
    found = model_streets(sample(), rate, frame, WAVE)
    whole = sample().rates(item=rate.name, where=WAVE).table["estimate"].iloc[0]
    assert np.average(found["estimate"], weights=found["population"]) == pytest.approx(whole)
    assert len(found) == frame["street"].nunique()
    truth = city().truth.rates
    known = truth[(truth["rate"] == rate.name) & (truth["wave"] == "W2") & (truth["level"] == "street")]
    true = found["street"].map(pd.Series(known["share"].to_numpy(), index=known["area"]))
    assert ((found["estimate"] - true) ** 2).mean() < ((found["direct"] - true) ** 2).mean()
    assert true.between(found["conf_low"], found["conf_high"]).mean() > 0.8


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
