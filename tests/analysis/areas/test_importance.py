"""Importance against satisfaction: matched by wording, sorted into quadrants by intervals."""

import pandas as pd

from analysis.areas.importance import Quadrant, importance_rates, matrix
from tests.analysis.mock_sample import city, sample

WAVE = {"wave": "W2"}


def test_every_item_of_satisfaction_meets_its_option() -> None:
    found = matrix(sample(), city().questionnaire, WAVE)
    assert len(found) == 22
    assert found["unit"].ne("").all()


def test_quadrants_hold_beyond_doubt() -> None:
    found = matrix(sample(), city().questionnaire, WAVE)
    first = found[found["quadrant"] == Quadrant.FIRST]
    assert len(first)
    assert (first["satisfied_high"] < found["satisfied"].median()).all()
    assert (first["wanted_low"] > found["wanted"].median()).all()
    assert (found["quadrant"] == Quadrant.UNSURE).any()


def test_do_not_know_is_no_option() -> None:
    assert not any("说不清" in rate.label for rate in importance_rates(city().questionnaire))


def test_nothing_to_match_gives_an_empty_table() -> None:
    from dataclasses import replace

    asked = replace(city().questionnaire, rates=())
    assert matrix(sample(), asked, WAVE).equals(pd.DataFrame())
