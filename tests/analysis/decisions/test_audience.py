"""Channels: reach, overlap and effects from one sample."""

from functools import lru_cache

import numpy as np
import pytest

from analysis.decisions.audience import (
    Audience,
    audience_reach,
    build_audience,
    reach_table,
    unaware_residents,
)
from analysis.decisions.channel_reach import combined
from analysis.decisions.contacts import channels_of
from analysis.decisions.effect import ASSOCIATION, CAUSE, effect_sheet
from analysis.estimation.sample import SampleOptions
from survey.errors import DesignError
from tests.analysis.mock_sample import city

WAVE = {"wave": "W2"}


@lru_cache(maxsize=1)
def audience() -> Audience:
    mock = city()
    return build_audience(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, SampleOptions())


def test_channels_leave_out_none_of_these() -> None:
    labels = channels_of(city().questionnaire).labels
    assert len(labels) == 16
    assert not any("都没有" in label for label in labels.values())


def test_word_of_mouth_and_other_cannot_be_booked() -> None:
    found = channels_of(city().questionnaire)
    barred = {label for item, label in found.labels.items() if item not in found.bookable}
    assert barred == {"亲友邻居", "其他（请注明）"}


def test_a_channel_is_seen_where_its_interval_lies_above_zero() -> None:
    table = reach_table(audience(), WAVE)
    assert (table["seen"] == (table["effect_low"] > 0)).all()
    assert 0 < table["seen"].sum() < len(table)


def test_respondent_weights_add_up_to_the_residents() -> None:
    """Except those who were screened out before the question."""
    total = audience().patterns("W2", unaware=False).total
    assert 0.97 < total / city().city.population.sum() <= 1 + 1e-9


def test_reach_agrees_with_the_truth() -> None:
    table = reach_table(audience(), WAVE).set_index("item")
    truth = city().truth.channels
    true = {f"B1.{code}": reach for code, reach in zip(truth["code"], truth["reach"], strict=True)}
    inside = [row.reach_low - 0.01 <= true[str(item)] <= row.reach_high + 0.01 for item, row in table.iterrows()]
    assert np.mean(inside) > 0.85


def test_patterns_and_totals_count_the_same_people() -> None:
    table = reach_table(audience(), WAVE).set_index("item")
    patterns = audience().patterns("W2", unaware=True)
    for name in ("B1.1", "B1.3"):
        assert patterns.reached([name]) == pytest.approx(table.loc[name, "persons"], rel=1e-6)
    value, low, high = unaware_residents(audience(), WAVE)
    assert low < value < high
    assert patterns.total == pytest.approx(value, rel=1e-6)
    assert combined(patterns, ["B1.1", "B1.3", "B1.5"]).reached[-1] <= value


def test_effects_are_standardised_and_have_intervals() -> None:
    table = reach_table(audience(), WAVE)
    known = table.dropna(subset=["effect"])
    assert (known["effect_low"] < known["effect"]).all()
    assert any(by == ("age", "education") for by in table["adjusted"])


def test_each_group_has_its_own_reach() -> None:
    found = audience_reach(audience(), "age", WAVE)
    assert found.groupby("group")["item"].nunique().eq(16).all()


def test_effect_sheet_reports_association_unless_randomised() -> None:
    treated = list(city().city.districts[:2])
    streets = [p.street for p in city().city.areas.points if p.district in treated]
    item = channels_of(city().questionnaire).aware.name
    found = effect_sheet(audience().sample, item, streets, ("W1", "W2"), random=False)
    assert found.word == ASSOCIATION
    assert found.estimate == pytest.approx(found.treated_change - found.control_change)
    assert found.conf_low < found.estimate < found.conf_high
    assert found.detectable > found.std_error
    assert effect_sheet(audience().sample, item, streets, ("W1", "W2"), random=True).word == CAUSE


def test_effect_sheet_needs_both_sides() -> None:
    item = channels_of(city().questionnaire).aware.name
    with pytest.raises(DesignError, match="缺一边"):
        effect_sheet(audience().sample, item, [], ("W1", "W2"), random=False)


def test_a_questionnaire_without_channels_is_refused() -> None:
    from dataclasses import replace

    asked = replace(city().questionnaire, questions=())
    with pytest.raises(DesignError, match="渠道多选题"):
        channels_of(asked)
