"""Weak areas: the truly weak are found, noise is not called weak, and missing verdicts are reported."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.areas.models.beta_binomial import fit
from analysis.areas.verdict import Reason, Verdict, decide
from analysis.areas.weak import weak_areas
from analysis.estimation.estimates import Estimates
from survey.errors import DesignError


def _estimates(share: list[float], n: list[int], deff: float = 1.5, item: str = "A1") -> Estimates:
    size = np.array(n, dtype=float)
    rows = len(share)
    table = pd.DataFrame(
        {
            "item": item, "measure": "awareness", "district": [f"区{i}" for i in range(rows)], "n": n,
            "n_eff": size / deff, "estimate": share, "std_error": 0.02, "df": 10, "conf_low": 0.0, "conf_high": 1.0,
            "deff": deff, "flag": ["empty" if k == 0 else "suppressed" if k < 10 else "" for k in n],
            "n_pooled": size / deff,
        }
    )  # fmt: skip
    return Estimates(table, {"level": 0.95})


def _verdicts(estimates: Estimates) -> list[str]:
    return estimates.table["verdict"].tolist()


def test_weak_watched_met_and_unclear() -> None:
    judged = weak_areas(_estimates([0.60, 0.79, 0.95, 0.81, 0.3], [400, 60, 400, 300, 5]), 0.80)
    assert _verdicts(judged)[0] == Verdict.WEAK
    assert _verdicts(judged)[2] == Verdict.MET
    assert _verdicts(judged)[1] in {Verdict.WATCH, Verdict.UNCLEAR}
    assert _verdicts(judged)[4] == ""  # five answers are hidden
    table = judged.table
    assert table["more"][[0, 2]].isna().all()
    assert (table["more"].dropna() > 0).all()
    known = table[:4]
    assert known["prob_below"].between(0, 1).all()
    assert (known["model_low"] <= known["model"]).all()
    assert (known["model"] <= known["model_high"]).all()


def test_ten_equal_districts_are_not_called_weak() -> None:
    rng = np.random.default_rng(8)
    called = 0
    for _ in range(100):
        share = rng.binomial(100, 0.90, 10) / 100
        called += Verdict.WEAK in _verdicts(weak_areas(_estimates(list(share), [100] * 10, deff=1.0), 0.87))
    assert called <= 5


def test_the_suggested_interviews_decide_when_made() -> None:
    first = weak_areas(_estimates([0.76] + [0.9] * 9, [60] + [400] * 9), 0.82).table
    assert first["verdict"][0] in {Verdict.WATCH, Verdict.UNCLEAR}
    model, n = float(first["model"][0]), 60 + int(first["more"][0])
    again = weak_areas(_estimates([model] + [0.9] * 9, [n] + [400] * 9), 0.82).table
    assert again["verdict"][0] in {Verdict.WEAK, Verdict.MET}


def test_a_lone_area_near_its_line_needs_more_than_two_interviews() -> None:
    near = weak_areas(_estimates([0.845], [156], deff=19.8), 0.85).table
    assert near["more"].isna().all()
    undecided = weak_areas(_estimates([0.80, 0.85, 0.9], [150, 150, 150]), 0.82).table["more"].dropna()
    assert len(undecided)
    assert (undecided % 10 == 0).all()


def test_an_area_whose_design_effect_is_small_by_chance_is_promised_no_quick_verdict() -> None:
    table = _estimates([0.84, 0.86, 0.79, 0.88, 0.9], [150] * 5, deff=3.0).table
    lucky = table.assign(n=[150, 150, 60, 150, 150])  # 60 answers that count like 50
    same, fewer = (weak_areas(Estimates(one, {}), 0.80).table["more"][2] for one in (table, lucky))
    assert fewer == pytest.approx(same * (600 * 3.0 + 60 * 1.2) / 660 / 3.0, abs=10)


def test_without_a_line_there_is_no_verdict() -> None:
    lines = pd.Series([np.nan, 0.8])
    assert _verdicts(weak_areas(_estimates([0.5, 0.5], [300, 300]), lines))[0] == ""


def test_items_are_judged_separately_and_rows_keep_their_order() -> None:
    both = pd.concat([_estimates([0.6, 0.9], [400, 400]).table, _estimates([0.9, 0.6], [400, 400], item="E0").table])
    both = both.sort_values("district", kind="stable").reset_index(drop=True)
    judged = weak_areas(Estimates(both, {}), 0.8).table
    assert judged[["item", "district"]].equals(both[["item", "district"]])
    assert judged.loc[judged["estimate"] < 0.7, "verdict"].eq(Verdict.WEAK).all()


def test_one_area_and_none() -> None:
    assert _verdicts(weak_areas(_estimates([0.5], [500]), 0.8)) == [Verdict.WEAK]
    assert len(weak_areas(_estimates([], []), 0.8)) == 0


@pytest.mark.parametrize("line", [1.2, -0.1, 85.0])
def test_target_must_be_a_share(line: float) -> None:
    with pytest.raises(DesignError, match="目标"):
        weak_areas(_estimates([0.5], [100]), line)


@pytest.mark.parametrize(("share", "expected"), [(0.70, Verdict.WEAK), (0.79, Verdict.WATCH), (0.95, Verdict.MET)])
def test_eight_identical_districts_get_one_verdict(share: float, expected: Verdict) -> None:
    judged = weak_areas(_estimates([share] * 8, [60] * 8), 0.80)
    assert set(_verdicts(judged)) == {expected}
    assert judged.table["prob_below"].nunique() == 1


@given(st.lists(st.tuples(st.floats(0.4, 1.0), st.integers(10, 400)), min_size=2, max_size=12), st.randoms())
def test_the_order_of_rows_changes_no_verdict(rows: list[tuple[float, int]], random: object) -> None:
    share, n = (list(part) for part in zip(*rows, strict=True))
    order = np.random.default_rng(random.randint(0, 10**6)).permutation(len(rows))  # type: ignore[attr-defined]
    whole = weak_areas(_estimates(share, n), 0.80).table["prob_below"].to_numpy()
    moved = (
        weak_areas(_estimates([share[k] for k in order], [n[k] for k in order]), 0.80).table["prob_below"].to_numpy()
    )
    assert moved == pytest.approx(whole[order], abs=1e-9)


def test_shrinkage_alone_confirms_nobody() -> None:
    judged = weak_areas(_estimates([0.82] + [0.70] * 7, [60] + [400] * 7, deff=1.0), 0.80).table
    assert judged["prob_below"][0] > 0.90
    assert judged["verdict"][0] == Verdict.WATCH


def test_hidden_empty_and_red_areas_are_in_no_model_no_rank_and_no_count() -> None:
    share, n = [0.60, 0.79, 0.95, 0.30, np.nan, 0.2], [400, 60, 400, 5, 0, 400]
    table = weak_areas(_estimates(share, n), 0.80, red={"区5"}).table
    assert table["reason"].tolist()[3:] == [Reason.HIDDEN, Reason.EMPTY, Reason.RED_LIGHT]
    silent = table[3:]
    assert (silent["verdict"] == "").all()
    assert (
        silent[["prob_below", "model", "model_low", "model_high", "more", "rank_low", "rank_high"]]
        .isna()
        .all(axis=None)
    )
    alone = weak_areas(_estimates(share[:3], n[:3]), 0.80).table
    for name in ("prob_below", "model", "rank_low", "rank_high"):
        assert table[name].to_numpy(float)[:3] == pytest.approx(alone[name].to_numpy(float), abs=1e-12)


def test_few_answers_are_the_reason_of_an_unclear_verdict() -> None:
    table = weak_areas(_estimates([0.81, 0.81], [20, 300]), 0.80).table
    assert table["verdict"].tolist()[0] == Verdict.UNCLEAR
    assert table["reason"].tolist() == [Reason.FEW, ""]


@pytest.mark.parametrize("q", [0.0, 0.5, 1.0])
def test_q_outside_its_range_is_refused(q: float) -> None:
    with pytest.raises(DesignError, match="允许错判"):
        weak_areas(_estimates([0.5], [100]), 0.8, q=q)


@pytest.mark.parametrize(("districts", "most"), [(16, 0.20), (40, 0.08)])
def test_where_all_reach_their_target_few_surveys_accuse_anybody(districts: int, most: float) -> None:
    rng, accused, by_interval, surveys = np.random.default_rng(5), 0, 0, 150
    for _ in range(surveys):
        rates = rng.binomial(100, 0.81, (4, districts)) / 100  # four rates, each one point above the target
        verdicts = [decide(fit(one, np.full(districts, 100.0)).below(0.80), one, 0.80) for one in rates]
        accused += bool((np.array(verdicts) == Verdict.WEAK).any())
        by_interval += bool((rates + 1.96 * np.sqrt(rates * (1 - rates) / 100) < 0.80).any())
    assert accused / surveys <= most
    assert by_interval / surveys > 2 * accused / surveys
