"""Measures: the rates that a survey reports, one entry each, with all their properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

AWARENESS, SUPPORT, PARTICIPATION, SATISFACTION = "awareness", "support", "participation", "satisfaction"


@dataclass(frozen=True, slots=True)
class Measure:
    """Properties of one measure.

    Attributes:
        label: name on screen and in target files.
        lacking: phrase for the respondents outside the numerator.
        target: target of the mock city, in percent. Real targets come from the study, with a source.
        opinion: whether it measures opinions, which have no correct answer. Otherwise it measures knowledge: only
            then may an item have a key (rule R-01), and publicity can raise the rate.
        appraisal: whether its items rate one thing each, from good to bad. Such items are split into unaware and
            dissatisfied, compared with importance and complaints, and have a responsible unit.
        inherits_target: whether items without a target of their own take that of the headline.
    """

    label: str
    lacking: str
    target: float
    opinion: bool = True
    appraisal: bool = False
    inherits_target: bool = False


MEASURES: Mapping[str, Measure] = {
    AWARENESS: Measure("知晓率", "不知晓", 85.0, opinion=False),
    SUPPORT: Measure("支持率", "不支持", 94.0),
    PARTICIPATION: Measure("参与率", "没参与", 65.0),  # the rate of a single activity has no target of its own
    SATISFACTION: Measure("满意率", "不满意", 80.0, appraisal=True, inherits_target=True),
}
"""Key in the questionnaire -> measure, in order of display."""


def measure_label(measure: str) -> str:
    """Return the label of a measure; raise KeyError for an unknown one."""
    return MEASURES[measure].label


def knowledge() -> frozenset[str]:
    """Return the measures of knowledge."""
    return frozenset(key for key, measure in MEASURES.items() if not measure.opinion)


def appraisals() -> frozenset[str]:
    """Return the measures whose items rate single things."""
    return frozenset(key for key, measure in MEASURES.items() if measure.appraisal)
