import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.design.unique_rows import patterns, patterns_of


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.0, 0.1, 1e9])), min_size=1, max_size=40))
def test_patterns_are_the_different_rows(rows) -> None:
    matrix = np.array(rows, dtype=float)
    found = patterns(matrix)
    assert (matrix[found.first][found.of] == matrix).all()
    assert len(found.first) == len(set(rows))
    weights = np.arange(1.0, len(rows) + 1)
    assert found.sums(weights).sum() == weights.sum()


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40))
def test_numbers_group_rows_as_their_values_do(numbers) -> None:
    code = np.array(numbers, dtype=np.int64)
    found = patterns_of(code, 9)
    assert (code[found.first][found.of] == code).all()
    assert len(found.first) == len(set(numbers))
