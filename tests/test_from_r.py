"""docs/from_r.md is correct: its Python runs, and its table has the recorded results of R and present ones."""

import json
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import average_effects
from analysis.inference.regression import regress_formula
from analysis.weights.replicates import make_replicates

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "from_r.md").read_text(encoding="utf-8")
RECORDS = json.loads((ROOT / "tests" / "golden" / "from_r.json").read_text(encoding="utf-8"))["records"]
R: dict[str, dict[str, Any]] = {record["id"]: record["result"] for record in RECORDS}
Row = tuple[str, str, float, float, float, str]
LINEARISED = "its standard error, linearised"
APART = {"standard error, D1": 0.01, LINEARISED: 2e-3}
"""Figures in which svy answers another question, and by how much it may differ then."""


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Return the namespace after running the Python blocks of the page."""
    scope: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    assert len(blocks) == 20
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # svy warns of missing answers
        for block in blocks:
            exec(compile(block, "docs/from_r.md", "exec"), scope)
    return scope


def rows(page: dict[str, Any]) -> list[Row]:
    """Return task, figure, R, svy, ours and format."""
    column = page["pl"].col
    theirs = {k: page[f"theirs_{k}"] for k in range(2, 11)}
    two, three = (theirs[k].filter(column("HI_CHOL") == 1) for k in (2, 3))
    two, their_fit = two.filter(column("race") == 2), page["fitted"].to_polars()
    ours = {k: page[f"ours_{k}"].table.iloc[0] for k in (3, 4, 5, 6, 7, 8)}
    ours[2], ours[10] = page["ours_2"].table.iloc[1], page["ours_10"].iloc[-1]
    model, test, their_test = page["model"].table().iloc[4], page["ours_9"], theirs[9]
    nh, sample, difference = page["nh"], page["theirs"], theirs[8].diff[0]
    weight, their_weight = float(nh.rows.cells().weight.sum()), float(sample.data["WTMEC2YR"].sum())
    r, exact, whole = of_r, ".6f", ",.0f"
    return [
        ("1", "answers", r("declare", "n"), sample.n_records, len(nh), whole),
        ("1", "sum of weights", r("declare", "weight"), their_weight, weight, whole),
        ("1", "degrees of freedom", r("declare", "df"), sample.n_psus - sample.n_strata, nh.degrees, whole),
        ("2", "rate, race 2", r("rate_by_group", "estimate", 1), two["est"][0], ours[2]["estimate"], exact),
        ("2", "standard error", r("rate_by_group", "std_error", 1), two["se"][0], ours[2]["std_error"], exact),
        ("2", "lower limit", r("rate_by_group", "conf_low", 1), two["lci"][0], ours[2]["conf_low"], exact),
        ("2", "upper limit", r("rate_by_group", "conf_high", 1), two["uci"][0], ours[2]["conf_high"], exact),
        ("3", "rate of men", r("domain", "estimate"), three["est"][0], ours[3]["estimate"], exact),
        ("3", "lower limit", r("domain", "conf_low"), three["lci"][0], ours[3]["conf_low"], exact),
        ("3", "upper limit", r("domain", "conf_high"), three["uci"][0], ours[3]["conf_high"], exact),
        ("4", "people", r("total", "estimate"), theirs[4]["est"][0], ours[4]["estimate"], whole),
        ("4", "standard error", r("total", "std_error"), theirs[4]["se"][0], ours[4]["std_error"], whole),
        ("5", "ratio", r("ratio", "estimate"), theirs[5]["est"][0], ours[5]["estimate"], exact),
        ("5", "standard error", r("ratio", "std_error"), theirs[5]["se"][0], ours[5]["std_error"], exact),
        ("6", "rate", r("post_stratify", "estimate"), theirs[6]["est"][0], ours[6]["estimate"], exact),
        ("6", "standard error", r("post_stratify", "std_error"), theirs[6]["se"][0], ours[6]["std_error"], exact),
        ("7", "rate, D1", r("rake", "estimate", 0), theirs[7]["est"][0], ours[7]["estimate"], exact),
        ("7", "standard error, D1", r("rake", "std_error", 0), theirs[7]["se"][0], ours[7]["std_error"], exact),
        ("8", "women less men", r("difference", "estimate"), difference.diff, ours[8]["estimate"], exact),
        ("8", "standard error", r("difference", "std_error"), difference.se, ours[8]["std_error"], exact),
        ("9", "Rao-Scott F", r("association", "statistic"), their_test.value, test.statistic, exact),
        ("9", "p", r("association", "p_value"), their_test.p_value, test.p_value, exact),
        (
            "10",
            "coefficient, women",
            r("regression", "estimate", 4),
            their_fit["estimate"][4],
            model["estimate"],
            exact,
        ),
        ("10", "standard error", r("regression", "std_error", 4), their_fit["std_err"][4], model["std_error"], exact),
        ("10", "average effect", r("average_effect", "estimate"), theirs[10]["margin"][0], ours[10]["estimate"], exact),
        ("10", LINEARISED, r("average_effect", "std_error"), theirs[10]["se"][0], ours[10]["std_error"], exact),
        ("10", "its standard error, jackknife", r("jackknife", "std_error"), float("nan"), jackknife(page), exact),
    ]


def of_r(record: str, key: str, at: int | None = None) -> float:
    """Return a recorded result of R."""
    value = R[record][key]
    return float(value if at is None else value[at])


def jackknife(page: dict[str, Any]) -> float:
    """Return the jackknife standard error of the average effect."""
    nh = page["nh"]
    obs = nh.observations("HI_CHOL", by=("race", "RIAGENDR"))
    again = replace(obs, replicates=make_replicates(nh.design, "jkn"))
    model = regress_formula(again, "HI_CHOL ~ C(race) + C(RIAGENDR)")
    return float(average_effects(model)["std_error"].iloc[-1])


def written(found: list[Row]) -> list[str]:
    """Return the lines of the table."""
    cells = [(task, what, *(f"{x:{form}}" for x in numbers)) for task, what, *numbers, form in found]
    return [f"| {' | '.join(row).replace('nan', '—')} |" for row in cells]


def test_the_table_holds_these_numbers(page: dict[str, Any]) -> None:
    table = PAGE.split("## The numbers")[1].split("Where `svy` differs")[0]
    assert [line for line in table.splitlines() if re.match(r"\| \d", line)] == written(rows(page))


def test_r_and_we_agree_to_rounding(page: dict[str, Any]) -> None:
    """R iterates models to 1e-8 of the deviance, and its linearised effect lacks a covariance."""
    for task, what, r, _, ours, _ in rows(page):
        if what == LINEARISED:
            assert ours == pytest.approx(r, rel=2e-3)
            assert abs(ours - R["jackknife"]["std_error"]) < abs(r - R["jackknife"]["std_error"])
        else:
            assert ours == pytest.approx(r, rel=1e-6 if task == "10" else 1e-11), what


def test_svy_agrees_where_it_answers_the_same_question(page: dict[str, Any]) -> None:
    for _, what, _, svy, ours, _ in rows(page):
        if np.isnan(svy):
            continue
        apart = abs(svy / ours - 1)
        assert apart <= APART.get(what, 1e-6), f"{what}: {apart:.1e}"
        assert what not in APART or apart > 1e-5


def test_every_group_agrees_not_only_those_shown(page: dict[str, Any]) -> None:
    for kind, table in (("rate_by_group", page["ours_2"].table), ("rake", page["ours_7"].table)):
        for name, values in R[kind].items():
            assert np.asarray(table[name]) == pytest.approx(np.array(values), rel=1e-11)
    assert page["model"].coefficients.values == pytest.approx(np.array(R["regression"]["estimate"]), rel=1e-7)


def test_the_script_asks_what_the_records_answer() -> None:
    script = (ROOT / "tests" / "golden" / "from_r.R").read_text(encoding="utf-8")
    for record in RECORDS:
        assert f"{record['id']} = quote(" in script
