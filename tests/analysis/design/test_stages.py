"""Sums of squares by the algebra of sparse and low-rank parts against the plain matrix."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design.influence import Influence
from analysis.design.stages import Stage, crossed, spread

GROUP = np.repeat(np.arange(6), [2, 3, 1, 4, 5, 2])
COUNT = np.bincount(GROUP)
SCALE = np.array([1.5, 1.2, 0.0, 4 / 3, 0.3, 2.0])
STAGE = Stage(np.arange(len(GROUP)), GROUP, COUNT, SCALE, COUNT == 1)


def made(seed: int, rank: int, columns: int = 9) -> tuple[Influence, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(len(GROUP), columns)) * (rng.random((len(GROUP), columns)) < 0.4)
    row, column = np.nonzero(matrix)
    influence = Influence(row, column, matrix[row, column], matrix.shape)
    if not rank:
        return influence, matrix
    left, right = rng.normal(size=(len(GROUP), rank)), rng.normal(size=(rank, columns))
    return influence.less(left, right), matrix - left @ right


def by_hand(matrix: np.ndarray) -> np.ndarray:
    parts = [SCALE[g] * ((matrix[g == GROUP] - matrix[g == GROUP].mean(axis=0)) ** 2).sum(axis=0) for g in range(6)]
    return np.sum(parts, axis=0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), rank=st.sampled_from([0, 1, 3, 12]))
def test_variance_is_that_of_the_matrix(seed: int, rank: int) -> None:
    influence, matrix = made(seed, rank)
    assert spread(STAGE, influence) == pytest.approx(by_hand(matrix), rel=1e-9, abs=1e-13)
    assert np.diag(crossed(STAGE, matrix)) == pytest.approx(by_hand(matrix), rel=1e-9, abs=1e-13)


def test_a_fully_cancelled_column_leaves_no_rounding_error() -> None:
    """Columns 0 and 1 are exactly the low-rank part; the others are not."""
    influence, matrix = made(3, 0)
    right = np.zeros((2, 9))
    right[0, 0] = right[1, 1] = 1.0
    taken = influence.less(matrix[:, :2] * (1 + 1e-9), right)
    found = spread(STAGE, taken)
    assert found[:2] == pytest.approx(1e-18 * by_hand(matrix)[:2], rel=1e-5)
    assert found[2:] == pytest.approx(by_hand(matrix)[2:])
