"""One row has one variance: standard error, effective size, design effect, df and limits agree with each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.intervals import INTERVALS
from analysis.estimation.rates import Reporting, rates
from tests.analysis.estimation.test_pooled_deff import KEYS, small_study
from tests.analysis.synthetic import answers


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), level=st.sampled_from([0.8, 0.95]))
def test_the_default_limits_follow_from_the_printed_numbers(seed: int, level: float) -> None:
    """From p, n_eff and df of a row alone comes its interval; from p and n_eff its standard error."""
    cells = cells_from_frame(small_study(seed), ["y"], by=["district", "age"], design=KEYS, weight="w")
    for by in ([], ["district"], ["district", "age"]):
        table = rates(cells, by=by, level=level).table
        table = table[table["n"] > 0]
        p, n, df = (table[name].to_numpy(float) for name in ("estimate", "n_eff", "df"))
        t = stats.t.ppf((1 + level) / 2, df)
        half = t * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2)) / (1 + t**2 / n)
        assert (table["conf_high"] - table["conf_low"]).to_numpy() == pytest.approx(2 * half, rel=1e-9)
        assert table["deff"].to_numpy() == pytest.approx(table["n"] / n)
        assert (n <= table["n"] * (1 + 1e-12)).all()
        inside = (p > 0) & (p < 1)
        assert table["std_error"].to_numpy()[inside] == pytest.approx(np.sqrt(p * (1 - p) / n)[inside])
        assert (table["std_error"] > 0).all()
        # a score interval is never wider than p -+ t se and t^2 / n together
        assert (2 * half <= 2 * t * table["std_error"] + t**2 / n).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(INTERVALS)))
def test_every_form_shows_the_variance_it_uses(seed: int, name: str) -> None:
    cells = cells_from_frame(small_study(seed), ["y"], by=["district"], design=KEYS, weight="w")
    table = rates(cells, by=["district"], interval=name).table.query("n > 0")
    p = table["estimate"].to_numpy(float)
    inside = (p > 0) & (p < 1)
    assert table["deff"].to_numpy() == pytest.approx((table["n"] / table["n_eff"]).to_numpy())
    own = (p * (1 - p) / table["std_error"] ** 2).to_numpy(float)
    assert own[inside] == pytest.approx(table["n_eff"].to_numpy()[inside])
    more = table["n_eff"] > table["n"] * (1 + 1e-9)
    assert (table["notes"].str.contains("gain") == more).all()
    assert (table["conf_high"] > table["conf_low"]).all()


def test_the_forms_of_r_keep_the_variance_of_the_sample() -> None:
    cells = cells_from_frame(answers(), ["y"], by=["district"], design=KEYS, weight="w")
    logit, default = (rates(cells, by=["district"], interval=name).table for name in ("logit", "wilson_pooled"))
    assert logit["std_error"].tolist() == logit["error_sample"].tolist() == default["error_sample"].tolist()
    assert logit["df"].tolist() == default["df_sample"].tolist()
    assert (default["df"] >= default["df_sample"]).all()


def test_more_effective_answers_than_answers_have_a_reason() -> None:
    """Strata that explain nearly everything: R's effective n is larger than n, and the row gives the reason."""
    frame = answers(strata=4, psus=6, size=8)
    frame["y"] = ((frame["stratum"] < 2) ^ (np.arange(len(frame)) % 20 == 0)).astype(float)
    row = rates(cells_from_frame(frame, ["y"], design=KEYS, weight="w"), interval="logit").table.iloc[0]
    assert row["n_eff"] > row["n"]
    assert row["flag"] == "gain"


@pytest.mark.parametrize("name", sorted(INTERVALS))
def test_a_census_says_which_inference_is_meant(name: str) -> None:
    """All points of the population: the error of the sample is 0, the interval is that of a superpopulation."""
    frame = answers().assign(total=3)
    cells = cells_from_frame(frame, ["y"], design={**KEYS, "fpc1": "total"}, weight="w")
    design = make_design(cells)
    row = rates(cells, design=design, interval=name).table.iloc[0]
    assert row["error_sample"] == 0
    assert row["flag"] == "census"
    assert row["conf_low"] < row["estimate"] - row["std_error"]
    sampled = rates(cells_from_frame(frame.assign(total=4), ["y"], design={**KEYS, "fpc1": "total"}, weight="w"))
    assert "census" not in sampled.table["notes"].iloc[0]


@pytest.mark.parametrize("name", ["mean", "logit", "xlogit", "likelihood", "asin", "wilson", "beta"])
def test_the_forms_of_r_leave_a_census_without_width(name: str) -> None:
    """Variance 0 at a rate between 0 and 1: every form of R is the point itself, and `beta` is undefined as in R."""
    cells = cells_from_frame(answers().assign(total=3), ["y"], design={**KEYS, "fpc1": "total"}, weight="w")
    row = rates(cells, interval=name, reporting=Reporting(as_in_r=True)).table.iloc[0]
    limit = np.nan if name == "beta" else row["estimate"]
    assert row[["conf_low", "conf_high"]].tolist() == pytest.approx([limit] * 2, abs=1e-12, nan_ok=True)
    assert np.isnan(row["n_eff"])
    assert np.isnan(row["deff"])
