"""Likeness and pairs: block by block, and with what is known of earlier ones, they are what every pair gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.integrity import matching
from analysis.integrity.matching import HOUR_US, STEPS, UNGIVEN, likeness_of_more, padded, pairs_of_more


def brute_nearest(codes: np.ndarray, cluster: np.ndarray, count: int) -> np.ndarray:
    alike = ((codes[:, None] == codes[None]) & (codes != UNGIVEN)[:, None]).sum(axis=2)
    np.fill_diagonal(alike, 0)
    found = [alike[:, cluster == one].max(axis=1, initial=0) for one in range(count)]
    return np.rint(np.stack(found, axis=1) * np.float32(STEPS / codes.shape[1])).astype(int)


@pytest.mark.parametrize(("size", "count", "chunk"), [(40, 5, 6), (40, 40, 6), (1, 1, 6), (23, 3, 63), (90, 2, 15)])
@pytest.mark.parametrize("known", [0, 9, 22])
@pytest.mark.parametrize("items", [4, 127])
def test_every_pair_is_compared(
    size: int, count: int, chunk: int, known: int, items: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "CHUNK", chunk)
    monkeypatch.setattr(matching, "ITEMS", items)
    rng = np.random.default_rng(size + count)
    codes = rng.choice(np.array([0, 1, 2, 3, 254, UNGIVEN], dtype=np.uint8), (size, 9))
    cluster = rng.permutation(np.concatenate([np.arange(count), rng.integers(0, count, size - count)]))
    known = min(known, size)
    before = likeness_of_more(codes[:known], cluster[:known], np.zeros((0, count), dtype=np.uint8))
    found = likeness_of_more(codes, cluster, before)
    assert found.dtype == np.uint8
    assert found.tolist() == brute_nearest(codes, cluster, count).tolist()


def test_counts_of_as_many_items_as_a_byte_holds_do_not_touch() -> None:
    codes = np.ones((7, matching.ITEMS), dtype=np.uint8)
    codes[5] = UNGIVEN
    cluster = np.array([0, 1, 2, 0, 1, 2, 0])
    found = likeness_of_more(codes, cluster, np.zeros((0, 3), dtype=np.uint8))
    assert found.tolist() == brute_nearest(codes, cluster, 3).tolist()
    assert sorted(set(found.ravel().tolist())) == [0, STEPS]


def test_padding_keeps_every_row_of_a_cluster() -> None:
    nearest = np.arange(1, 11, dtype=np.uint8).reshape(5, 2)
    found = padded(nearest, np.array([1, 0, 1, 1, 0]))
    assert found.shape == (2, 2, 3)
    assert found[1, 0].tolist() == [1, 5, 7]
    assert found[0, 1].tolist() == [4, 10, 0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 6), st.integers(0, 2)), max_size=14), st.integers(0, 14))
def test_pairs_within_an_hour_are_counted_once_each_way(rows: list[tuple[int, int]], before: int) -> None:
    submitted = np.array([-1 if half < 0 else half * HOUR_US // 2 for half, _ in rows], dtype=np.int64)
    cluster, before = np.array([one for _, one in rows], dtype=np.int64), min(before, len(rows))
    expected = np.zeros((3, 3), dtype=np.int64)
    for i in range(len(rows)):
        for j in range(len(rows)):
            if i != j and min(submitted[i], submitted[j]) >= 0 and abs(submitted[i] - submitted[j]) <= HOUR_US:
                expected[cluster[i], cluster[j]] += 1
    first = pairs_of_more(submitted[:before], cluster[:before], 3, 0)
    assert (first + pairs_of_more(submitted, cluster, 3, before)).tolist() == expected.tolist()


@pytest.mark.parametrize("hours", [1, 2, 300, 4_000])
@pytest.mark.parametrize("before", [0, 1, 150, 400])
def test_many_pairs_within_an_hour_are_those_of_few(hours: int, before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(hours + before)
    submitted, cluster = rng.integers(-1, hours * HOUR_US, 400), rng.integers(0, 7, 400)
    submitted[::9] = -1
    gap = np.abs(submitted[:, None] - submitted) <= HOUR_US
    gap &= (submitted >= 0)[:, None] & (submitted >= 0) & (np.maximum.outer(np.arange(400), np.arange(400)) >= before)
    np.fill_diagonal(gap, False)
    of = np.eye(7, dtype=np.int64)[cluster]
    covered, real = list[int](), matching._covered
    monkeypatch.setattr(matching, "_covered", lambda *given: covered.append(given[-1]) or real(*given))
    found = pairs_of_more(submitted, cluster, 7, before)
    assert found.tolist() == (of.T @ gap @ of).tolist()
    assert bool(covered) == (hours < 300 and before < 400)
