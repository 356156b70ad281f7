"""Fay-Herriot on the arcsine scale: intervals, benchmark, and the gain over direct estimates."""

import numpy as np
import pytest

from analysis.areas.fay_herriot import fay_herriot
from survey.errors import DesignError


def _areas(seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.beta(40, 10, 200)
    n = rng.integers(10, 40, 200).astype(float)
    return truth, rng.binomial(n.astype(int), truth) / n, n


def test_model_beats_the_direct_estimate_and_its_interval_covers() -> None:
    truth, direct, n = _areas()
    model = fay_herriot(direct, n)
    error = np.sqrt(((model.estimate - truth) ** 2).mean())
    assert error < 0.75 * np.sqrt(((direct - truth) ** 2).mean())
    covered = (model.conf_low <= truth) & (truth <= model.conf_high)
    assert covered.mean() > 0.90


def test_a_covariate_that_explains_helps() -> None:
    truth, direct, n = _areas()
    plain, informed = fay_herriot(direct, n), fay_herriot(direct, n, covariates=truth[:, None])
    assert ((informed.estimate - truth) ** 2).sum() < ((plain.estimate - truth) ** 2).sum()


def test_estimates_add_up_to_the_whole() -> None:
    _, direct, n = _areas()
    population = np.arange(1.0, 201.0)
    model = fay_herriot(direct, n, population=population, whole=0.81)
    assert (population @ model.estimate) / population.sum() == pytest.approx(0.81, abs=1e-12)


def test_large_samples_keep_their_direct_estimate() -> None:
    direct = np.array([0.5, 0.7, 0.9, 0.6])
    model = fay_herriot(direct, np.full(4, 1e7))
    assert model.estimate == pytest.approx(direct, abs=1e-4)
    assert (model.shrinkage > 0.999).all()


def test_area_without_answers_is_predicted() -> None:
    model = fay_herriot(np.array([0.8, 0.82, 0.78, 0.9, np.nan]), np.array([100.0, 100, 100, 100, 0]))
    assert 0.75 < model.estimate[4] < 0.9
    assert model.shrinkage[4] == 0


def test_too_few_areas() -> None:
    with pytest.raises(DesignError, match="太少"):
        fay_herriot(np.array([0.5, 0.6]), np.array([10.0, 10.0]))


def test_collinear_covariates() -> None:
    with pytest.raises(DesignError, match="重复"):
        fay_herriot(np.full(6, 0.5), np.full(6, 10.0), covariates=np.ones((6, 1)))
