"""Checks of careless answering on a small mock city with planted, labelled kinds."""

import pandas as pd
import pytest

from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.quality.check import Context
from survey.quality.registry import CHECKS
from survey.quality.sheet import open_sheet

EFFORT = ("misfit", "distance", "variability", "pattern", "lateline")


@pytest.fixture(scope="module")
def flagged() -> pd.DataFrame:
    """Return response, planted kind and the flag of each check."""
    kinds = ("random", "random-grid", "zigzag", "late-line")
    city = draw(MockSpec(seed=5, districts=4, texts=False, online=False, faults=kinds))
    rows = city.responses()
    context = Context(open_sheet(rows, city.questionnaire), city.city.areas)
    labels = city.truth.faults.set_index("response_id")["fault"]
    found = pd.DataFrame({name: CHECKS[name].run(context).flag for name in EFFORT})
    return found.assign(kind=rows["response_id"].to_pandas().map(labels).fillna("none"))


@pytest.mark.parametrize(
    ("kind", "checks", "least"),
    [
        ("random", ["misfit", "distance", "variability"], 0.85),
        ("random-grid", ["misfit", "distance"], 0.75),
        ("zigzag", ["pattern"], 0.95),
        ("late-line", ["lateline"], 0.4),
    ],
)
def test_planted_kinds_are_found(flagged: pd.DataFrame, kind: str, checks: list[str], least: float) -> None:
    planted = flagged[flagged["kind"] == kind]
    assert len(planted) > 30
    assert planted[checks].any(axis=1).mean() >= least


def test_honest_respondents_are_rarely_flagged(flagged: pd.DataFrame) -> None:
    honest = flagged[flagged["kind"] == "none"]
    assert honest[["misfit", "distance", "variability", "pattern"]].any(axis=1).mean() <= 0.012
    assert honest["lateline"].mean() <= 0.01


def test_every_effort_check_is_a_hint_with_an_explanation_and_an_action() -> None:
    for name in EFFORT:
        check = CHECKS[name]
        assert check.hint
        assert check.rule
        assert check.innocent
        assert check.action


def test_few_responses_and_short_questionnaires_are_not_judged() -> None:
    city = draw(MockSpec(seed=5, districts=1, waves=1, texts=False, online=False, faults=False))
    sheet = open_sheet(city.responses(), city.questionnaire)
    few = open_sheet(city.responses().slice(0, 50), city.questionnaire)
    short = type(sheet)(sheet.rows, sheet.questionnaire, sheet.items[:6], sheet.codes[:, :6])
    for name in EFFORT:
        assert not CHECKS[name].run(Context(few)).flag.any()
        assert not CHECKS[name].run(Context(short)).flag.any()
