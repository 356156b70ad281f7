"""The city and groups are judged by their own answers; rows that the data do not separate are tied."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.areas.against_target import item_problem, judge, targets_of, tied_with_lowest
from analysis.areas.verdict import Reason, Verdict
from survey.instrument.rate import Rate


def rows(*values: tuple[float, float, float], n_eff: float = 100.0, flag: str = "") -> pd.DataFrame:
    table = pd.DataFrame(values, columns=["conf_low", "estimate", "conf_high"])
    table = table.assign(n=100, n_eff=n_eff, n_pooled=n_eff, df_pooled=1e6, flag=flag)
    return table.assign(std_error=(table["conf_high"] - table["conf_low"]) / 3.92)


def test_the_posterior_of_the_own_answers_decides() -> None:
    table = rows(*((np.nan, share, np.nan) for share in (0.70, 0.77, 0.81, 0.83, 0.90)))
    judged = judge(table, 0.8)
    assert judged["verdict"].tolist() == [
        Verdict.WEAK,
        Verdict.WATCH,
        Verdict.UNCLEAR,
        Verdict.UNCLEAR,
        Verdict.MET,
    ]
    assert judged["gap"].tolist() == pytest.approx([-0.10, -0.03, 0.01, 0.03, 0.10])
    assert judged["prob_below"].is_monotonic_decreasing


def test_q_is_a_setting() -> None:
    table = rows((np.nan, 0.77, np.nan))
    assert judge(table, 0.8, 0.30)["verdict"].item() == Verdict.WEAK
    assert judge(table, 0.8, 0.01)["verdict"].item() == Verdict.WATCH


def test_suppressed_without_target_and_self_selected() -> None:
    parts = [rows((0.1, 0.2, 0.3), flag=flag) for flag in ("suppressed", "", "opt_in", "empty")]
    judged = judge(pd.concat(parts, ignore_index=True), pd.Series([0.8, np.nan, 0.8, 0.8]))
    assert set(judged["verdict"]) == {""}
    assert judged["reason"].tolist() == [Reason.HIDDEN, Reason.NO_LINE, Reason.OPINION, Reason.EMPTY]
    assert judged["prob_below"].isna().all()


@given(st.floats(0, 1), st.floats(0.01, 0.99), st.floats(5, 5000))
def test_met_needs_an_estimate_at_the_line_and_weak_one_below(share: float, target: float, n_eff: float) -> None:
    word = judge(rows((np.nan, share, np.nan), n_eff=n_eff), target)["verdict"].item()
    assert word != Verdict.MET or share >= target
    assert word != Verdict.WEAK or share < target


def test_neighbours_within_error_are_tied_and_the_distant_is_not() -> None:
    table = rows((0.5, 0.60, 0.7), (0.52, 0.62, 0.72), (0.85, 0.95, 0.99))
    assert list(tied_with_lowest(judge(table, 0.8))) == [True, True, False]


def test_a_hidden_row_is_never_tied() -> None:
    table = pd.concat([rows((0.5, 0.6, 0.7)), rows((0.5, 0.6, 0.7), flag="suppressed")], ignore_index=True)
    judged = judge(table, 0.8)
    assert list(tied_with_lowest(judged)) == [True, False]
    assert not tied_with_lowest(judged[1:]).any()


def test_intervals_separate_unknown_from_unhappy() -> None:
    low, high = rows((0.05, 0.08, 0.11)), rows((0.2, 0.25, 0.3))
    wide, none = rows((0.05, 0.2, 0.4)), rows((np.nan, np.nan, np.nan))
    opinion = rows((np.nan, 0.2, np.nan))
    unknown = pd.concat([high, low, wide, none, opinion])
    unhappy = pd.concat([low, high, high, high, opinion])
    assert item_problem(unknown, unhappy) == ["unknown", "unhappy", "both", "hidden", "opinion"]


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
def test_the_most_specific_target_applies(item: str, district: str, expected: float) -> None:
    table = pd.DataFrame({"item": [item], "district": [district]})
    assert targets_of(table, TARGETS, RATES).tolist() == pytest.approx([expected], nan_ok=True)


def test_a_satisfaction_item_without_a_target_takes_the_headlines() -> None:
    others = TARGETS[TARGETS["item"] == ""]
    assert targets_of(pd.DataFrame({"item": ["E1"]}), others, RATES).tolist() == [0.8]


def test_without_targets() -> None:
    assert targets_of(pd.DataFrame({"item": ["E0", "D1"]}), TARGETS[:0], RATES).isna().all()
