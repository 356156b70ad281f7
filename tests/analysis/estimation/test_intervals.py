"""Intervals: limits that exist, hold the estimate and equal closed forms."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.estimation.interval_names import INTERVAL_LABELS
from analysis.estimation.intervals import (
    INTERVALS,
    Rated,
    angle_limits,
    detectable,
    half_width,
    interval,
    kg_nchs,
    log_limits,
    quantile_t,
    t_limits,
)
from survey.errors import ArgumentError

ALWAYS = ("wilson_pooled", "jeffreys_pooled", "kg_nchs", "clopper_pearson")


def rated(p: list[float], n: float = 50, df: float = 12, deff: float = 1.5, level: float = 0.95) -> Rated:
    p = np.array(p, dtype=float)
    full = np.ones_like(p)
    return Rated(p, deff * p * (1 - p) / n, n * full, df * full, n / deff * full, (df + 8) * full, level)


def test_every_interval_has_a_label() -> None:
    assert set(INTERVALS) == set(INTERVAL_LABELS)


@given(
    p=st.floats(0, 1),
    n=st.integers(1, 5000),
    deff=st.floats(1, 20),
    df=st.integers(0, 200),
    level=st.floats(0.5, 0.999),
)
def test_the_default_always_exists_and_has_a_width(p: float, n: int, deff: float, df: int, level: float) -> None:
    one = rated([p], n, df, deff, level)
    for name in ("wilson_pooled", "jeffreys_pooled"):
        low, high = interval(name)(one)
        assert -1e-12 <= low[0] < high[0] <= 1 + 1e-12
    low, high = interval("wilson_pooled")(one)
    assert low[0] - 1e-12 <= p <= high[0] + 1e-12


@pytest.mark.parametrize("name", ALWAYS)
def test_limits_are_symmetric_under_complement(name: str) -> None:
    low, high = interval(name)(rated([0.0, 0.03, 0.2, 0.5, 0.77, 1.0]))
    other_low, other_high = interval(name)(rated([1.0, 0.97, 0.8, 0.5, 0.23, 0.0]))
    assert low == pytest.approx(1 - other_high, abs=1e-12)
    assert high == pytest.approx(1 - other_low, abs=1e-12)


@pytest.mark.parametrize("name", sorted(set(INTERVALS) - {"mean"}))
def test_wider_with_level_and_with_fewer_answers(name: str) -> None:
    base = rated([0.3, 0.8, 0.9])
    width = np.diff(interval(name)(base), axis=0)
    assert (np.diff(interval(name)(replace(base, level=0.99)), axis=0) > width).all()
    assert (np.diff(interval(name)(rated([0.3, 0.8, 0.9], n=25)), axis=0) > width).all()


TWINS = {
    "mean": "normal",
    "wilson": "wilson",
    "wilson_pooled": "wilson",
    "jeffreys_pooled": "jeffreys",
    "clopper_pearson": "beta",
}
"""Ours -> method of statsmodels that is the same on a simple random sample without weights."""


@pytest.mark.parametrize(("ours", "theirs"), TWINS.items())
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_a_simple_random_sample_has_the_intervals_of_statsmodels(ours: str, theirs: str, level: float) -> None:
    count, n = np.array([1, 7, 60, 199]), 200
    low, high = interval(ours)(rated(list(count / n), n=n, df=np.inf, deff=1.0, level=level))
    expected = proportion_confint(count, n, alpha=1 - level, method=theirs)
    inside = [np.clip(limit, 0, 1) if ours == "mean" else limit for limit in (low, high)]
    assert inside[0] == pytest.approx(expected[0], rel=1e-9)
    assert inside[1] == pytest.approx(expected[1], rel=1e-9)


def test_wilson_is_the_textbook_score_interval() -> None:
    # Wilson 1927 with n = 50, p = .8, z: (.6696, .8876)
    low, high = interval("wilson")(rated([0.8], df=np.inf, deff=1.0))
    z = stats.norm.ppf(0.975)
    centre, reach = (0.8 + z**2 / 100), z * np.sqrt(0.16 / 50 + z**2 / 10000)
    assert (low[0], high[0]) == pytest.approx(((centre - reach) / (1 + z**2 / 50), (centre + reach) / (1 + z**2 / 50)))


def test_clopper_pearson_is_the_exact_binomial_interval() -> None:
    low, high = interval("clopper_pearson")(rated([0.8, 0.0, 1.0]))
    exact = stats.binomtest(40, 50).proportion_ci(method="exact")
    assert (low[0], high[0]) == pytest.approx((exact.low, exact.high), rel=1e-12)
    assert high[1] == pytest.approx(1 - 0.025 ** (1 / 50))
    assert (low[1], high[2]) == (0, 1)


def test_kg_nchs_where_everyone_agrees() -> None:
    # stats.md 2: n = 25, df = 7, p = 1: the macro gives .8628
    one = rated([1.0], n=25, df=7)
    assert kg_nchs(one)[0][0] == pytest.approx(0.025 ** (1 / 25), rel=1e-12)
    assert round(kg_nchs(one)[0][0], 4) == 0.8628


@pytest.mark.parametrize("name", ["beta", "asin", "xlogit", "wilson", "likelihood"])
def test_forms_of_r_are_undefined_at_the_edge_as_in_r(name: str) -> None:
    low, high = interval(name)(rated([0.0, 1.0]))
    assert (~(high > low)).all()


def test_quantile_is_that_of_scipy() -> None:
    df = np.array([1.0, 2.0, 7.5, 64.0, np.inf])
    assert quantile_t(0.975, df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-12)
    assert np.isnan(quantile_t(0.975, np.array([0.0, -1.0]))).all()


def test_an_unknown_name_lists_the_known_names() -> None:
    with pytest.raises(ArgumentError, match="wilson_pooled"):
        interval("nonsense")


def test_t_limits_are_the_textbook_ones_for_scalars_and_arrays() -> None:
    low, high = t_limits(0.4, 0.03, 7)
    assert (float(low), float(high)) == pytest.approx(stats.t.interval(0.95, 7, 0.4, 0.03), rel=1e-12)
    low, high = t_limits([0.4, -2.0], [0.03, 1.5], [3, np.inf], 0.9)
    assert (low[0], high[0]) == pytest.approx(stats.t.interval(0.9, 3, 0.4, 0.03), rel=1e-12)
    assert (low[1], high[1]) == pytest.approx(stats.norm.interval(0.9, -2.0, 1.5), rel=1e-12)
    assert np.isnan(t_limits(0.4, 0.03, 0)).all()
    assert float(half_width(0.03, np.inf)) == pytest.approx(0.03 * stats.norm.ppf(0.975), rel=1e-12)


def test_log_limits_are_the_t_limits_of_the_logarithm() -> None:
    low, high = log_limits(np.array([1200.0, 0.0]), np.array([300.0, 0.0]), np.array([9, 9]))
    log_low, log_high = t_limits(np.log(1200.0), 300.0 / 1200.0, 9)
    assert (low[0], high[0]) == pytest.approx((np.exp(log_low), np.exp(log_high)), rel=1e-12)
    assert np.isnan([low[1], high[1]]).all()


def test_angle_limits_stay_within_zero_and_one() -> None:
    low, high = angle_limits(np.arcsin(np.sqrt([0.01, 0.5, 1.0])), 0.3, np.inf)
    assert low[0] == 0.0
    assert high[2] == 1.0
    assert low[1] == pytest.approx(1 - high[1], abs=1e-12)
    assert ((low >= 0) & (low < high) & (high <= 1)).all()


def test_a_detectable_difference_is_found_with_the_stated_power() -> None:
    error, df = 0.02, 40
    delta = float(detectable(error, df, 0.95, 0.8))
    assert stats.t.sf(stats.t.ppf(0.975, df) - delta / error, df) == pytest.approx(0.8, abs=1e-9)


def test_no_other_module_multiplies_an_error_by_a_quantile() -> None:
    root = Path(__file__).parents[3]
    quantile = re.compile(r"\b1\.9[56]\d*\b|\b0\.975\b|quantile_t\(|\bt\.(isf|ppf)\(|norm\.(isf|ppf)\(|stdtrit\(")
    found = [
        str(path.relative_to(root))
        for room in ("analysis", "accounts", "reports", "documents", "views", "commands")
        for path in sorted((root / room).rglob("*.py"))
        if quantile.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["analysis/estimation/intervals.py"]
