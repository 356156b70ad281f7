"""Sample entries for the ledger of a mock city, made as a person would make them: confirmed, opened, measured.

The days follow the waves of the city, so that equal cities get equal ledgers.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from reports.overview.problems import owner_of
from reports.plans.rectification import confirmed, due, ledger_of, measure_all, new_entry
from reports.sample import StudySample, gather
from reports.selection import Selection
from reports.sentences.notes.days import workday
from survey.instrument.measure import MEASURES
from survey.study.plans.rectification import Ledger, Status
from survey.study.study import Study

MODE = "household"
WHO = "模拟经办人"
SOON, LATER = timedelta(weeks=8), timedelta(weeks=26)
"""Time from the end of the wave to the deadline of the first entry, and of the others."""
TEACH, REPAIR, INVITE = (
    "（模拟）入户讲解，每栋楼公示一次",
    "（模拟）停车、占道专项整治，每周巡查",
    "（模拟）每月组织两场志愿活动",
)
"""What is done about knowledge, about what residents appraise, and about all else."""


def enter_samples(study: Study) -> int:
    """Enter the weaknesses that the first wave of a mock study confirms, if its ledger is empty.

    The second entry is reported as done, the others are being worked on; one of these is measured by the next wave.

    Returns:
        How many entries were made; 0 for a real study, and for a ledger with entries.
    """
    ledger = ledger_of(study)
    if not study.mock or ledger.entries():
        return 0
    gathered = gather(study, Selection(mode=MODE))
    waves = gathered.waves
    asked = Selection((waves[0],), MODE)
    first = confirmed(gathered, asked)
    pending = first.waiting(())
    end = study.wave(waves[0]).end
    for at, row in enumerate(pending.to_dict("records")):
        found = {str(name): value for name, value in row.items()}
        typed = {
            "owner": owner_of(gathered, asked, str(found["district"]), str(found["item"])),
            "measure": _action(gathered.rate(str(found["item"])).measure),
            "deadline": workday(end + (SOON if at == 0 else LATER)),
        }
        entry = new_entry(gathered, waves[0], found, typed)
        number = ledger.open_entry(entry, who=WHO, at=_day(end, 1)).number
        ledger.update(number, who=WHO, at=_day(end, 2), status=str(Status.DONE if at == 1 else Status.DOING))
    _measured(gathered, ledger)
    return len(pending)


def _action(measure: str) -> str:
    properties = MEASURES[measure]
    return TEACH if not properties.opinion else REPAIR if properties.appraisal else INVITE


def _measured(gathered: StudySample, ledger: Ledger) -> None:
    """Measure the first entry that the second wave can decide; it cannot where a red light is on."""
    for wave in gathered.waves[1:2]:
        working = (one for one in due(ledger.entries(), wave, gathered.waves) if one.status is Status.DOING)
        at = _day(gathered.study.wave(wave).end, 1)
        for entry in working:
            if measure_all(gathered, wave, (entry,), who=WHO, at=at)[0][0].remeasured:
                break


def _day(end: date, weeks: int) -> datetime:
    """Return nine in the morning some weeks after the end of a wave."""
    return datetime.combine(end + timedelta(weeks=weeks), datetime.min.time(), UTC).replace(hour=9)
