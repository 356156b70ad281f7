"""Tails of test statistics: those of scipy.stats, bit for bit."""

import numpy as np
import pytest
import scipy.stats

from analysis.inference.tails import chi_square_tail, f_tail, normal_tail, t_tail

RNG = np.random.default_rng(3)
X = np.concatenate([[-1.0, 0.0], RNG.uniform(0, 60, 500), 10 ** RNG.uniform(-8, 3, 500)])
DF = np.concatenate([[1.0, 2.0], RNG.integers(1, 90, 500), RNG.uniform(0.5, 3000, 500)])


def test_tails_are_those_of_scipy() -> None:
    other = DF[::-1]
    assert np.array_equal(chi_square_tail(X, DF), scipy.stats.chi2.sf(X, DF))
    assert np.array_equal(f_tail(X, DF, other), scipy.stats.f.sf(X, DF, other))
    assert np.array_equal(t_tail(X, DF), scipy.stats.t.sf(X, DF))
    assert np.array_equal(normal_tail(X), scipy.stats.norm.sf(X))


def test_t_with_infinite_degrees_is_normal() -> None:
    assert t_tail(1.5, np.inf) == pytest.approx(normal_tail(1.5), rel=1e-15)
