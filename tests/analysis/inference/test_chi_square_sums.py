import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from analysis.inference.chi_square_sums import exact_tail, saddlepoint, satterthwaite
from survey.errors import DesignError

PAIRS = [3.0, 3.0, 1.0, 1.0]


def pair_tail(x: float, df: float) -> float:
    """Return the tail of 6 E1 + 2 E2 for exponentials E, in closed form; over chi-square(df)/df by its MGF."""
    if np.isinf(df):
        return float((6 * np.exp(-x / 6) - 2 * np.exp(-x / 2)) / 4)
    return float((6 * (1 + x / df / 3) ** (-df / 2) - 2 * (1 + x / df) ** (-df / 2)) / 4)


@pytest.mark.parametrize("df", [1, 2, 3, 5, 14, 64, 197, np.inf])
@pytest.mark.parametrize("x", [0.5, 2.0, 8.0, 20.0, 60.0, 200.0, 600.0])
def test_exact_tail_keeps_its_relative_accuracy_far_out(x, df) -> None:
    expected = pair_tail(x, df)
    assert exact_tail(x, PAIRS, df) == pytest.approx(expected, rel=1e-11)
    assert saddlepoint(x, PAIRS, df) == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize("x", [0.1, 1.0, 5.0, 20.0, 80.0, 300.0])
def test_exact_tail_of_unequal_coefficients(x) -> None:
    def inner(t: float) -> float:
        return float(stats.chi2.pdf(t, 1) * stats.chi2.sf((x - 0.5 * t) / 2, 1))

    expected = integrate.quad(inner, 0, 2 * x, epsabs=0, epsrel=1e-11, limit=500)[0] + stats.chi2.sf(2 * x, 1)
    assert exact_tail(x, [2.0, 0.5]) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("tail", [exact_tail, satterthwaite])
@pytest.mark.parametrize("x", [0.3, 3.0, 30.0, 300.0])
def test_equal_coefficients_are_f_and_chi_square(tail, x) -> None:
    assert tail(x, [2.0, 2.0, 2.0]) == pytest.approx(stats.chi2.sf(x / 2, 3), rel=1e-12)
    assert tail(x, [2.0, 2.0, 2.0], 9) == pytest.approx(stats.f.sf(x / 6, 3, 9), rel=1e-12)


@settings(max_examples=80, deadline=None)
@given(
    a=st.lists(st.floats(0.05, 5), min_size=1, max_size=6),
    x=st.floats(0.01, 60),
    scale=st.floats(1e-3, 1e3),
    df=st.sampled_from([2.0, 14.0, np.inf]),
)
def test_tails_are_probabilities_that_fall_and_scale(a, x, scale, df) -> None:
    tail = exact_tail(x, a, df)
    assert 0 <= tail <= 1 + 1e-12
    assert exact_tail(x * 1.1, a, df) <= tail + 1e-13
    assert exact_tail(x * scale, [c * scale for c in a], df) == pytest.approx(tail, rel=1e-8)
    # A larger coefficient makes larger values more likely.
    assert exact_tail(x, [a[0] * 1.5, *a[1:]], df) >= tail * (1 - 1e-9)


def test_noise_coefficients_do_not_count() -> None:
    assert exact_tail(4.0, [1.0, 1e-17, -1e-16]) == pytest.approx(stats.chi2.sf(4, 1), rel=1e-12)
    assert exact_tail(0.0, [2.0, 1.0]) == 1.0


def test_no_variance_is_an_error() -> None:
    for tail in (exact_tail, saddlepoint, satterthwaite):
        with pytest.raises(DesignError, match="方差为零"):
            tail(1.0, [0.0, 0.0])
