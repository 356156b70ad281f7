"""Contrasts: their covariance, adjusted p-values, and a unanimous side."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.estimation.contrasts import (
    Comparison,
    against_each_other,
    against_reference,
    against_rest,
    against_whole,
    between,
    change_against_whole,
    combine,
    quotient,
)
from analysis.estimation.estimates import LAST
from analysis.estimation.linear import means
from analysis.estimation.rates import rates
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights, post_stratify
from survey.errors import ArgumentError, DesignError
from tests.analysis.golden_designs import golden
from tests.analysis.synthetic import answers, sample


def basis(frame: pd.DataFrame | None = None) -> WeightedDesign:
    one = sample(frame, collapse=True)
    return WeightedDesign(one.cells, one.design, base_weights(one.cells))


def test_two_groups_are_each_others_rest() -> None:
    one = basis()
    table = against_rest(one, Comparison(by=["sex"], as_in_r=True)).table.set_index("sex")
    found = means(one, by=["sex"])
    value, cov = combine(one, found, np.array([[1.0], [-1.0]]))
    first = table.iloc[0]
    assert first["estimate"] == pytest.approx(value[0])
    assert first["std_error"] == pytest.approx(np.sqrt(cov[0, 0]))
    assert table["estimate"].sum() == pytest.approx(0)
    assert first["reference"] == pytest.approx(found.estimate[1])


def test_rest_under_calibration_takes_residuals() -> None:
    one = basis()
    margin = pd.DataFrame({"sex": ["女", "男"], "population": [500.0, 500.0]})
    calibrated = WeightedDesign(one.cells, one.design, post_stratify(one.cells, one.weights, margin))
    table = against_rest(calibrated, Comparison(by=["sex"], as_in_r=True)).table
    found = means(calibrated, by=["sex"])
    _, cov = combine(calibrated, found, np.array([[1.0], [-1.0]]))
    assert table["std_error"][0] == pytest.approx(np.sqrt(cov[0, 0]))


def test_whole_is_the_mean_of_its_parts() -> None:
    one = golden("city1").basis
    table = against_whole(one, Comparison(["y1"], ["district"])).table
    found = means(one, ["y1"], by=["district"])
    assert (table["estimate"] * found.size).sum() == pytest.approx(0, abs=1e-9)
    assert table["reference"].nunique() == 1


def test_the_change_of_the_whole_is_subtracted_from_that_of_a_part() -> None:
    one = golden("cityd").basis
    question = Comparison(["y1", "y2"], ["district"])
    table = change_against_whole(one, (1, 2), question).table
    own = between(one, "wave", (1, 2), question).table
    city = between(one, "wave", (1, 2), Comparison(["y1", "y2"])).table["estimate"]
    expected = own["estimate"].to_numpy() - np.repeat(city.to_numpy(), 8)
    assert table["estimate"].to_numpy() == pytest.approx(expected)
    assert list(table.columns)[3 : 3 + len(LAST)] == list(LAST)


def test_every_pair_is_the_comparison_with_a_reference() -> None:
    one = golden("city1").basis
    question = Comparison(["y1"], ["district"])
    pairs = against_each_other(one, question).table
    groups = means(one, ["y1"], by=["district"]).labels["district"].tolist()
    assert len(pairs) == len(groups) * (len(groups) - 1) // 2
    for at, name in enumerate(groups[1:], start=1):
        reference = against_reference(one, question, name).table.set_index("district")
        for _, pair in pairs[pairs["other"] == at].iterrows():
            row = reference.loc[groups[pair["one"]]]
            for column in ("estimate", "std_error", "n"):
                assert pair[column] == pytest.approx(row[column])
            assert pair["df"] <= row["df"]
    assert pairs["p_holm"].min() == pytest.approx(min(1.0, pairs["p_value"].min() * len(pairs)))


def test_independent_groups_have_no_covariance() -> None:
    """Two districts share no stratum, so their difference has the sum of the variances; the city's has less."""
    one = basis()
    found = means(one, by=["district"])
    _, cov = combine(one, found, np.array([[1.0], [-1.0]]))
    assert cov[0, 0] == pytest.approx(found.variance.sum())


def test_p_value_interval_and_detectable_change_are_consistent() -> None:
    table = between(golden("cityd").basis, "wave", (1, 2), Comparison(by=["district"])).table
    outside = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    assert (outside == (table["p_value"] < 0.05)).all()
    t = (table["estimate"] / table["std_error"]).abs()
    assert table["p_value"].to_numpy() == pytest.approx(2 * stats.t.sf(t, table["df"]))
    factor = stats.t.ppf(0.975, table["df"]) + stats.t.ppf(0.8, table["df"])
    assert table["detectable"].to_numpy() == pytest.approx(factor * table["std_error"].to_numpy())


def test_a_unanimous_side_keeps_uncertainty() -> None:
    frame = answers()
    frame.loc[(frame.age == "60+") & frame.y.notna(), "y"] = 1.0
    table = against_whole(basis(frame), Comparison(by=["age"])).table.set_index("age")
    plain = means(basis(frame), by=["age"])
    assert plain.variance[plain.labels["age"] == "60+"][0] == 0
    row = table.loc["60+"]
    assert row["flag"] in ("unanimous", "few")
    assert row["std_error"] > np.sqrt(means(basis(frame)).variance[0])


def test_a_wave_without_answers_is_flagged() -> None:
    frame = answers()
    frame = frame[~((frame.wave == "W2") & (frame.age == "60+"))]
    table = between(basis(frame), "wave", ("W1", "W2"), Comparison(by=["age"])).table.set_index("age")
    assert table.loc["60+", "flag"] == "empty"
    assert np.isnan(table.loc["60+", "estimate"])
    assert table.drop("60+")["p_holm"].notna().all()
    assert (table["p_by"].dropna() >= table["p_bh"].dropna()).all()


def test_no_side_is_more_precise_than_the_rate_beside_it() -> None:
    """With extreme weights the variance of the sample is far too small; independent groups add what theirs lack."""
    frame = answers()
    frame.loc[frame.index[::7], "w"] *= 40.0
    one, question = basis(frame), Comparison(by=["district"])
    shown = rates(one.cells, by=["district"], design=one.design).table
    sample_ = means(one, by=["district"])
    lacking = np.maximum(shown["std_error"].to_numpy() ** 2 - sample_.variance, 0.0)
    first, second = sample_.labels["district"].tolist()
    raised, plain = (
        against_reference(one, replace(question, as_in_r=in_r), first).table.iloc[0] for in_r in (False, True)
    )
    assert lacking.sum() > 0
    assert raised["std_error"] ** 2 == pytest.approx(plain["std_error"] ** 2 + lacking.sum())
    assert plain["std_error"] ** 2 == pytest.approx(sample_.variance.sum())
    assert raised["district"] == second
    assert raised["flag"] == plain["flag"] != "unanimous"


def test_bad_questions() -> None:
    with pytest.raises(ArgumentError, match="没有这个轮次"):
        between(basis(), "wave", ("W1", "W9"), Comparison())
    with pytest.raises(DesignError, match="没有其余部分"):
        against_rest(basis(), Comparison(by=["age"], where={"age": "60+"}))


def test_ratio_by_the_delta_method() -> None:
    one = basis()
    found = means(one, by=["sex"])
    value, variance = quotient(one, found, 0, 1)
    a, b = found.estimate
    cov = one.design.covariance(found.influence)
    assert value == pytest.approx(a / b)
    assert variance == pytest.approx((cov[0, 0] - 2 * a / b * cov[0, 1] + (a / b) ** 2 * cov[1, 1]) / b**2)
