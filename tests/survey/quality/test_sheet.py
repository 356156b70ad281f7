"""The sheet: codes are those of the stored columns; numbers are ranked, whether they are small or large."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.quality.sheet import NULL, open_sheet, ranks
from survey.study.responses import column_of


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return draw(MockSpec(seed=3, districts=3, texts=False)).questionnaire


@given(chunks=st.lists(st.lists(st.one_of(st.none(), st.integers(-2, 99))), min_size=1), start=st.integers(0, 20))
def test_codes_are_those_of_the_column(
    questionnaire: Questionnaire, chunks: list[list[int | None]], start: int
) -> None:
    item = questionnaire.items[0]
    rows = pa.table({column_of(item, questionnaire): pa.chunked_array(chunks, pa.int8())}).slice(start)
    expected = [NULL if one is None else one for one in rows.column(0).to_pylist()]
    assert open_sheet(rows, questionnaire).codes[:, 0].tolist() == expected


@given(st.one_of(st.lists(st.integers(0, 40)), st.lists(st.integers(0, 2**60))))
def test_ranks_are_those_of_sorted_numbers(numbers: list[int]) -> None:
    expected = sorted(set(numbers))
    found = ranks(np.array(numbers, dtype=np.int64))
    assert found.dtype == np.int64
    assert found.tolist() == [expected.index(one) for one in numbers]
