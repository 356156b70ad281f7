"""Communities judged by counting: the rule of each verdict, what is hidden, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.areas.lqas import FEW, LotVerdict, judge_communities, lot_verdict, operating_curve, smallest_plan
from reports.sentences import communities
from survey.errors import DesignError
from tests.analysis.mock_sample import heads, sample

W2 = {"wave": "W2"}
LINES = (0.85, 0.70)
RATE = heads()[3]


def test_every_community_is_judged_by_its_own_count() -> None:
    found = judge_communities(sample(), RATE, W2, LINES)
    assert found["psu"].is_unique
    shown = found.dropna(subset=["n"])
    assert len(shown)
    for row in shown.itertuples():
        assert row.verdict == str(lot_verdict(int(row.favourable), int(row.n), *LINES))
    whole = sample().rates(item=RATE.name, where=W2).table
    assert shown["n"].sum() <= whole["n"].iloc[0]


def test_counts_below_the_threshold_are_hidden_and_not_judged() -> None:
    strict = replace(sample(), suppression=18)
    found = judge_communities(strict, RATE, W2, LINES)
    few = found[found["verdict"] == FEW]
    assert len(few)
    assert few[["n", "favourable"]].isna().all().all()
    assert (found["n"].dropna() >= 18).all()


def test_failed_ones_come_first_and_the_sentence_counts_them() -> None:
    found = judge_communities(sample(), RATE, W2, LINES)
    failed = int((found["verdict"] == "不合格").sum())
    assert (found["verdict"].head(failed) == "不合格").all()
    text = communities.verdicts(found, "满意率", LINES).text
    assert f"不合格 {failed} 个社区" in text
    assert "可能" in text


def test_the_sentence_reports_that_nothing_can_be_judged() -> None:
    found = judge_communities(replace(sample(), suppression=10_000), RATE, W2, LINES)
    assert "都不能判定" in communities.verdicts(found, "满意率", LINES).text


@pytest.mark.parametrize("lines", [(0.7, 0.85), (1.0, 0.5), (0.5, 0.0)])
def test_lines_out_of_order_are_refused(lines: tuple[float, float]) -> None:
    with pytest.raises(DesignError, match="下线"):
        judge_communities(sample(), RATE, W2, lines)


def test_opt_in_answers_are_not_judged() -> None:
    with pytest.raises(DesignError, match="参与者意见"):
        judge_communities(replace(sample(), opt_in=True), RATE, W2, LINES)


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
