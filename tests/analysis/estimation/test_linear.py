"""`linear`: refused input. The golden records check its figures."""

from collections.abc import Callable

import pandas as pd
import pytest

from analysis.estimation.linear import means, ratio, shares, totals
from analysis.estimation.rates import rates
from survey.errors import ArgumentError

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
