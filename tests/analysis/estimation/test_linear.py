"""`linear`: refused input, and filters. The golden records check its figures."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.linear import mean_of, means, ratio, shares, totals
from analysis.estimation.rates import rates
from survey.errors import ArgumentError
from tests.analysis.mock_sample import heads, sample

FRAME = pd.DataFrame({"y": [0, 1], "race": ["a", "b"]})


@pytest.mark.parametrize(
    "ask",
    [
        lambda: rates(FRAME, by="race"),
        lambda: means(FRAME, ["y"], by=["race"]),
        lambda: totals(FRAME, ["y"]),
        lambda: ratio(FRAME, "y", "y"),
        lambda: shares(FRAME, ["race"]),
    ],
)
def test_a_bare_frame_error_names_the_call_that_declares_a_design(ask: Callable[[], object]) -> None:
    with pytest.raises(ArgumentError, match=r"survey_design\(frame, strata=") as caught:
        ask()
    assert caught.value.got == "DataFrame"
    assert "design.rates" in caught.value.cure


def test_a_filter_leaves_the_numbers_of_the_same_split_of_everybody() -> None:
    basis, names = sample().basis, [rate.name for rate in heads()]
    every, some = (
        means(basis, names, by=("district", "wave")),
        means(basis, names, by=("district",), where={"wave": "W2"}),
    )
    rows = np.flatnonzero((every.labels["wave"] == "W2").to_numpy())
    for field in ("estimate", "n", "size", "spread", "psus", "strata"):
        assert np.array_equal(getattr(some, field), getattr(every, field)[rows])
    assert some.variance == pytest.approx(every.variance[rows], rel=1e-12)
    assert np.array_equal(some.influence.dense(), every.influence.dense()[:, rows])


def test_a_mean_without_its_variance_is_the_same_number() -> None:
    basis, where = sample().basis, {"wave": "W2", "sex": "女"}
    for rate in heads():
        assert mean_of(basis, rate.name, where) == means(basis, [rate.name], where=where).estimate[0]
    assert np.isnan(mean_of(basis, heads()[0].name, {"wave": "W9"}))
