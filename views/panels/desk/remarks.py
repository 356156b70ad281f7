"""Lines of 总览 beside its list: entries of the ledger, the group of people that is weak, interviews to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from reports.briefing.parts.repeats import charge
from reports.overview import headline as words
from reports.overview.next_step import NextSteps, unlisted
from reports.overview.people import weak_people_of
from reports.overview.problems import Problem, own_units
from reports.plans.rectification import by_place
from reports.rates import Estimates
from reports.selection import Selection
from reports.sentences.fieldwork import ordered
from reports.sentences.notes import glance
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from survey.instrument.measure import knowledge
from views.blocks.problems import remark
from views.cached.answers import ask, sample_of
from views.cached.quality import lights_of
from views.panels.addresses import address
from views.visitor.session import Loaded


def entered(found: Sequence[Problem], districts: Estimates, steps: NextSteps) -> str:
    """Return the line that reconciles the list with the ledger; "" where the ledger is empty."""
    others = unlisted(steps, by_place(districts), [one.place for one in found])
    return remark(words.entered(found, others, steps), address("ledger"), tr("看台账"))


def people(loaded: Loaded, whole: Selection, steps: NextSteps) -> str:
    """Return the line on the group of people that is confirmed weak; "" where there is none, or people are chosen."""
    found = () if whole.where or whole.opt_in else ask(loaded, whole, weak_people_of)
    if not found:
        return ""
    row = found[0][1]
    units = own_units(sample_of(loaded, whole).rate(str(row["item"])))
    href = address("outreach") if row["measure"] in knowledge() else ""
    return remark(glance.people(found, units, steps.of_people(row)), href, tr("看宣传规划"))


def repeats(loaded: Loaded, selection: Selection) -> Sentence:
    """Return how many interviews are to be repeated, by whom and by when; empty for none."""
    by = charge(loaded.study, loaded.version)
    return ordered(by.unit, by.day, sum(light.again for light in lights_of(loaded, selection).values()))
