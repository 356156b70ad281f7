"""Verdicts from a sample to a table that may be shown."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.areas.models.beta_binomial import fit
from analysis.areas.verdict import Reason, Verdict
from analysis.areas.verdicts import area_verdicts
from analysis.estimation.contrasts import Comparison, against_whole
from analysis.estimation.linear import means
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

WAVE = {"wave": "W2"}


def test_planted_weak_areas_are_more_likely_weak_than_others() -> None:
    found = area_verdicts(sample(), heads(), city().targets, WAVE).table
    planted = {(weak.measure, weak.district) for weak in city().truth.plan.weak}
    is_planted = [(m, d) in planted for m, d in zip(found["measure"], found["district"].astype(str), strict=True)]
    assert found.loc[is_planted, "prob_below"].min() > found.loc[~np.array(is_planted), "prob_below"].median()
    called = found[found["verdict"] == Verdict.WEAK]
    assert len(called)
    assert {(m, d) for m, d in zip(called["measure"], called["district"].astype(str), strict=True)} <= planted


def test_against_the_city_the_line_is_its_rate_minus_the_margin() -> None:
    rate = heads()[3]
    found = area_verdicts(sample(), (rate,), city().targets, WAVE, margin=0.03)
    whole = sample().rates(item=rate.name, where=WAVE).table["estimate"].iloc[0]
    assert found.table["line"].to_numpy() == pytest.approx(whole - 0.03)
    assert found.meta["margin"] == 0.03


def test_against_the_city_the_effective_size_is_that_of_the_difference() -> None:
    rate = heads()[3]
    found = area_verdicts(sample(), (rate,), city().targets, WAVE, margin=0.03).table
    apart = against_whole(sample().basis, Comparison([rate.name], ("district",), WAVE, as_in_r=True)).table
    alone = means(sample().basis, [rate.name], by=("district",), where=WAVE)
    assert apart["district"].tolist() == alone.labels["district"].tolist() == found["district"].tolist()
    ratio = alone.variance / apart["std_error"].to_numpy(float) ** 2
    assert ratio.mean() > 1.1  # with four districts, the city moves along with each of them
    plain = sample().rates(item=rate.name, by=("district",), where=WAVE).table["n_pooled"].to_numpy(float)
    assert found["n_pooled"].to_numpy(float) == pytest.approx(plain)
    expected = fit(found["estimate"].to_numpy(float), plain * ratio).below(found["line"].to_numpy(float))
    assert found["prob_below"].to_numpy(float) == pytest.approx(expected)


def test_without_targets_there_is_no_verdict() -> None:
    found = area_verdicts(sample(), heads(), city().targets.iloc[:0], WAVE)
    assert set(found.table["verdict"]) == {""}


def test_hidden_areas_get_no_verdict() -> None:
    hidden = replace(sample(), suppression=10_000)
    found = area_verdicts(hidden, heads()[:1], city().targets, WAVE).table
    assert found[["estimate", "prob_below", "model", "more", "rank_low"]].isna().all(axis=None)
    assert set(found["verdict"]) == {""}
    assert set(found["reason"]) == {Reason.HIDDEN}


def test_a_red_light_takes_a_district_out_of_the_model() -> None:
    name = city().city.districts[0]
    found = area_verdicts(sample(), heads()[:1], city().targets, WAVE, red={name}).table.set_index("district")
    assert (found.loc[name, "verdict"], found.loc[name, "reason"]) == ("", Reason.RED_LIGHT)
    others = {**WAVE, "district": [one for one in city().city.districts if one != name]}
    alone = area_verdicts(sample(), heads()[:1], city().targets, others).table.set_index("district")
    assert found["prob_below"].drop(name).to_numpy(float) == pytest.approx(
        alone["prob_below"].to_numpy(float), abs=0.02
    )


def test_areas_without_answers_are_named() -> None:
    district = city().city.districts[0]
    found = area_verdicts(sample(), heads()[:1], city().targets, {**WAVE, "district": list(city().city.districts[1:])})
    assert found.meta["absent"] == (district,)


def test_opt_in_answers_get_no_verdict() -> None:
    with pytest.raises(DesignError, match="参与者意见"):
        area_verdicts(replace(sample(), opt_in=True), heads(), city().targets, WAVE)


def test_a_target_above_100_percent_is_refused() -> None:
    wrong = city().targets.assign(target=120.0)
    with pytest.raises(DesignError, match="目标应在"):
        area_verdicts(sample(), heads(), wrong, WAVE)


def test_one_district_is_judged_alone() -> None:
    name = city().city.districts[0]
    found = area_verdicts(sample(), heads(), city().targets, {**WAVE, "district": name}).table
    assert len(found) == len(heads())
    assert set(found["verdict"]) <= set(map(str, Verdict))
