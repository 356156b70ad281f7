"""Further interviews: the promised probability of a verdict, by enumeration and by survey after survey."""

import numpy as np
import pytest
from scipy.special import betainc
from scipy.stats import binom

from analysis.areas.further_interviews import TOO_MANY, further_interviews, future_effect
from analysis.areas.models.beta_binomial import Posterior, fit
from analysis.areas.verdict import Verdict, decide

Q = 0.10


def _alone(a: float, b: float) -> Posterior:
    return Posterior(np.array([[a]]), np.array([[b]]), np.ones(1), 0.0)


def _chance(a: float, b: float, own: tuple[float, float], line: float, more: int) -> float:
    """P(verdict) after `more` independent interviews, by enumeration of all results."""
    positive = np.arange(more + 1)
    below = betainc(a + positive, b + more - positive, line)
    share = (own[0] * own[1] + positive) / (own[1] + more)
    called = np.isin(decide(below, share, line, Q), [str(Verdict.WEAK), str(Verdict.MET)])
    return float(binom.pmf(positive, more, a / (a + b)) @ called)


@pytest.mark.parametrize(
    ("a", "b", "line"), [(30, 6, 0.80), (24, 8, 0.80), (60, 4, 0.90), (16, 17, 0.45), (12, 2, 0.75), (110, 25, 0.80)]
)
def test_the_number_reaches_a_verdict_nine_times_in_ten_and_a_smaller_one_does_not(
    a: float, b: float, line: float
) -> None:
    own = (a / (a + b), a + b)
    found = further_interviews(
        (np.array([a]), np.array([b])), (np.array([own[0]]), np.array([own[1]])), np.ones(1), np.array([line]), Q
    )
    assert np.isfinite(found[0])
    assert 0.88 <= _chance(a, b, own, line, int(found[0])) <= 0.94
    assert _chance(a, b, own, line, int(0.7 * found[0])) < 0.90


def test_the_design_effect_multiplies_the_number() -> None:
    own = (np.array([0.82, 0.82]), np.array([60.0, 60.0]))
    twins = Posterior(np.full((2, 1), 50.0), np.full((2, 1), 11.0), np.ones(1), 0.0)
    plain, doubled = further_interviews(twins.beta, own, np.array([1.0, 2.0]), np.full(2, 0.75), Q)
    assert doubled == pytest.approx(2 * plain, abs=10)


def test_the_effect_of_further_interviews_is_the_own_one_or_the_mean_if_larger() -> None:
    n, own = np.array([100.0, 300.0, 50.0, 0.0]), np.array([1.0, 2.0, 4.0])
    effect = future_effect(n, np.r_[n[:3] / own, 0.0])
    assert effect[:3] == pytest.approx([2.0, 2.0, 4.0])  # the mean is 900 / 450
    assert np.isnan(effect[3])
    assert np.isnan(future_effect(np.zeros(2), np.zeros(2))).all()


def test_more_power_and_a_smaller_q_need_more_interviews() -> None:
    posterior, own = _alone(80.0, 14.0), (np.array([0.85]), np.array([94.0]))
    numbers = [
        further_interviews(posterior.beta, own, np.ones(1), np.array([0.80]), q, power=power)[0]
        for q, power in ((0.2, 0.8), (0.1, 0.8), (0.1, 0.9), (0.05, 0.9))
    ]
    assert numbers == sorted(numbers)
    assert numbers[0] < numbers[-1]


def test_too_close_to_the_line_is_no_number() -> None:
    posterior, own = _alone(800.0, 200.0), (np.array([0.80]), np.array([1000.0]))
    assert np.isnan(further_interviews(posterior.beta, own, np.ones(1), np.array([0.8005]), Q)[0])
    assert np.isnan(further_interviews(posterior.beta, own, np.ones(1), np.array([np.nan]), Q)[0])


def test_numbers_are_tens_up_to_twenty_thousand() -> None:
    rng = np.random.default_rng(1)
    share, size = rng.beta(17, 3, 200), rng.uniform(0, 400, 200)
    found = further_interviews(fit(share, size).beta, (share, size), np.full(200, 1.5), np.full(200, 0.84), Q)
    known = found[np.isfinite(found)]
    assert len(known) > 50
    assert (known % 10 == 0).all()
    assert ((known >= 10) & (known <= TOO_MANY)).all()


def test_an_area_without_answers_gets_the_number_of_an_unseen_one() -> None:
    share, size = np.array([0.86, 0.84, 0.88, np.nan]), np.array([200.0, 220, 180, 0])
    found = further_interviews(fit(share, size).beta, (share, size), np.full(4, 1.5), np.full(4, 0.75), Q)
    assert np.isfinite(found[3])


def test_surveys_that_are_continued_reach_a_verdict_as_often_as_promised() -> None:
    rng = np.random.default_rng(7)
    truth, size = rng.beta(34, 6, 40), rng.integers(20, 120, 40).astype(float)
    positive = rng.binomial(size.astype(int), truth)
    posterior = fit(positive / size, size)
    more = further_interviews(posterior.beta, (positive / size, size), np.ones(40), np.full(40, 0.8), Q)
    before = decide(posterior.below(0.8), positive / size, 0.8, Q)
    open_ = np.flatnonzero(np.isfinite(more) & ~np.isin(before, [str(Verdict.WEAK), str(Verdict.MET)]))
    reached = []
    for area in open_:
        for _ in range(40):
            n, x = size.copy(), positive.astype(float)
            n[area] += more[area]
            x[area] += rng.binomial(int(more[area]), posterior.mean[area])
            word = decide(fit(x / n, n).below(0.8)[area], x[area] / n[area], 0.8, Q)
            reached.append(str(word) in (Verdict.WEAK, Verdict.MET))
    assert len(open_) >= 8
    assert 0.86 <= np.mean(reached) <= 0.94
