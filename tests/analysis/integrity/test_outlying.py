"""Outlying areas, and the combination of p-values of several signals into one light."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from analysis.integrity import outlying
from analysis.integrity.combine import Light, cauchy, lights
from analysis.integrity.outlying import FLOOR, AreaSums, Outlying, explained_by, outlying_means, outlying_shares


def city(
    seed: int, spread: float = 0.3, areas: int = 160, persons: int = 18
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    level = rng.normal(0, spread, areas)
    area = np.repeat(np.arange(areas), persons)
    return level[area] + rng.normal(0, 1, len(area)), area, np.arange(areas) // 20


def means(values: np.ndarray, area: np.ndarray, district: np.ndarray, *, low: bool) -> Outlying:
    n, total, squares = (np.bincount(area, one, len(district)) for one in (np.ones(len(area)), values, values**2))
    return outlying_means(AreaSums(n, total, squares), district, low=low)


def shares(hits: np.ndarray, area: np.ndarray, district: np.ndarray) -> Outlying:
    there = np.isfinite(hits)
    k, n = (np.bincount(area[there], one[there], len(district)) for one in (hits, np.ones(len(hits))))
    return outlying_shares(k, n, district)


def test_the_spread_within_areas_is_that_of_the_answers() -> None:
    values, area, district = city(3, areas=40)
    mean = np.bincount(area, values) / np.bincount(area)
    within = ((values - mean[area]) ** 2).sum() / (len(values) - 40)
    known = outlying.outlying_figures(mean, within / np.bincount(area), district)
    np.testing.assert_allclose(means(values, area, district, low=False).p, known.p, rtol=1e-9)


def test_means_of_honest_areas_are_not_accused() -> None:
    p = np.concatenate([means(*city(seed), low=False).p for seed in range(12)])
    assert np.mean(p <= 0.05) == pytest.approx(0.05, abs=0.012)
    assert np.mean(p <= 0.001) <= 0.003


def test_an_outlying_area_is_found_on_the_requested_side() -> None:
    values, area, district = city(1)
    values[area == 7] += 2.5
    high, low = (means(values, area, district, low=side).p[7] for side in (False, True))
    assert high < 1e-4
    assert low > 0.99


def test_shares_follow_the_binomial_where_areas_do_not_differ() -> None:
    area = np.repeat(np.arange(100), 20)
    district = np.zeros(100, dtype=np.int64)
    hits = (np.arange(2000) % 20 == 0).astype(float)  # one of twenty in every area
    hits[:20] = 0
    hits[:8] = 1
    found = shares(hits, area, district)
    assert found.value[0] == 0.4
    assert found.expected[0] == pytest.approx(0.05, abs=0.01)
    assert binom.sf(7, 20, 0.05) < found.p[0] < 1e-3
    assert (found.p[1:] > 0.3).all()


def test_shares_that_cluster_need_more() -> None:
    rng = np.random.default_rng(2)
    area, district = np.repeat(np.arange(160), 18), np.arange(160) // 20
    level = rng.beta(0.5, 9.5, 160)
    p = shares((rng.random(len(area)) < level[area]).astype(float), area, district).p
    assert np.mean(p <= 0.05) <= 0.09


def test_no_p_below_the_floor_and_none_without_answers() -> None:
    area, district = np.repeat(np.arange(30), 18), np.zeros(30, dtype=np.int64)
    hits = np.zeros(540)
    hits[:18] = 1
    hits[18:36] = np.nan
    p = shares(hits, area, district).p
    assert p[0] == FLOOR
    assert np.isnan(p[1])


def test_contentment_explains_likeness() -> None:
    rng = np.random.default_rng(3)
    cause = rng.uniform(0.2, 0.7, 80)
    figure = 0.3 + cause**2
    figure[5] += 0.3
    left = figure - explained_by(figure, cause)
    assert abs(left[5] - 0.3) < 0.02
    assert np.abs(np.delete(left, 5)).max() < 0.01


def test_cauchy_by_hand() -> None:
    p = np.array([[0.01, 0.2, np.nan], [np.nan, np.nan, np.nan], [0.5, 0.5, 0.5]])
    by_hand = 0.5 - np.arctan((np.tan(0.49 * np.pi) + np.tan(0.3 * np.pi)) / 2) / np.pi
    found = cauchy(p)
    assert found[0] == pytest.approx(by_hand)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(0.5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=13), st.integers(0, 12))
def test_a_smaller_p_never_raises_the_combined_p(values: list[float], at: int) -> None:
    p = np.array([values])
    smaller = p.copy()
    smaller[0, at % len(values)] /= 2
    assert cauchy(smaller)[0] <= cauchy(p)[0] + 1e-12
    assert 0 <= cauchy(p)[0] <= 1


def test_cauchy_holds_for_dependent_signals() -> None:
    rng = np.random.default_rng(7)
    one = rng.random((20_000, 1))
    assert np.mean(cauchy(np.repeat(one, 12, axis=1)) <= 0.01) <= 0.012
    assert np.mean(cauchy(rng.random((20_000, 12))) <= 0.01) <= 0.013


def test_lights() -> None:
    p = np.full((40, 6), 0.6)
    p[0, :3] = 1e-4  # three signals
    p[1, 0] = 1e-6  # one alone never makes red
    p[2, :] = 1e-6  # too few answers
    enough = np.ones(40, dtype=bool)
    enough[2] = False
    combined, q, light = lights(p, enough)
    assert light[:4].tolist() == [Light.RED, Light.AMBER, Light.GREY, Light.GREEN]
    assert np.isnan(combined[2])
    assert q[0] <= 0.05


def test_a_further_signal_of_one_family_counts_only_when_it_is_strong() -> None:
    p = np.full((40, 6), 0.6)
    p[0, :2] = 1e-6, 0.04  # both of the family
    p[1, :2] = 1e-6, 0.004
    p[2, [0, 5]] = 1e-6, 0.04  # one of the family and another one
    akin = np.array([True, True, True, False, False, False])
    light = lights(p, np.ones(40, dtype=bool), akin)[2]
    assert light[:4].tolist() == [Light.AMBER, Light.RED, Light.RED, Light.GREEN]


def test_the_upper_tail_is_that_of_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(1, 300, 400).astype(float)
    k, a, b = np.floor(rng.random(400) * (n + 1)), rng.random(400) * 30 + 0.01, rng.random(400) * 300 + 0.01
    monkeypatch.setattr(outlying, "TERMS", 10_000)
    np.testing.assert_allclose(outlying.upper_tail(k, n, a, b), betabinom.sf(k - 1, n, a, b), atol=1e-11)
    assert outlying.upper_tail(np.zeros(1), np.zeros(1), a[:1], b[:1]).tolist() == [1.0]
    # far above the mean nothing is lost to a difference from 1
    found = outlying.upper_tail(np.full(1, 30.0), np.full(1, 300.0), np.full(1, 2.0), np.full(1, 4_000.0))
    np.testing.assert_allclose(found, betabinom.pmf(np.arange(30, 301), 300, 2, 4_000).sum(), rtol=1e-8)
    assert found[0] < 1e-20
