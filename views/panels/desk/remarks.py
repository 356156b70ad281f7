"""Sentences of 总览 beside its list: groups of people that are weak, entries of the ledger, interviews to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from reports.briefing.parts.repeats import charge
from reports.overview import headline as words
from reports.overview.next_step import NextSteps, unlisted
from reports.overview.people import units_of_people, weak_people_of
from reports.overview.problems import Problem
from reports.plans.rectification import by_place
from reports.rates import Estimates
from reports.selection import Selection
from reports.sentences.fieldwork import ordered
from reports.sentences.notes import glance
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from survey.instrument.measure import knowledge
from views.blocks.problems import remark
from views.cached.answers import ask, follow
from views.cached.quality import lights_of
from views.panels.addresses import address
from views.visitor.session import Loaded


def entered(found: Sequence[Problem], districts: Estimates, steps: NextSteps) -> Sentence:
    """Return how the list agrees with the ledger; empty where the ledger is."""
    return words.entered(found, unlisted(steps, by_place(districts), [one.place for one in found]), steps)


def people(loaded: Loaded, whole: Selection, steps: NextSteps) -> str:
    """Return a line on each of the first groups that are confirmed weak; "" for none, or where people are chosen."""
    found = () if whole.where or whole.opt_in else ask(loaded, whole, weak_people_of)
    if not found:
        return ""
    lines = []
    for one, units in zip(found[: glance.OTHERS], follow(loaded, whole, found, units_of_people), strict=False):
        href = address("outreach") if one[1]["measure"] in knowledge() else ""
        lines.append(remark(glance.person(one, units[: words.FEW], steps.of_people(one[1])), href, tr("看宣传规划")))
    return "".join(lines)


def repeats(loaded: Loaded, selection: Selection) -> Sentence:
    """Return how many interviews are to be repeated, by whom and by when; empty for none."""
    by = charge(loaded.study, loaded.version)
    return ordered(by.unit, by.day, sum(light.again for light in lights_of(loaded, selection).values()))
