"""The sheet: numbers are ranked among the different ones, whether they are small or large."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from survey.quality.sheet import ranks


@given(st.one_of(st.lists(st.integers(0, 40)), st.lists(st.integers(0, 2**60))))
def test_ranks_are_those_of_sorted_numbers(numbers: list[int]) -> None:
    expected = sorted(set(numbers))
    found = ranks(np.array(numbers, dtype=np.int64))
    assert found.dtype == np.int64
    assert found.tolist() == [expected.index(one) for one in numbers]
