"""Shuffling whole clusters: exact under the null, powerful against fabrication, cautious with small groups."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from analysis.integrity.matching import STEPS, UNGIVEN, alike_within, likeness_of_more, padded
from analysis.integrity.shuffling import MATCH, Block, Found, Pairs, Statistics, shuffle


def one_block(
    owners: list[int], sums: np.ndarray, low: frozenset[str] = frozenset()
) -> tuple[tuple[Block, ...], Statistics]:
    owner = np.array(owners)
    places = {int(one): np.flatnonzero(owner == one) for one in np.unique(owner)}
    size = np.full(len(owner), 10.0)
    return (Block(np.arange(len(owner)), places),), Statistics({"x": sums}, {"x": size}, size, low)


def pairs_of(codes: np.ndarray, cluster: np.ndarray, count: int, **sums: np.ndarray) -> Callable[[], Pairs]:
    nearest = likeness_of_more(codes.astype(np.uint8), cluster, np.zeros((0, count), dtype=np.uint8))
    return lambda: Pairs(sums, padded(nearest, cluster), np.bincount(cluster, minlength=count).astype(float))


def test_p_is_the_share_of_all_arrangements() -> None:
    sums = np.array([9.0, 8, 1, 2, 3, 1, 2, 4])
    blocks, what = one_block([0, 0, 1, 1, 1, 1, 1, 1], sums)
    found = shuffle(blocks, what, 2, draws=40_000)["x"]
    pairs = [sums[list(pair)].sum() for pair in combinations(range(8), 2)]
    exact = np.mean([pair >= 17 for pair in pairs])
    assert found.p[0] == pytest.approx(exact, abs=0.004)
    assert found.value[0] == pytest.approx(17 / 20)
    assert found.expected[0] == pytest.approx(sums.mean() / 10, abs=0.01)


def test_low_tests_the_lower_tail() -> None:
    sums = np.array([0.0, 0, 5, 6, 5, 7, 6, 5])
    high, low = (
        shuffle(*one_block([0, 0, 1, 1, 1, 1, 1, 1], sums, side), 2, draws=2_000)["x"].p[0]
        for side in (frozenset[str](), frozenset({"x"}))
    )
    assert low < 0.06
    assert high > 0.95


def test_under_the_null_p_is_uniform_or_larger() -> None:
    rng = np.random.default_rng(5)
    p = []
    for seed in range(150):
        owners = [at % 5 for at in range(30)]
        sums = rng.normal(5, 1, 30)
        p += shuffle(*one_block(owners, sums), 5, seed=seed, draws=299)["x"].p.tolist()
    for level in (0.05, 0.1, 0.5):
        assert np.mean(np.array(p) <= level) <= level + 0.03


def test_few_clusters_cannot_give_a_tiny_p() -> None:
    blocks, what = one_block([0, 1, 1, 1], np.array([100.0, 0, 0, 0]))
    assert shuffle(blocks, what, 2, draws=9_999)["x"].p[0] > 0.2
    blocks, what = one_block([0, 0, 0], np.array([100.0, 50, 70]))
    assert shuffle(blocks, what, 1, draws=999)["x"].p[0] == 1.0


def two_districts(*, shared: bool = False) -> tuple[tuple[Block, Block], Statistics]:
    """Return two districts of eight clusters with three interviewers each, one of them in both if `shared`."""
    rng = np.random.default_rng(8)
    sums = rng.normal(5, 1, 16)
    here, there = (
        Block(
            np.arange(8) + 8 * at,
            {first: np.array([0, 1, 2]), first + 1: np.array([3, 4, 5]), first + 2: np.array([6, 7])},
            name=name,
            paired=("burst", MATCH),
            pairs=pairs_of(rng.integers(1, 4, (16, 25)), np.repeat(np.arange(8), 2), 8, burst=rng.random((8, 8))),
            district=name,
        )
        for at, (name, first) in enumerate((("east", 0), ("west", 2 if shared else 3)))
    )
    size = np.full(16, 10.0)
    return (here, there), Statistics({"x": sums}, {"x": size}, size)


@pytest.mark.parametrize("shared", [False, True])
def test_the_order_of_districts_does_not_matter(shared: bool) -> None:
    blocks, what = two_districts(shared=shared)
    one, other = (shuffle(some, what, 6, draws=1_999) for some in (blocks, blocks[::-1]))
    for name, found in one.items():
        assert found.p.tolist() == pytest.approx(other[name].p.tolist(), nan_ok=True, abs=0)


def test_answers_of_one_district_change_nothing_in_another() -> None:
    def keep(districts: tuple[str, ...], digest: str, make: Callable[[], Found]) -> Found:
        asked.append((*districts, digest))
        return kept.setdefault(asked[-1], make())

    blocks, what = two_districts()
    asked: list[tuple[str, ...]] = []
    kept: dict[tuple[str, ...], Found] = {}
    before = shuffle(blocks, what, 6, keep=keep)
    sums = {"x": what.sums["x"] + np.repeat([0.0, 1.0], 8) * np.arange(16)}
    first, asked = asked, []
    changed = (blocks[0], replace(blocks[1], digest="other copies"))
    after = shuffle(changed, replace(what, sums=sums), 6, keep=keep)
    assert [old == new for old, new in zip(first, asked, strict=True)] == [True, False]
    assert [districts for districts, _ in first] == ["east", "west"]
    assert before["x"].p[:3].tolist() == after["x"].p[:3].tolist()
    assert before["x"].value[3:].tolist() != after["x"].value[3:].tolist()
    alone = shuffle(blocks[:1], what, 3)
    assert alone["burst"].p.tolist() == before["burst"].p[:3].tolist()


def test_same_seed_same_result() -> None:
    blocks, what = one_block([0, 0, 1, 1, 1, 1, 1, 1], np.arange(8.0))
    first, second, other = (shuffle(blocks, what, 2, seed=seed, draws=999)["x"].p for seed in (1, 1, 2))
    assert first.tolist() == second.tolist()
    assert first.tolist() != other.tolist()


def test_likeness_of_a_real_set_is_the_mean_of_its_nearest() -> None:
    rng = np.random.default_rng(3)
    codes = rng.integers(1, 4, (36, 25))
    cluster = np.repeat(np.arange(6), 6)
    block = Block(
        np.arange(6),
        {0: np.array([0, 1]), 1: np.array([2, 3, 4, 5])},
        paired=(MATCH,),
        pairs=pairs_of(codes, cluster, 6),
    )
    size = np.full(6, 6.0)
    found = shuffle((block,), Statistics({"x": size}, {"x": size}, size), 2, draws=99)["match"]
    best = np.mean([max((codes[i] == codes[j]).mean() for j in range(12) if i != j) for i in range(12)])
    assert found.value[0] / STEPS == pytest.approx(best, abs=0.01)


def test_copied_work_is_found_among_honest_interviewers() -> None:
    rng = np.random.default_rng(4)
    codes = rng.integers(1, 5, (200, 30)).astype(np.int16)
    cluster = np.repeat(np.arange(40), 5)
    mine = cluster % 5 == 0
    codes[mine] = np.where(
        rng.random((mine.sum(), 30)) < 0.2, codes[mine], codes[np.flatnonzero(mine)[:3]][rng.integers(0, 3, mine.sum())]
    )
    places = {one: np.arange(one, 40, 5) for one in range(5)}
    block = Block(np.arange(40), places, paired=(MATCH,), pairs=pairs_of(codes, cluster, 40))
    size = np.full(40, 5.0)
    found = shuffle((block,), Statistics({"x": size}, {"x": size}, size), 5)["match"]
    assert found.p[0] <= 0.001
    assert (found.p[1:] > 0.05).all()


def test_likeness_within_a_group_counts_every_pair() -> None:
    rng = np.random.default_rng(6)
    codes = rng.choice(np.array([1, 2, UNGIVEN]), (12, 20))
    group = np.array([0] * 5 + [1] * 6 + [2])
    chosen = np.stack([[(codes[group == one] == code).sum(axis=0) for code in (1, 2)] for one in range(3)])
    alike = alike_within(chosen.reshape(3, -1), np.bincount(group), 20)
    for number in (0, 1):
        rows = np.flatnonzero(group == number)
        pairs = [((codes[i] == codes[j]) & (codes[i] != UNGIVEN)).mean() for i, j in combinations(rows, 2)]
        assert alike[number] == pytest.approx(np.mean(pairs))
    assert np.isnan(alike[2])
