"""The nearest target counts; an item inherits its headline's only where the scale is the same."""

import math

import pandas as pd
import pytest

from analysis.areas.goals import targets_of
from survey.instrument.rate import Rate


def rate(name: str, measure: str, *, overall: bool = False) -> Rate:
    return Rate(name, name, measure, ((name, (1,)),), "valid", overall=overall)


RATES = {
    "E0": rate("E0", "satisfaction", overall=True),
    "E1": rate("E1", "satisfaction"),
    "D0": rate("D0", "participation", overall=True),
    "D1": rate("D1", "participation"),
}
TARGETS = pd.DataFrame(
    [
        ("satisfaction", "", "", 80.0),
        ("satisfaction", "", "甲", 85.0),
        ("satisfaction", "E1", "", 70.0),
        ("satisfaction", "E1", "乙", 60.0),
        ("participation", "", "", 65.0),
    ],
    columns=["measure", "item", "district", "target"],
)


@pytest.mark.parametrize(
    ("item", "district", "expected"),
    [
        ("E0", "甲", 0.85),
        ("E0", "乙", 0.80),
        ("E1", "乙", 0.60),
        ("E1", "甲", 0.70),
        ("D0", "甲", 0.65),
        ("D1", "甲", math.nan),
    ],
)
def test_the_nearest_target_counts(item: str, district: str, expected: float) -> None:
    table = pd.DataFrame({"item": [item], "district": [district]})
    assert targets_of(table, TARGETS, RATES).tolist() == pytest.approx([expected], nan_ok=True)


def test_a_satisfaction_item_without_a_target_takes_the_headlines() -> None:
    others = TARGETS[TARGETS["item"] == ""]
    assert targets_of(pd.DataFrame({"item": ["E1"]}), others, RATES).tolist() == [0.8]


def test_no_targets_at_all() -> None:
    assert targets_of(pd.DataFrame({"item": ["E0", "D1"]}), TARGETS[:0], RATES).isna().all()
