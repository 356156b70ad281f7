"""Influence: the algebra that every covariance rests on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design.influence import Influence, count_distinct, group_codes, stack


def dense(seed: int, rows: int = 12, columns: int = 4, rank: int = 0) -> tuple[Influence, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < 0.5)
    row, column = np.nonzero(matrix)
    made = Influence(row, column, matrix[row, column], matrix.shape)
    if rank:
        left, right = rng.normal(size=(rows, rank)), rng.normal(size=(rank, columns))
        return made.less(left, right), matrix - left @ right
    return made, matrix


@pytest.mark.parametrize("rank", [0, 2])
def test_the_matrix_holds_the_entries(rank: int) -> None:
    made, matrix = dense(1, rank=rank)
    assert made.dense() == pytest.approx(matrix)
    assert made.sparse == (rank == 0)


@pytest.mark.parametrize("rank", [0, 2])
def test_gather_adds_rows(rank: int) -> None:
    made, matrix = dense(2, rank=rank)
    group = np.arange(12) // 5
    expected = np.array([matrix[group == g].sum(axis=0) for g in range(3)])
    gathered = made.gather(group, 3)
    assert gathered.dense() == pytest.approx(expected)
    pairs = list(zip(gathered.row, gathered.column, strict=True))
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("rank", [0, 2])
def test_combine_multiplies(rank: int) -> None:
    made, matrix = dense(3, rank=rank)
    weights = np.random.default_rng(4).normal(size=(4, 3))
    assert made.combine(weights).dense() == pytest.approx(matrix @ weights)


def test_stack_puts_side_by_side() -> None:
    parts = [dense(seed, rank=rank) for seed, rank in ((5, 0), (6, 2), (7, 1))]
    both = stack([made for made, _ in parts])
    assert both.dense() == pytest.approx(np.hstack([matrix for _, matrix in parts]))


def test_blocks_cover_all_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    made, matrix = dense(8, columns=7, rank=2)
    monkeypatch.setattr("analysis.design.influence.CHUNK", 24)
    blocks = list(made.blocks())
    assert [start for start, _ in blocks] == [0, 2, 4, 6]
    assert np.hstack([block for _, block in blocks]) == pytest.approx(matrix)


@given(st.lists(st.integers(0, 10**6), max_size=50), st.sampled_from([0, 10**12]))
def test_group_codes_is_unique(values: list[int], shift: int) -> None:
    codes = np.array(values, dtype=np.int64) + shift
    places, inverse = group_codes(codes, 10**6 + 1 + shift)
    assert places.tolist() == sorted(set(codes.tolist()))
    assert (places[inverse] == codes).all()


@pytest.mark.parametrize("rank", [0, 2])
def test_only_takes_columns(rank: int) -> None:
    made, matrix = dense(9, columns=6, rank=rank)
    at = np.array([4, 1, 5])
    assert made.only(at).dense() == pytest.approx(matrix[:, at])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=60), st.sampled_from([41, 10**9]))
def test_distinct_pairs_are_counted(pairs: list[tuple[int, int]], inners: int) -> None:
    outer, inner = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    expected = [len({b for a, b in pairs if a == group}) for group in range(6)]
    assert count_distinct(outer, inner, 6, inners).tolist() == expected
