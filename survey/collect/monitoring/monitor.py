"""Progress of the online fieldwork: submissions by hour and place, and drop-out by question.

Reads the inbox without changing it, and returns counts only, never the answers of one person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pandas as pd

from survey.collect.draining.drain import HELD
from survey.collect.draining.set_aside import set_apart
from survey.collect.inbox.drain_state import position_of
from survey.collect.inbox.inbox import Backend, Reached
from survey.collect.serving.reach import faults
from survey.collect.settings import CHINA, collect_settings
from survey.study.study import Study
from survey.study.terms import Wave

HOUR = 3_600_000
RECENT = timedelta(days=1)
"""A fault that was seen longer ago is taken to be mended."""
CONSENT = "consent"
ENDLESS = timedelta(days=366)
"""A wave that ends later has no end that presses."""
DECLINED = "declined"
ONLINE = "online"


@dataclass(frozen=True)
class Live:
    """The state of the fieldwork of one wave.

    Attributes:
        wave: title of the wave, "" before the first.
        hours: hour (Beijing time, naive), mode, answers.
        places: psu, district, street, community, answers, target (NaN where no quota is set).
        steps: question, label, reached (people who got at least there), left (stopped there without submitting).
        total: answers of the wave in the inbox.
        waiting, held, withdrawn: of all waves: not yet in the store, held back, withdrawn.
        declined: people who declined after reading the notice.
        damaged: of all waves: corrupt since they were acknowledged.
        faults: HTTP status returned by a proxy -> submissions that it kept from arriving in the last day.
        days: first and last day of the wave; None before the first.
    """

    wave: str
    hours: pd.DataFrame
    places: pd.DataFrame
    steps: pd.DataFrame
    total: int
    waiting: int
    held: int
    withdrawn: int
    declined: int
    damaged: int = 0
    faults: Mapping[int, int] = field(default_factory=dict)
    days: tuple[date, date] | None = None

    def endless(self, now: datetime) -> bool:
        """Return whether the wave ends so late that nothing presses."""
        return self.days is not None and endless(self.days[1], now)

    def due(self, now: datetime) -> int | None:
        """Return how many of the targets of all communities are due by now, in proportion to the days gone by.

        None without a target or an end of the wave.
        """
        wanted = float(self.places["target"].sum(skipna=False))
        if self.days is None or self.endless(now) or math.isnan(wanted):
            return None
        begin, end = self.days
        gone = (now.date() - begin).days + 1
        return round(wanted * min(max(gone / ((end - begin).days + 1), 0.0), 1.0))


def endless(end: date, now: datetime) -> bool:
    """Return whether a last day lies so far ahead that nothing presses, such as that of a practice wave."""
    return end - now.date() > ENDLESS


def live(study: Study, backend: Backend, submissions: pd.DataFrame, now: datetime | None = None) -> Live:
    """Count the submissions of the current wave only, because quota and drop-out are defined per wave.

    Args:
        study: source of frame and questionnaire.
        backend: its inbox.
        submissions: from `Arrivals.look`.
        now: an aware time; the present when None.
    """
    now = now or datetime.now(CHINA)
    wave = fieldwork(study, now)
    begin, end = (0, math.inf) if wave is None else (_midnight(wave.start), _midnight(wave.end + timedelta(days=1)))
    mine = submissions[(submissions["received"] >= begin) & (submissions["received"] < end)]
    reached = backend.reached(int(begin))
    return Live(
        wave="" if wave is None else wave.title,
        hours=_hours(mine),
        places=_places(study, mine),
        steps=_steps(study, reached),
        total=len(mine),
        waiting=int((submissions["number"] > position_of(study, backend).number).sum()),
        held=int(submissions["flags"].str.contains(HELD, regex=False).sum()),
        withdrawn=len(backend.erased()),
        declined=sum(one.count for one in reached if one.question == DECLINED),
        damaged=len(set_apart(backend)),
        faults=faults(backend.reached(int((now - RECENT).timestamp() * 1000))),
        days=None if wave is None else (wave.start, wave.end),
    )


def fieldwork(study: Study, now: datetime) -> Wave | None:
    """Return the monitored wave: the one online now, else the last online one that has begun."""
    today = now.astimezone(CHINA).date()
    begun = [wave for wave in study.waves if ONLINE in wave.modes and wave.start <= today]
    return next((wave for wave in begun if today <= wave.end), begun[-1] if begun else None)


def _midnight(day: date) -> int:
    """Return milliseconds since 1970 at the start of a day in Beijing."""
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)


def _hours(submissions: pd.DataFrame) -> pd.DataFrame:
    hour = (submissions["received"] // HOUR).rename("hour")
    count = submissions.groupby([hour, submissions["mode"]]).size().reset_index(name="answers")
    begin = [datetime.fromtimestamp(int(one) * HOUR / 1000, CHINA).replace(tzinfo=None) for one in count["hour"]]
    return count.assign(hour=pd.to_datetime(pd.Series(begin, dtype="datetime64[us]")))


def _places(study: Study, submissions: pd.DataFrame) -> pd.DataFrame:
    """Return every community of the frame, including those without submissions."""
    count = submissions["place"].value_counts()
    frame = study.areas.frame[["psu", "district", "street", "community"]].copy()
    frame["answers"] = count.reindex(frame["psu"], fill_value=0).to_numpy(dtype="int64")
    frame["target"] = float(collect_settings(study).quota or "nan")
    return frame


def _steps(study: Study, reached: Sequence[Reached]) -> pd.DataFrame:
    """Return drop-out by question. The form reports progress once per page; a submission implies all questions."""
    stops = {one.question: one.count - one.finished for one in reached}
    order = [(CONSENT, "同意填写"), *((one.name, one.title) for one in study.questionnaire.questions)]
    rows = []
    further = sum(one.finished for one in reached)
    for name, label in reversed(order):
        stopped = stops.get(name, 0)
        further += stopped
        rows.append((name, label, further, stopped))
    return pd.DataFrame(reversed(rows), columns=["question", "label", "reached", "left"])
