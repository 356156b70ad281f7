"""The share that a next wave must show lies where the one-sided score test against the line has the p-value q."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from analysis.decisions.passing_share import passing_share


@given(st.floats(0.05, 0.95), st.floats(20, 5_000), st.floats(0.01, 0.4))
def test_the_lower_wilson_limit_of_that_share_is_the_line(line: float, n_eff: float, q: float) -> None:
    share = passing_share(line, n_eff, q)
    if share < 1:
        low, _ = proportion_confint(share * n_eff, n_eff, alpha=2 * q, method="wilson")
        assert low == pytest.approx(line, abs=1e-9)
        assert norm.sf((share - line) / math.sqrt(line * (1 - line) / n_eff)) == pytest.approx(q)


def test_a_district_of_the_demo() -> None:
    assert passing_share(0.8, 180, 0.1) == pytest.approx(0.838, abs=5e-4)


@pytest.mark.parametrize(("line", "n_eff"), [(math.nan, 100), (0.8, math.nan), (0.8, 0)])
def test_nothing_is_known_without_line_or_answers(line: float, n_eff: float) -> None:
    assert math.isnan(passing_share(line, n_eff, 0.1))


def test_the_share_never_exceeds_all() -> None:
    assert passing_share(0.95, 2, 0.01) == 1.0
