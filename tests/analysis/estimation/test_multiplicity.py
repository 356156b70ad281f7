import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.estimation.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm


def test_adjustments_by_hand() -> None:
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.5])
    assert holm(p) == pytest.approx([0.04, 0.09, np.nan, 0.09, 0.5], nan_ok=True)
    assert benjamini_hochberg(p) == pytest.approx([0.04, 0.16 / 3, np.nan, 0.16 / 3, 0.5], nan_ok=True)
    every = 1 + 1 / 2 + 1 / 3 + 1 / 4
    expected = [0.04 * every, 0.16 / 3 * every, np.nan, 0.16 / 3 * every, 1.0]
    assert benjamini_yekutieli(p) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg, benjamini_yekutieli])
def test_all_missing_p_values_stay_missing(adjust) -> None:
    assert adjust(np.array([])).size == 0
    assert np.isnan(adjust(np.array([np.nan, np.nan]))).all()
    assert adjust(np.array([0.3])) == pytest.approx([0.3])


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), min_size=1, max_size=30))
def test_adjusted_values_keep_the_order_and_never_fall(values: list[float]) -> None:
    p = np.array(values)
    known = np.isfinite(p)
    for adjust in (holm, benjamini_hochberg, benjamini_yekutieli):
        adjusted = adjust(p)
        assert (np.isfinite(adjusted) == known).all()
        assert (adjusted[known] >= p[known] - 1e-15).all()
        assert (adjusted[known] <= 1).all()
        assert (np.diff(adjusted[known][np.argsort(p[known], kind="stable")]) >= -1e-15).all()
    assert (holm(p) >= benjamini_hochberg(p) - 1e-15)[known].all()
    assert (benjamini_yekutieli(p) >= benjamini_hochberg(p) - 1e-15)[known].all()
    if known.any():
        for adjust, name in ((benjamini_hochberg, "bh"), (benjamini_yekutieli, "by")):
            assert adjust(p)[known] == pytest.approx(stats.false_discovery_control(p[known], method=name), rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_holm_agrees_with_statsmodels(count: int) -> None:
    """Few examples, because `multipletests` collects garbage at every call."""
    p = np.random.default_rng(count).uniform(0, 0.2, count).round(2)
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], rel=1e-14)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_against_its_definition(p_values: list[float]) -> None:
    values = np.array(p_values)
    found = benjamini_hochberg(values)
    order = np.sort(values)
    for value, q in zip(values, found, strict=True):
        ranks = [len(values) * other / (at + 1) for at, other in enumerate(order) if other >= value]
        assert q == pytest.approx(min(1.0, *ranks))
