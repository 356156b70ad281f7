import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.trimming import REDISTRIBUTIONS, contribution_cap, median_cap, trim
from survey.errors import ArgumentError, CalibrationError

WEIGHTS = st.lists(st.floats(0.01, 1000), min_size=2, max_size=60)


@settings(max_examples=200, deadline=None)
@given(weights=WEIGHTS, down=st.floats(0.01, 0.98), up=st.floats(1.02, 5), how=st.sampled_from(sorted(REDISTRIBUTIONS)))
def test_sum_is_kept_and_bounds_hold(weights, down, up, how) -> None:
    w = np.array(weights)
    lower, upper = down * w.mean(), up * w.mean()
    found = trim(w, lower=lower, upper=upper, redistribution=how)
    assert found.weights.sum() == pytest.approx(w.sum(), rel=1e-9)
    assert found.weights.min() >= lower * (1 - 1e-9)
    assert found.weights.max() <= upper * (1 + 1e-9)


def test_equal_redistribution_is_the_rule_of_trimweights() -> None:
    found = trim([1.0, 2.0, 3.0, 10.0], upper=6.0, redistribution="equal")
    assert found.weights == pytest.approx([1 + 4 / 3, 2 + 4 / 3, 3 + 4 / 3, 6], rel=1e-12)
    assert (found.trimmed, found.rounds) == (1, 1)
    assert found.moved == pytest.approx(4 / 16)


def test_proportional_redistribution_keeps_ratios_of_the_others() -> None:
    found = trim([1.0, 2.0, 3.0, 10.0], upper=6.0)
    assert found.weights == pytest.approx([10 / 6, 20 / 6, 30 / 6, 6], rel=1e-12)
    assert found.design_effect[1] < found.design_effect[0]
    assert found.effective_n == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum())


def test_nothing_to_trim() -> None:
    found = trim([1.0, 2.0], upper=3.0)
    assert found.weights.tolist() == [1, 2]
    assert (found.trimmed, found.rounds, found.moved) == (0, 0, 0)


def test_caps() -> None:
    w = np.array([1.0, 1, 2, 2, 3, 3, 50])
    assert median_cap(w, 2) == pytest.approx(2 + 2 * 1.5)
    assert contribution_cap(w, 10) == pytest.approx(np.sqrt(10 * (w**2).mean()))


def test_bad_input() -> None:
    with pytest.raises(ArgumentError, match="界限不合理"):
        trim([1.0, 2.0], lower=3, upper=2)
    with pytest.raises(CalibrationError, match="放不下"):
        trim([1.0, 2.0], upper=1.2)
    with pytest.raises(ArgumentError, match="再分配"):
        trim([1.0, 2.0], redistribution="lottery")
    with pytest.raises(CalibrationError, match="正数"):
        trim([1.0, 0.0], upper=2)
