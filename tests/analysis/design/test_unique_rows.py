import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.design.unique_rows import patterns


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.0, 0.1, 1e9])), min_size=1, max_size=40))
def test_patterns_are_the_different_rows(rows) -> None:
    matrix = np.array(rows, dtype=float)
    found = patterns(matrix)
    assert (matrix[found.first][found.of] == matrix).all()
    assert len(found.first) == len(set(rows))
    weights = np.arange(1.0, len(rows) + 1)
    assert found.sums(weights).sum() == weights.sum()
