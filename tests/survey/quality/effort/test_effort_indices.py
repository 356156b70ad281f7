"""Indices of effort against plain computations, and their invariance."""

from dataclasses import replace

import numpy as np
import pytest

from survey.quality.effort.distance import _squared
from survey.quality.effort.graded import NODES, factors, fit, moments, standard, standardised
from survey.quality.effort.null import FAR, deviates, spread_of
from survey.quality.effort.ordered import ABSENT, UNGIVEN, Ordered
from survey.quality.effort.person_fit import levels, looseness, misfit, usual_levels
from survey.quality.effort.runs import PERIODS, gathered, last_line, longest_repeat
from survey.quality.effort.sequence import late_line, pattern, shuffled_of, starts_of


def graded_answers(size: int = 600, items: int = 14, seed: int = 1) -> Ordered:
    """Draw answers with one trait, five places and a few skipped items."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(size, 1))
    latent = 0.7 * level + np.sqrt(1 - 0.49) * rng.normal(size=(size, items)) + np.linspace(-0.3, 0.3, items)
    place = np.digitize(latent, [-0.6, 0.7, 1.3, 1.9]).astype(np.int8)
    place[rng.random(place.shape) < 0.05] = ABSENT
    given = np.where(place == ABSENT, UNGIVEN, place).astype(np.int16)
    sizes, scale = np.full(items, 5), np.arange(items)
    return Ordered(scale, np.asfortranarray(place), np.asfortranarray(given), sizes, (scale,))


def brute_repeat(codes: list[int], period: int) -> int:
    """Return the length of the longest stretch that repeats with a period, other than a constant one."""
    best = 0
    for first in range(len(codes) - period):
        for last in range(first + period, len(codes)):
            stretch = codes[first : last + 1]
            repeats = all(stretch[at] == stretch[at - period] for at in range(period, len(stretch)))
            if repeats and (period == 1 or len(set(stretch)) > 1):
                best = max(best, len(stretch) - period)
    return best


@pytest.mark.parametrize("period", PERIODS)
def test_repeats_agree_with_a_plain_search(period: int) -> None:
    rng = np.random.default_rng(period)
    codes = rng.integers(0, 2, (150, 11)).astype(np.int16)
    codes[:60] = np.tile(rng.integers(0, 3, (60, period)), (1, 11))[:, :11]
    codes[rng.random(codes.shape) < 0.04] = UNGIVEN
    plain = [brute_repeat([code for code in row if code != UNGIVEN], period) for row in codes.tolist()]
    assert longest_repeat(gathered(codes), period).tolist() == plain


def test_a_line_ends_at_another_place_and_at_dont_know() -> None:
    gap, unsure = int(UNGIVEN), ABSENT
    rows = [[0, 1, 2, 2, 2], [2, 2, gap, 2, gap], [2, unsure, 2, 2, 2], [0, 1, 2, 2, unsure], [1, 1, 1, 1, 1]]
    rows += [[gap] * 5, [gap, gap, 3, gap, gap], [unsure, gap, gap, gap, gap], [1, 1, gap, 0, gap]]
    given = np.array(rows, dtype=np.int16)
    place = np.where(given == gap, ABSENT, given).astype(np.int8)
    assert last_line(given, place, np.arange(5)).tolist() == [3, 3, 3, 0, 5, 0, 1, 0, 1]
    assert last_line(given, place, np.array([4, 2, 1])).tolist() == [1, 1, 0, 1, 3, 0, 1, 0, 1]


def test_l_z_is_the_standardised_log_likelihood_at_the_own_level() -> None:
    answers = graded_answers()
    placed = levels(answers)
    (model,) = placed.models
    found = misfit(placed)
    for row in np.flatnonzero(np.isfinite(found))[:5]:
        place = answers.place[row]
        there = np.flatnonzero(place != ABSENT)
        prior = -(NODES**2) / 2
        at = int(np.argmax(prior + sum(np.log(model.chance[k][:, place[k]]) for k in there)))
        shares = [model.chance[k][at] for k in there]
        real = sum(np.log(p[place[k]]) for p, k in zip(shares, there, strict=True))
        mean = sum((p * np.log(p)).sum() for p in shares)
        variance = sum((p * np.log(p) ** 2).sum() - (p * np.log(p)).sum() ** 2 for p in shares)
        assert found[row] == pytest.approx(-(real - mean) / np.sqrt(variance), rel=1e-4)


def test_the_model_finds_the_loadings_that_made_the_answers() -> None:
    answers = graded_answers(size=8_000)
    assert fit(answers.place, answers.size).loading == pytest.approx(0.7, abs=0.08)


def test_the_distance_is_exact_for_the_items_that_were_answered() -> None:
    answers = graded_answers()
    score = standard(answers.place)
    loading = factors(np.corrcoef(np.nan_to_num(score).T), 3)
    covariance = loading @ loading.T + np.diag(1 - (loading**2).sum(axis=1))
    found = _squared(np.isfinite(score), np.nan_to_num(score), loading)
    for row in np.flatnonzero(np.isfinite(found))[:5]:
        there = np.isfinite(score[row])
        mine = score[row][there].astype(float)
        exact = mine @ np.linalg.solve(covariance[np.ix_(there, there)], mine) / there.sum()
        assert found[row] == pytest.approx(exact, rel=1e-5)


def test_swapping_the_ends_of_all_scales_changes_no_index() -> None:
    answers = graded_answers()
    place = np.where(answers.place == ABSENT, ABSENT, 4 - answers.place).astype(np.int8)
    swapped = replace(answers, place=place, given=np.where(place == ABSENT, UNGIVEN, place).astype(np.int16))
    pairs = [levels(one) for one in (answers, swapped)]
    group = np.arange(len(answers)) % 3
    for index in (misfit, lambda own: looseness(own, group, usual_levels(own, group, 3)), lambda own: own.variability):
        first, second = (index(placed) for placed in pairs)
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-6)
    for order, chance in ((pattern, shuffled_of), (late_line, starts_of)):
        np.testing.assert_array_equal(order(answers, chance(answers)), order(swapped, chance(swapped)))


def test_many_outliers_do_not_hide_each_other() -> None:
    rng = np.random.default_rng(3)
    honest = rng.normal(size=2_000)
    mixed = np.concatenate([honest, rng.normal(5, 0.5, 400)])
    found = deviates(mixed, spread_of(mixed))
    assert (found[2_000:] > FAR).all()
    assert np.mean(found[:2_000] > FAR) < 0.02
    assert spread_of(honest[:50]) is None
    assert np.isnan(deviates(honest[:50], None)).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_looking_places_up_gives_the_bits_of_arithmetic(order: str) -> None:
    rng = np.random.default_rng(3)
    place = np.array(rng.integers(-1, 7, (500, 9)), dtype=np.int8, order=order)
    there = place != ABSENT
    mean, deviation = moments(place)
    expected = np.where(there, place, 0).sum(axis=0) / there.sum(axis=0)
    assert mean.tolist() == expected.tolist()
    square = np.where(there, (place - mean) ** 2, 0.0).sum(axis=0) / there.sum(axis=0)
    assert deviation.tolist() == np.sqrt(square).tolist()
    score = np.where(there, (place - mean) / deviation, np.nan).astype(np.float32)
    assert standardised(place, mean, deviation).tobytes() == score.tobytes()
