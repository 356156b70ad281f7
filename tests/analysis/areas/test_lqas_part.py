"""Lot quality assurance plans against published ones and against exact binomial risks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.areas.lqas_part import LotVerdict, lot_verdict, operating_curve, smallest_plan
from survey.errors import DesignError


@pytest.mark.parametrize(
    ("good", "poor", "n", "accept"),
    # The first is the classic plan of 19 (pass at 13); the rest follow from the binomial distribution.
    [(0.80, 0.50, 19, 13), (0.90, 0.70, 25, 21), (0.90, 0.75, 40, 34), (0.95, 0.85, 60, 55), (0.90, 0.80, 86, 74)],
)
def test_smallest_plan(good: float, poor: float, n: int, accept: int) -> None:
    plan = smallest_plan(good, poor)
    assert (plan.n, plan.accept) == (n, accept)
    assert plan.alpha == pytest.approx(binom.cdf(accept - 1, n, good))
    assert plan.beta == pytest.approx(binom.sf(accept - 1, n, poor))


@given(st.integers(0, 60), st.integers(0, 60))
def test_verdict_never_moves_down_with_one_more_favourable_answer(first: int, second: int) -> None:
    order = [LotVerdict.FAIL, LotVerdict.WATCH, LotVerdict.PASS]
    low, high = sorted((first, second))
    assert order.index(lot_verdict(low, 60, 0.9, 0.8)) <= order.index(lot_verdict(high, 60, 0.9, 0.8))


def test_few_answers_are_watched() -> None:
    assert lot_verdict(0, 0, 0.9, 0.7) is LotVerdict.WATCH
    assert lot_verdict(3, 3, 0.9, 0.7) is LotVerdict.WATCH


def test_operating_curve_rises() -> None:
    curve = operating_curve(smallest_plan(0.9, 0.7), np.linspace(0.5, 1, 11))
    assert (np.diff(curve) > 0).all()


@pytest.mark.parametrize(("good", "poor"), [(0.7, 0.9), (0.9, 0.9), (1.0, 0.5)])
def test_lines_out_of_order(good: float, poor: float) -> None:
    with pytest.raises(DesignError, match="两条线"):
        smallest_plan(good, poor)


def test_lines_too_close() -> None:
    with pytest.raises(DesignError, match="太近"):
        smallest_plan(0.90, 0.895)
