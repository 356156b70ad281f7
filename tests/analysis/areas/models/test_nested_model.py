"""The nested logit-normal model: exact quadrature, coverage, groups, covariates, extremes and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from analysis.areas.models.nested_model import fit
from survey.errors import DesignError, SiluError
from tests.analysis.areas.nested_quadrature import exact


def _streets(
    seed: int, rate: float, answers: tuple[int, int], streets: int = 60, districts: int = 6
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """True rates, direct rates, answers and districts."""
    rng = np.random.default_rng(seed)
    group = np.arange(streets) % districts
    truth = expit(logit(rate) + 0.3 * rng.standard_normal(districts)[group] + 0.35 * rng.standard_normal(streets))
    n = rng.integers(*answers, streets, endpoint=True)
    return truth, rng.binomial(n, truth) / n, n.astype(float), group


@pytest.mark.parametrize(("rate", "answers"), [(0.85, (2, 6)), (0.97, (2, 10)), (0.5, (5, 30))])
def test_the_posterior_is_that_of_brute_force_quadrature(rate: float, answers: tuple[int, int]) -> None:
    _, share, n, group = _streets(4, rate, answers, streets=12, districts=4)
    estimate, low, high = exact(share * n, n, group)
    found = fit(share, n, group)
    assert found.estimate == pytest.approx(estimate, abs=0.006)
    assert found.interval()[0] == pytest.approx(low, abs=0.02)
    assert found.interval()[1] == pytest.approx(high, abs=0.012)


@pytest.mark.parametrize(
    ("rate", "answers", "streets"),
    [(0.93, (3, 12), 60), (0.95, (2, 10), 100), (0.6, (2, 10), 60), (0.85, (20, 60), 40)],
)
def test_intervals_cover_with_few_answers(rate: float, answers: tuple[int, int], streets: int) -> None:
    covered = []
    for seed in range(20):
        truth, share, n, group = _streets(seed, rate, answers, streets)
        low, high = fit(share, n, group).benchmarked(np.ones(streets), float(share @ n / n.sum())).interval()
        covered.append(((low <= truth) & (truth <= high)).mean())
    assert 0.93 <= np.mean(covered) <= 0.995


def test_the_model_beats_the_direct_estimate_and_one_without_districts() -> None:
    errors = []
    for seed in range(10):
        truth, share, n, group = _streets(seed, 0.85, (10, 40))
        models = (share, fit(share, n, np.zeros(len(n), int)).estimate, fit(share, n, group).estimate)
        errors.append([((one - truth) ** 2).mean() for one in models])
    direct, flat, nested = np.sqrt(np.mean(errors, axis=0))
    assert nested < 0.97 * flat
    assert nested < 0.7 * direct


def test_a_covariate_that_explains_helps_and_a_constant_one_changes_nothing() -> None:
    truth, share, n, group = _streets(3, 0.8, (5, 20))
    plain = fit(share, n, group)
    informed = fit(share, n, group, covariates=logit(truth)[:, None])
    assert ((informed.estimate - truth) ** 2).sum() < 0.5 * ((plain.estimate - truth) ** 2).sum()
    constant = fit(share, n, group, covariates=np.full((len(n), 1), 7.0))
    assert constant.estimate == pytest.approx(plain.estimate, abs=1e-9)


def test_large_samples_keep_their_direct_estimate() -> None:
    share = np.array([0.5, 0.7, 0.9, 0.6])
    found = fit(share, np.full(4, 1e7), np.array([0, 0, 1, 1]))
    assert found.estimate == pytest.approx(share, abs=1e-4)
    assert (found.shrinkage > 0.999).all()
    low, high = found.interval()
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / 1e7), rel=0.02)


def test_an_area_without_answers_is_drawn_to_its_own_group() -> None:
    share = np.array([0.9, 0.92, 0.88, np.nan, 0.6, 0.62, 0.58, np.nan])
    n = np.array([300.0, 300, 300, 0, 300, 300, 300, 0])
    found = fit(share, n, np.repeat([0, 1], 4))
    assert found.shrinkage[[3, 7]] == pytest.approx(0)
    assert found.estimate[3] > 0.82
    assert found.estimate[7] < 0.70
    low, high = found.interval()
    assert (high - low)[3] > 2 * (high - low)[0]


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_no_street_at_0_or_100_percent_is_certain(rate: float) -> None:
    n = np.full(60, 6.0)
    low, high = fit(np.full(60, rate), n, np.arange(60) % 6).interval()
    assert (high - low > 0.01).all()
    assert (low < 0.001).all() if rate == 0 else (high > 0.999).all()


def test_order_of_areas_and_names_of_groups_do_not_matter() -> None:
    _, share, n, group = _streets(5, 0.85, (3, 12))
    order = np.random.default_rng(1).permutation(len(n))
    found, turned = fit(share, n, group), fit(share[order], n[order], 10 * (5 - group[order]))
    assert turned.estimate == pytest.approx(found.estimate[order], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 500), st.integers(0, 4)), min_size=1, max_size=12))
def test_any_input_gives_ordered_limits_in_0_to_1(rows: list[tuple[float, float, int]]) -> None:
    share, n, group = (np.array(one) for one in zip(*rows, strict=True))
    found = fit(share, n, group)
    low, high = found.interval()
    assert ((low >= 0) & (low < found.estimate) & (found.estimate < high) & (high <= 1)).all()


@pytest.mark.parametrize(
    ("share", "n"),
    [
        ([], []),
        ([np.nan], [5.0]),
        ([0.5], [np.nan]),
        ([0.5], [np.inf]),
        ([1.2], [5.0]),
        ([0.5], [-1.0]),
        ([0.5], [1.0, 2.0]),
    ],
)
def test_missing_empty_and_impossible_values_are_refused(share: list[float], n: list[float]) -> None:
    with pytest.raises(SiluError, match="小区域模型"):
        fit(np.array(share), np.array(n), np.zeros(len(n), int))


def test_a_missing_covariate_is_refused() -> None:
    with pytest.raises(DesignError, match="协变量有缺失"):
        fit(np.array([0.5, 0.6]), np.array([5.0, 5.0]), np.array([0, 1]), covariates=np.array([[1.0], [np.nan]]))
