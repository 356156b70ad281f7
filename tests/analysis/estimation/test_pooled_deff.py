"""Pooled design effects: floored by the weights, the same in every table, with a correlation that is the true one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.linear import means
from analysis.estimation.pooled_deff import correlations, pooled
from analysis.estimation.rates import rates
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.replicates import _reweighted
from analysis.weights.weights import base_weights
from tests.analysis.synthetic import answers

KEYS = {"stratum": "stratum", "psu": "psu"}


def small_study(seed: int) -> pd.DataFrame:
    """Return a random small study: few sampling points, rates near 1, now and then very unequal weights."""
    rng = np.random.default_rng(seed)
    strata, psus, size = (int(rng.integers(*ends)) for ends in ((1, 5), (2, 5), (2, 15)))
    frame = answers(seed, strata=strata, psus=psus, size=size)
    missing = frame["y"].isna()
    frame["w"] = rng.lognormal(0, rng.choice([0.0, 0.5, 1.5]), len(frame))
    frame["y"] = (rng.random(len(frame)) < rng.choice([0.5, 0.85, 0.97, 1.0])).astype(float)
    return frame.mask(pd.DataFrame({name: missing & (name == "y") for name in frame}))


def basis_of(frame: pd.DataFrame, by: list[str] | None = None) -> WeightedDesign:
    cells = cells_from_frame(frame, ["y"], by=by or ["district", "age", "sex"], design=KEYS, weight="w")
    return WeightedDesign(cells, make_design(cells), base_weights(cells))


def kish(weights: pd.Series) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_effective_size_exceeds_neither_the_answers_nor_that_of_the_weights(seed: int) -> None:
    frame = small_study(seed)
    basis = basis_of(frame)
    found = pooled(means(basis, by=["district"]), basis)
    n = means(basis, by=["district"]).n
    whole = [kish(rows["w"]) / len(rows) for _, rows in frame.groupby("district")]
    there = n > 0
    assert (found.n_eff <= n * (1 + 1e-12))[there].all()
    assert (found.n_eff[there] <= (n * whole)[there] * (1 + 1e-9)).all()
    assert found.deff * found.n_eff == pytest.approx(n)
    assert (found.df >= 1).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_domain_has_one_interval_whatever_stands_beside_it(seed: int) -> None:
    """Alone, in a list, with another item, or split further: the interval of a domain is the same."""
    frame = small_study(seed).assign(other=lambda f: 1 - f["y"])
    cells = cells_from_frame(frame, ["other", "y"], by=["district", "age", "sex"], design=KEYS, weight="w")
    listed = rates(cells, item="y", by=["district"]).table.set_index("district")
    both = rates(cells, by=["district"]).table.query("item == 'y'").set_index("district")
    for district in listed.index:
        alone = rates(cells, item="y", where={"district": district}).table.iloc[0]
        columns = ["n", "n_eff", "estimate", "std_error", "df", "conf_low", "conf_high", "deff"]
        for table in (listed, both):
            assert table.loc[district, columns].to_numpy(float) == pytest.approx(
                alone[columns].to_numpy(float), rel=1e-9, nan_ok=True
            )


def test_one_weight_of_a_million_among_four_hundred() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"stratum": 0, "psu": np.arange(400) // 10, "w": 1.0, "y": (rng.random(400) < 0.85) * 1.0})
    frame.loc[7, ["w", "y"]] = 1e6, 1.0
    cells = cells_from_frame(frame, ["y"], design=KEYS, weight="w")
    row = rates(cells).table.iloc[0]
    assert row["n_eff"] == pytest.approx(kish(frame["w"]), rel=1e-6)
    assert row["n_eff"] == pytest.approx(1.0, abs=0.001)
    assert row["conf_low"] < 0.25
    assert row["flag"] == "heavy"
    even = rates(cells_from_frame(frame.assign(w=1.0), ["y"], design=KEYS, weight="w")).table.iloc[0]
    assert even["flag"] == ""
    assert even["conf_low"] > 0.78


def test_sampling_points_that_agree_by_chance_do_not_prove_a_design_effect_of_zero() -> None:
    """Two points with the same share of ones: the variance of the sample is 0, n_eff was 5,892 for 153 answers."""
    frame = pd.DataFrame({"stratum": 0, "psu": np.repeat([0, 1], 76), "w": 1.0, "y": np.tile([1.0, 1.0, 1.0, 0.0], 38)})
    cells = cells_from_frame(frame, ["y"], design=KEYS, weight="w")
    row = rates(cells).table.iloc[0]
    assert row["error_sample"] < 1e-9
    assert (row["n_eff"], row["deff"]) == (152, 1)
    assert row["std_error"] == pytest.approx(np.sqrt(0.75 * 0.25 / 152))


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.2])
def test_the_correlation_is_the_true_one(icc: float) -> None:
    """400 points of 12 answers in 40 strata, unequal weights: the estimate has a standard error of .01 to .02."""
    rng = np.random.default_rng(11)
    chance = np.full(400, 0.7) if icc == 0 else rng.beta(0.7 * (1 / icc - 1), 0.3 * (1 / icc - 1), 400)
    psu = np.repeat(np.arange(400), 12)
    frame = pd.DataFrame({"stratum": psu // 10, "psu": psu, "w": rng.lognormal(0, 0.6, len(psu))})
    frame["y"] = (rng.random(len(psu)) < chance[psu]).astype(float)
    cells = cells_from_frame(frame, ["y"], design=KEYS, weight="w")
    basis = WeightedDesign(cells, make_design(cells), base_weights(cells))
    assert correlations(basis, ("y",))[0] == pytest.approx(icc, abs=0.02 + 0.1 * icc)
    assert correlations(basis, ("y",))[0] == correlations(basis, ("y",))[0]


def test_points_of_one_answer_have_no_correlation() -> None:
    frame = answers(3).assign(psu=lambda f: np.arange(len(f)))
    assert correlations(basis_of(frame), ("y",))[0] == 0


def test_a_domain_borrows_no_more_degrees_of_freedom_than_the_survey_has() -> None:
    frame = answers(strata=2, psus=3, size=20)
    whole = rates(basis_of(frame).cells).table.iloc[0]
    assert (whole["df"], whole["df_sample"]) == (4, 4)
    single = rates(basis_of(frame.assign(district=frame["psu"]), ["district"]).cells, by=["district"]).table
    assert single["df"].tolist() == [4, 4, 4]
    many = rates(basis_of(answers(strata=8, psus=3)).cells, by=["district"]).table
    assert many["df"].tolist() == [16, 16]


def test_lonely_strata_lend_their_degrees_of_freedom() -> None:
    frame = answers(strata=12, psus=1, size=15)
    cells = cells_from_frame(frame, ["y"], by=["district"], design=KEYS, weight="w")
    row = rates(cells, design=make_design(cells, lonely="adjust")).table.iloc[0]
    assert (row["df"], row["df_sample"]) == (8, 0)
    assert row["conf_high"] - row["conf_low"] < 0.3


def test_correlations_are_kept_with_the_cells_and_not_with_cells_of_other_weights() -> None:
    basis = basis_of(small_study(3))
    assert base_weights(basis.cells) is basis.weights
    assert base_weights(basis.cells.with_keys(x=0)) is not basis.weights
    known = correlations(basis, ("y",))
    basis.cells.cache["icc", "y"] = (basis.weights, basis.design, 0.5)
    assert correlations(basis, ("y",))[0] == 0.5
    factor = np.linspace(0.5, 1.5, len(basis.cells))
    other = _reweighted(basis.cells, factor)
    assert not {"base weights", ("icc", "y")} & set(other.cache)
    fresh = basis_of(small_study(3))
    assert correlations(fresh, ("y",)) == known
