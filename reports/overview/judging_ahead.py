"""Judging ahead: keep, in the background, the verdicts of all residents that pages and documents show.

See `reports.fieldwork.kept.verdicts`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from reports.definitions import headlines, item_rates
from reports.overview.people import people_tables
from reports.sample import StudySample, gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.errors import SiluError
from survey.host.access import Role
from survey.instrument.measure import appraisals
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.study import MODES, PROBABILITY_MODES, Study


def judge_ahead(study: Study) -> None:
    """Judge the newest wave of each mode, and the districts in the one before; what fails is left to the pages.

    Args:
        study: the study.
    """
    every = replace(study, publication=0, without_excluded=False)
    version = ResponseStore(study.root / "store").version
    there = set() if version is None else {mode for _, mode, _ in count_modes(study.root / "store", version)}
    for mode in (mode for mode in MODES if mode in there & PROBABILITY_MODES):
        with suppress(SiluError):
            selection = Selection(mode=mode, version=version, role=Role.ANALYST, scope=None)
            gathered = gather(every, selection)
            _judge(gathered, gathered.newest(selection))


def _judge(gathered: StudySample, selection: Selection) -> None:
    """Judge city, groups, districts and streets in their rates, and city and districts in their appraised items."""
    study = gathered.study
    items = [rate.name for rate in item_rates(study) if rate.measure in appraisals()]
    whole = selection.asking([rate.name for rate in headlines(study)])
    judged(gathered, whole)
    people_tables(gathered, whole)
    for names, level in ((whole.items, "district"), (whole.items, "street"), (items, ""), (items, "district")):
        if names:
            judged(gathered, selection.asking(names, (level,) if level else ()))
    for before in gathered.before(selection.wave)[-1:]:
        judged(gathered, whole.asking(whole.items, ("district",)).in_wave(before))
