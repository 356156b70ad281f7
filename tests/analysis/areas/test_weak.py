"""Weak areas: the truly weak are found, noise is not called weak, and missing verdicts are reported."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.areas.weak import Standing, bayes_fdr, weak_areas
from analysis.estimation.estimates import Estimates
from survey.errors import DesignError


def _estimates(share: list[float], n: list[int], deff: float = 1.5, item: str = "A1") -> Estimates:
    size = np.array(n, dtype=float)
    rows = len(share)
    table = pd.DataFrame(
        {
            "item": item, "measure": "awareness", "district": [f"区{i}" for i in range(rows)], "n": n,
            "n_eff": size / deff, "estimate": share, "std_error": 0.02, "df": 10, "conf_low": 0.0, "conf_high": 1.0,
            "deff": deff, "flag": ["suppressed" if k < 10 else "" for k in n],
            "n_pooled": size / deff,
        }
    )  # fmt: skip
    return Estimates(table, {"level": 0.95})


def _standings(estimates: Estimates) -> list[str]:
    return estimates.table["standing"].tolist()


def test_weak_watched_met_and_unclear() -> None:
    judged = weak_areas(_estimates([0.60, 0.79, 0.95, 0.81, 0.3], [400, 60, 400, 300, 5]), 0.80)
    assert _standings(judged)[0] == Standing.WEAK
    assert _standings(judged)[2] == Standing.MET
    assert _standings(judged)[1] in {Standing.WATCH, Standing.UNCLEAR}
    assert _standings(judged)[4] == Standing.UNCLEAR  # five answers decide nothing
    table = judged.table
    assert table["more"][[0, 2]].isna().all()
    assert (table["more"].dropna() > 0).all()
    assert table["prob_below"].between(0, 1).all()
    assert (table["model_low"] <= table["model"]).all()
    assert (table["model"] <= table["model_high"]).all()


def test_ten_equal_districts_are_not_called_weak() -> None:
    rng = np.random.default_rng(8)
    called = 0
    for _ in range(100):
        share = rng.binomial(100, 0.90, 10) / 100
        called += Standing.WEAK in _standings(weak_areas(_estimates(list(share), [100] * 10, deff=1.0), 0.87))
    assert called <= 5


def test_the_suggested_interviews_decide_when_made() -> None:
    first = weak_areas(_estimates([0.76] + [0.9] * 9, [60] + [400] * 9), 0.82).table
    assert first["standing"][0] in {Standing.WATCH, Standing.UNCLEAR}
    model, n = float(first["model"][0]), 60 + int(first["more"][0])
    again = weak_areas(_estimates([model] + [0.9] * 9, [n] + [400] * 9), 0.82).table
    assert again["standing"][0] in {Standing.WEAK, Standing.MET}


def test_a_lone_area_near_its_line_needs_more_than_two_interviews() -> None:
    near = weak_areas(_estimates([0.845], [156], deff=19.8), 0.85).table
    assert near["more"].isna().all()
    undecided = weak_areas(_estimates([0.80, 0.85, 0.9], [150, 150, 150]), 0.82).table["more"].dropna()
    assert len(undecided)
    assert (undecided % 10 == 0).all()


def test_without_a_line_there_is_no_verdict() -> None:
    lines = pd.Series([np.nan, 0.8])
    assert _standings(weak_areas(_estimates([0.5, 0.5], [300, 300]), lines))[0] == ""


def test_items_are_judged_separately_and_rows_keep_their_order() -> None:
    both = pd.concat([_estimates([0.6, 0.9], [400, 400]).table, _estimates([0.9, 0.6], [400, 400], item="E0").table])
    both = both.sort_values("district", kind="stable").reset_index(drop=True)
    judged = weak_areas(Estimates(both, {}), 0.8).table
    assert judged[["item", "district"]].equals(both[["item", "district"]])
    assert judged.loc[judged["estimate"] < 0.7, "standing"].eq(Standing.WEAK).all()


def test_one_area_and_none() -> None:
    assert _standings(weak_areas(_estimates([0.5], [500]), 0.8)) == [Standing.WEAK]
    assert len(weak_areas(_estimates([], []), 0.8)) == 0


@pytest.mark.parametrize("line", [1.2, -0.1, 85.0])
def test_target_must_be_a_share(line: float) -> None:
    with pytest.raises(DesignError, match="目标"):
        weak_areas(_estimates([0.5], [100]), line)


@given(st.lists(st.floats(0, 1), max_size=50), st.floats(0.01, 0.5))
def test_expected_false_calls_stay_under_q(probability: list[float], q: float) -> None:
    values = np.array(probability)
    listed = bayes_fdr(values, q)
    if listed.any():
        assert (1 - values[listed]).mean() <= q + 1e-12
        assert values[listed].min() >= values[~listed].max(initial=0.0)
    elif len(values):
        assert 1 - values.max() > q
