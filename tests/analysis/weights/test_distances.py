import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.weights.distances import DISTANCES
from survey.errors import ArgumentError

CASES = [("linear", None), ("linear", (0.3, 2.5)), ("raking", None), ("logit", (0.3, 2.5)), ("logit", (0.0, 1.2))]


@pytest.mark.parametrize(("name", "bounds"), CASES)
def test_factor_at_zero_is_one(name, bounds) -> None:
    distance = DISTANCES[name](bounds)
    zero = np.zeros(1)
    assert distance.factor(zero)[0] == pytest.approx(1, abs=1e-15)
    assert distance.slope(zero)[0] == pytest.approx(1, abs=1e-12)
    assert distance.potential(zero)[0] == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(("name", "bounds"), CASES)
@given(u=st.floats(-4, 4))
def test_potential_slope_and_factor_belong_together(name, bounds, u) -> None:
    distance = DISTANCES[name](bounds)
    step = 1e-6
    at = np.array([u - step, u, u + step])
    if bounds and name == "linear" and min(abs(u + 1 - b) for b in bounds) < 2 * step:
        return
    rise = np.diff(distance.potential(at))
    assert rise.sum() / (2 * step) == pytest.approx(distance.factor(at)[1], rel=1e-6, abs=1e-6)
    slope = (distance.factor(at)[2] - distance.factor(at)[0]) / (2 * step)
    assert slope == pytest.approx(distance.slope(at)[1], rel=1e-5, abs=1e-6)


@given(u=st.floats(-1e6, 1e6))
def test_bounded_factors_stay_inside(u) -> None:
    for name in ("linear", "logit"):
        factor = DISTANCES[name]((0.4, 3.0)).factor(np.array([u]))[0]
        assert 0.4 <= factor <= 3.0


@pytest.mark.parametrize(
    ("name", "bounds"),
    [("logit", None), ("raking", (0.5, 2)), ("linear", (1.2, 2)), ("logit", (0.5, 0.9)), ("logit", (-1, 2))],
)
def test_invalid_bounds_are_refused(name, bounds) -> None:
    with pytest.raises(ArgumentError):
        DISTANCES[name](bounds)
