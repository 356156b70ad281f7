"""Importance against satisfaction: matched by wording, sorted into quadrants by intervals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.areas.importance import Quadrant, importance_rates, matrix, opposite_rates
from survey.instrument.questionnaire import read_questionnaire
from tests.analysis.mock_sample import city, sample

WAVE = {"wave": "W2"}


def test_every_item_of_satisfaction_meets_its_option() -> None:
    found = matrix(sample(), city().questionnaire, WAVE)
    assert len(found) == 22
    assert found["unit"].ne("").all()


def test_quadrants_require_clear_intervals() -> None:
    found = matrix(sample(), city().questionnaire, WAVE)
    first = found[found["quadrant"] == Quadrant.FIRST]
    assert len(first)
    assert (first["satisfied_high"] < found["satisfied"].median()).all()
    assert (first["wanted_low"] > found["wanted"].median()).all()
    assert (found["quadrant"] == Quadrant.UNSURE).any()


def test_do_not_know_is_not_an_option() -> None:
    assert not any("说不清" in rate.label for rate in importance_rates(city().questionnaire))


def test_nothing_to_match_gives_an_empty_table() -> None:
    from dataclasses import replace

    asked = replace(city().questionnaire, rates=())
    assert matrix(sample(), asked, WAVE).equals(pd.DataFrame())


DEMO = Path(__file__).parents[3] / "data" / "demo" / "questionnaire.json"


def test_each_item_of_satisfaction_gets_both_rates_and_the_headline_none() -> None:
    questionnaire = read_questionnaire(DEMO)
    found = {rate.name: rate for rate in opposite_rates(questionnaire)}
    assert len(found) == 2 * 22
    assert not [name for name in found if name.startswith("E0")]
    unknown, unhappy = found["E.E3.unknown"], found["E.E3.unhappy"]
    assert unknown.terms == (("E.E3", (98,)),)
    assert unhappy.terms == (("E.E3", (4, 5)),)
    assert {unknown.base, unhappy.base} == {"all"}
    assert unknown.unit == questionnaire.rate("E.E3").unit


def test_favourable_unhappy_unknown_and_the_middle_share_no_code() -> None:
    questionnaire = read_questionnaire(DEMO)
    for rate in opposite_rates(questionnaire):
        plain = questionnaire.rate(rate.name.rpartition(".")[0])
        assert not set(rate.terms[0][1]) & set(plain.terms[0][1])
