"""The ledger by due date: what is overdue first, then what is open, closed entries last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.labels import short
from reports.sentences.ledger import Due
from reports.sentences.notes.days import months_on_page
from survey.study.plans.letterhead import letterhead
from survey.study.plans.rectification import Entry, Status
from survey.study.study import Study


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are: open; of these overdue, and waiting for the test of a later wave; and closed."""

    open: int
    late: int
    waiting: int
    closed: int


def by_due(study: Study, entries: Sequence[Entry], today: date) -> tuple[Due, ...]:
    """Return the entries with their days; overdue ones first, the longest overdue at the top, closed ones last."""
    labels = {rate.name: short(rate) for rate in study.questionnaire.rates}
    began, leads = months_on_page(study), letterhead(study)
    dues = [
        Due(
            entry,
            labels.get(entry.item, entry.item),
            began.get(entry.wave, entry.wave),
            entry.days_late(today),
            max((entry.deadline - today).days, 0),
            leads.named_lead_of(entry.area),
        )
        for entry in entries
    ]
    return tuple(sorted(dues, key=lambda one: (not one.open, -one.late, one.entry.deadline, one.entry.number)))


def counted(dues: Sequence[Due]) -> Counts:
    """Count the entries by state."""
    open_ = [one for one in dues if one.open]
    waiting = [one for one in open_ if one.entry.status is Status.DONE]
    return Counts(len(open_), sum(one.late > 0 for one in open_), len(waiting), len(dues) - len(open_))
