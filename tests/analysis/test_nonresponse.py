import numpy as np
import pytest

from analysis.nonresponse import adjust_nonresponse
from survey.errors import CalibrationError

W = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
CELLS = ["a", "a", "b", "b", "b"]


def test_respondents_carry_their_cell() -> None:
    found = adjust_nonresponse(W, [1, 0, 1, 1, 0], CELLS)
    assert found.weights == pytest.approx([3, 0, 3 * 12 / 7, 4 * 12 / 7, 0])
    assert found.table["factor"].tolist() == pytest.approx([3, 12 / 7])
    assert found.table["rate"].tolist() == pytest.approx([1 / 3, 7 / 12])
    assert found.response_rate == pytest.approx(8 / 15)
    assert found.weights.sum() == pytest.approx(W.sum())


@pytest.mark.parametrize(
    ("responded", "minimum", "cap"),
    [([0, 0, 1, 1, 1], 1, np.inf), ([1, 0, 1, 1, 1], 2, np.inf), ([1, 0, 1, 1, 1], 1, 2.0)],
)
def test_weak_cells_are_named(responded, minimum, cap) -> None:
    with pytest.raises(CalibrationError, match="应答者太少") as caught:
        adjust_nonresponse(W, responded, CELLS, minimum=minimum, cap=cap)
    assert "a（" in str(caught.value)


def test_missing_cells_and_bad_weights() -> None:
    with pytest.raises(CalibrationError, match="缺失"):
        adjust_nonresponse(W, [1] * 5, ["a", None, "b", "b", "b"])
    with pytest.raises(CalibrationError, match="正数"):
        adjust_nonresponse(-W, [1] * 5, CELLS)
