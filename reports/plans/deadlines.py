"""Deadlines on pages, the same as in the documents of the data version: counted from the day it was written."""

from __future__ import annotations

from datetime import date

from reports.sample import written
from reports.sentences.notes import days
from reports.sentences.sentence import Sentence
from survey.storage.store import ResponseStore
from survey.study.plans.letterhead import letterhead
from survey.study.study import Study


def check_day(study: Study, version: int | None) -> date:
    """Return by when interviews are to be repeated and causes checked."""
    return days.deadline(_start(study, version), letterhead(study).check)


def mend_day(study: Study, version: int | None) -> date:
    """Return by when a weakness is to be mended and a campaign is to be done."""
    return days.deadline(_start(study, version), letterhead(study).mend)


def plan_day(study: Study, version: int | None) -> date:
    """Return by when a plan, such as that of the next sample, is to be submitted."""
    return days.deadline(_start(study, version), letterhead(study).plan)


def spoken(study: Study, version: int | None, day: date) -> Sentence:
    """Return a deadline in words; its year is left out where the data version is of the same year."""
    return days.by_on_page(day, _start(study, version).year)


def _start(study: Study, version: int | None) -> date:
    number = ResponseStore(study.root / "store").version if version is None else version
    at = None if number is None else written(study, number)
    return at.date() if at else max((one.end for one in study.waves), default=date.today())
