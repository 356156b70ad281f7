"""Measures: the rates that a survey reports, one entry each, with everything that depends on which one it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

AWARENESS, SUPPORT, PARTICIPATION, SATISFACTION = "awareness", "support", "participation", "satisfaction"


@dataclass(frozen=True, slots=True)
class Measure:
    """What the platform knows of one measure.

    Attributes:
        label: its name on screen and in files of targets.
        lacking: the answer of those who do not count for it, as a phrase.
        target: example of a target, percent: that of the mock city. Real targets come from the study, with a source.
        opinion: residents give a view, of which none is right; otherwise they know a fact or not, and only then may
            an item carry a key (rule R-01), and publicity can raise the rate.
        appraisal: its single items are verdicts on one thing each, from good to bad: they are split into unknown and
            unhappy, set against importance and complaints, and have a unit that answers for them.
        inherits_target: its single items are held to the target of the headline where they have none of their own.
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
    PARTICIPATION: Measure("参与率", "没参与", 65.0),  # taking part in one kind of activity is no smaller participation
    SATISFACTION: Measure("满意率", "不满意", 80.0, appraisal=True, inherits_target=True),
}
"""Key in the questionnaire -> measure, in the order in which they are always shown."""


def measure_label(measure: str) -> str:
    """Return the name of a measure on screen; KeyError for an unknown one."""
    return MEASURES[measure].label


def knowledge() -> frozenset[str]:
    """Return the measures of what residents know."""
    return frozenset(key for key, measure in MEASURES.items() if not measure.opinion)


def appraisals() -> frozenset[str]:
    """Return the measures whose items are verdicts on single things."""
    return frozenset(key for key, measure in MEASURES.items() if measure.appraisal)
