import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from analysis.inference.families import FAMILIES, family_of
from survey.errors import ArgumentError

ETA = np.array([-800.0, -40, -3, 0, 0.5, 3, 40, 800])


def test_the_logistic_family_is_finite_everywhere() -> None:
    family = family_of("quasibinomial")
    mean = family.mean(ETA)
    assert mean[2:6] == pytest.approx(special.expit(ETA[2:6]), rel=1e-15)
    assert ((mean > 0) & (mean < 1)).all()
    assert (family.slope(ETA) > 0).all()
    assert (family.variance(mean) > 0).all()
    assert np.isfinite(family.curvature(ETA)).all()
    assert np.isfinite(family.deviance(np.ones(len(ETA)), mean, np.ones(len(ETA))))


@pytest.mark.parametrize("name", FAMILIES)
@given(eta=st.floats(-8, 8))
def test_slopes_and_curvatures_are_derivatives(name, eta) -> None:
    family, step = family_of(name), 1e-4
    around = np.array([eta - step, eta, eta + step])
    mean, slope = family.mean(around), family.slope(around)
    assert slope[1] == pytest.approx((mean[2] - mean[0]) / (2 * step), rel=1e-5, abs=1e-9)
    assert family.curvature(around)[1] == pytest.approx((slope[2] - slope[0]) / (2 * step), rel=1e-5, abs=1e-9)
    assert family.source.link(mean)[1] == pytest.approx(eta, abs=1e-9)


def test_deviances_by_hand() -> None:
    y, mean, weights = np.array([0.0, 1.0, 0.25]), np.array([0.2, 0.6, 0.5]), np.array([1.0, 2.0, 3.0])
    rest = 0.25 * np.log(0.25 / 0.5) + 0.75 * np.log(0.75 / 0.5)
    expected = 2 * (-np.log(0.8) - 2 * np.log(0.6) + 3 * rest)
    assert family_of("binomial").deviance(y, mean, weights) == pytest.approx(expected, rel=1e-12)
    assert family_of("gaussian").deviance(y, mean, weights) == pytest.approx(weights @ (y - mean) ** 2, rel=1e-14)


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(ArgumentError, match="没有这种回归"):
        family_of("probit")
