"""One rule: symmetrical, blind to order and to the other rows; shrinkage alone condemns nobody."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.areas.models.direct import direct_below
from analysis.areas.verdict import Verdict, decide, worst_first
from survey.errors import DesignError

SHARES = st.floats(0.0, 1.0)
ROWS = st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=30)
Q = st.floats(0.01, 0.30)


@pytest.mark.parametrize(
    ("below", "own", "expected"),
    [
        (0.90, 0.79, Verdict.WEAK),
        (0.899, 0.79, Verdict.WATCH),
        (0.998, 0.82, Verdict.WATCH),  # seven neighbours at 70 % pull it down; its own answers reach the line
        (0.51, 0.79, Verdict.WATCH),
        (0.50, 0.79, Verdict.UNCLEAR),
        (0.10, 0.80, Verdict.MET),
        (0.10, 0.79, Verdict.UNCLEAR),
        (0.1005, 0.83, Verdict.UNCLEAR),
        (np.nan, 0.79, ""),
        (0.95, np.nan, ""),
    ],
)
def test_the_four_words(below: float, own: float, expected: str) -> None:
    assert decide(below, own, 0.80, 0.10).item() == expected


def test_no_line_no_verdict() -> None:
    assert decide([0.99, 0.99], [0.5, 0.5], [np.nan, 0.8]).tolist() == ["", Verdict.WEAK]


@given(ROWS, Q, st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[tuple[float, float, float]], q: float, random: object) -> None:
    below, own, line = np.array(rows).T
    order = np.random.default_rng(random.randint(0, 10**6)).permutation(len(rows))  # type: ignore[attr-defined]
    assert decide(below[order], own[order], line[order], q).tolist() == decide(below, own, line, q)[order].tolist()


@given(SHARES, SHARES, Q, st.integers(0, 40))
def test_certain_neighbours_confirm_nobody(below: float, own: float, q: float, neighbours: int) -> None:
    alone = decide(below, own, 0.8, q).item()
    crowd = decide([below] + [0.9999] * neighbours, [own] + [0.5] * neighbours, 0.8, q)
    assert crowd[0] == alone
    assert decide([0.51, *[0.999] * neighbours], [0.7, *[0.5] * neighbours], 0.8, q)[0] == Verdict.WATCH


@given(SHARES, SHARES, SHARES, Q)
def test_confirmed_and_met_mirror_each_other(below: float, own: float, line: float, q: float) -> None:
    one = decide(below, own, line, q).item()
    if one == Verdict.WEAK:
        assert own < line
        assert decide(1 - below, 2 * line - own, line, q).item() == Verdict.MET or 1 - below > q
    if own == line:
        assert one != Verdict.WEAK


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=40), Q)
def test_the_expected_share_of_false_calls_stays_under_q(rows: list[tuple[float, float]], q: float) -> None:
    below, own = np.array(rows).T
    found = decide(below, own, 0.8, q)
    for word, doubt in ((Verdict.WEAK, 1 - below), (Verdict.MET, below)):
        called = found == str(word)
        assert not called.any() or doubt[called].mean() <= q + 1e-12


@pytest.mark.parametrize("q", [0.0, 0.5, 0.9, -1.0])
def test_q_must_be_a_small_probability(q: float) -> None:
    with pytest.raises(DesignError, match="允许错判"):
        decide(0.9, 0.5, 0.8, q)


def test_the_largest_certain_shortfall_is_named_first() -> None:
    rows = pd.DataFrame({"area": ["甲", "乙", "丙"], "gap": [-0.02, -0.22, -0.11], "prob_below": [1.0, 0.99, 1.0]})
    assert worst_first(rows)["area"].tolist() == ["乙", "丙", "甲"]


def test_the_direct_posterior_is_jeffreys_on_the_effective_size() -> None:
    # R: pbeta(0.85, 160.5, 40.5), a simple random sample of 200 with 160 favourable answers and plenty of df
    assert direct_below(0.8, (200, 200.0, 1e9), 0.85).item() == pytest.approx(0.9727431, abs=1e-4)
    halved = direct_below(0.8, (200, 100.0, 1e9), 0.85).item()
    assert 0.85 < halved < 0.9727431


def test_the_direct_posterior_needs_answers_and_a_line() -> None:
    found = direct_below([0.8, np.nan, 0.8, 0.0, 1.0], ([200, 0, 200, 50, 50], [200.0, 0.0, 200.0, 50.0, 50.0], 50.0),
                         [np.nan, 0.8, 0.8, 0.8, 0.8])  # fmt: skip
    assert np.isnan(found[:2]).all()
    assert found[2] == pytest.approx(0.5, abs=0.03)
    assert found[3] > 0.999999
    assert found[4] < 0.001
