"""Splines as matrices: those of scipy, through the knots."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from analysis.areas.models.cubic_spline import FEWEST, spline_matrix


@pytest.mark.parametrize("knots", [FEWEST, 5, 7, 12])
def test_the_matrix_gives_the_spline_of_scipy(knots: int) -> None:
    rng, at = np.random.default_rng(knots), np.linspace(0.0, knots - 1.0, 31)
    for _ in range(20):
        values = rng.normal(0, 100, knots)
        assert spline_matrix(knots, at) @ values == pytest.approx(CubicSpline(np.arange(knots), values)(at), abs=1e-10)


def test_it_passes_through_the_knots() -> None:
    assert spline_matrix(7, np.arange(7.0)) == pytest.approx(np.eye(7), abs=1e-14)


def test_cubic_polynomials_are_exact() -> None:
    at = np.linspace(0.0, 6.0, 50)
    cubic = np.polynomial.Polynomial([1.0, -2.0, 0.5, 0.25])
    assert spline_matrix(7, at) @ cubic(np.arange(7)) == pytest.approx(cubic(at), abs=1e-12)
