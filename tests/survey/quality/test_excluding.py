"""Which responses can be named together: by id, interviewer or place, and never by an answer (rule R-07)."""

import pyarrow as pa
import pytest

from survey.errors import ArgumentError
from survey.quality.excluding import by_column, by_id

ROWS = pa.table(
    {
        "response_id": ["a", "b", "c"],
        "interviewer": ["I1", "I2", None],
        "psu": pa.array([990101001001, 990101001002, None], pa.int64()),
        "E0": pa.array([5, 1, 1], pa.int8()),
    }
)


def test_by_interviewer_and_place() -> None:
    assert by_column(ROWS, "interviewer", " I1 ") == ("a",)
    assert by_column(ROWS, "psu", "990101001002") == ("b",)
    with pytest.raises(ArgumentError, match="没有这样的答卷"):
        by_column(ROWS, "psu", "990101009999")


def test_nobody_is_picked_by_an_answer() -> None:
    with pytest.raises(ArgumentError, match="R-07"):
        by_column(ROWS, "E0", "1")


def test_by_id() -> None:
    assert by_id(ROWS, "b， a\nb") == ("b", "a")
    with pytest.raises(ArgumentError, match="x"):
        by_id(ROWS, "a,x")
    with pytest.raises(ArgumentError, match="没有写"):
        by_id(ROWS, " ,")
