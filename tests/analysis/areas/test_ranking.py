"""Rank intervals hold the true order at the stated level; noise forms no groups."""

import numpy as np
import pytest
from scipy import stats

from analysis.areas.ranking import RankGroup, rank


def test_clear_differences_are_ranked() -> None:
    ranks = rank(np.array([0.5, 0.9, 0.7]), np.array([2000.0, 2000.0, 2000.0]))
    assert list(ranks.low) == list(ranks.high) == [1, 3, 2]
    assert ranks.group == (RankGroup.BELOW, RankGroup.ABOVE, RankGroup.MIDDLE)


def test_unknown_area_may_hold_any_rank() -> None:
    ranks = rank(np.array([0.5, np.nan, 0.9]), np.array([1000.0, 0.0, 1000.0]))
    assert (ranks.low[1], ranks.high[1]) == (1, 3)
    assert ranks.group[1] is RankGroup.UNKNOWN


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare(count: int) -> None:
    ranks = rank(np.full(count, 0.8), np.full(count, 50.0))
    assert len(ranks.group) == count
    assert RankGroup.BELOW not in ranks.group


def test_joint_coverage_over_simulated_surveys() -> None:
    rng = np.random.default_rng(11)
    truth = np.sort(rng.uniform(0.75, 0.95, 10))
    n = rng.integers(60, 200, 10)
    order = np.arange(1, 11)
    hits = claims = 0
    for _ in range(400):
        ranks = rank(rng.binomial(n, truth) / n, n.astype(float))
        hits += bool(((ranks.low <= order) & (order <= ranks.high)).all())
        claims += ranks.lower.sum() > 0
    assert hits >= 0.93 * 400  # nominal .95, Monte Carlo error .011
    assert claims > 0.5 * 400


def test_equal_areas_are_rarely_grouped() -> None:
    rng = np.random.default_rng(12)
    false = sum(
        set(rank(rng.binomial(100, 0.9, 10) / 100, np.full(10, 100.0)).group) != {RankGroup.MIDDLE} for _ in range(400)
    )
    assert false <= 0.08 * 400


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("areas", [2, 16, 320])
def test_areas_are_separated_where_the_studentised_range_says_so(areas: int, level: float) -> None:
    """Two of the areas lie just inside and just outside the reach that scipy's distribution gives."""
    reach = stats.studentized_range.ppf(level, areas, np.inf) * np.sqrt(1 / (4.0 * 500 + 1.5))
    for factor, apart in ((1 - 1e-9, False), (1 + 1e-9, True)):
        share = np.full(areas, np.sin(0.7) ** 2)
        share[0] = np.sin(0.7 + factor * reach) ** 2
        assert rank(share, np.full(areas, 500.0), level=level).lower[-1, 0] == apart
