"""What is coming in: answers an hour and a place, and how far people get.

Reads the inbox and changes nothing. Counts only; no answer of a single person leaves here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pandas as pd

from survey.collect.drain import HELD
from survey.collect.drain_state import position_of
from survey.collect.inbox.inbox import Backend, Reached
from survey.collect.set_aside import set_apart
from survey.collect.settings import CHINA, collect_settings
from survey.study.study import Study, Wave

HOUR = 3_600_000
CONSENT = "consent"
DECLINED = "declined"
ONLINE = "online"


@dataclass(frozen=True)
class Live:
    """The state of the fieldwork of one wave.

    Attributes:
        wave: title of the wave, "" before the first.
        hours: hour (Beijing time, naive), mode, answers.
        places: psu, district, street, community, answers, target (NaN where no quota is set).
        steps: question, label, reached (people who got there, or further), left (not further, and nothing sent).
        total: answers of the wave in the inbox.
        waiting, held, withdrawn: of all waves: not yet in the store, held back, withdrawn.
        declined: people who read the notice and said no.
        damaged: of all waves: acknowledged, and not what was acknowledged any more.
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


def live(study: Study, backend: Backend, letters: pd.DataFrame, now: datetime | None = None) -> Live:
    """Count what is in the inbox. Quota and drop-out are those of a wave, so earlier waves are not among the counts.

    Args:
        study: frame and questionnaire.
        backend: its inbox.
        letters: of `Arrivals.look`.
        now: an aware time; the present when None.
    """
    wave = fieldwork(study, now or datetime.now(CHINA))
    begin, end = (0, math.inf) if wave is None else (_midnight(wave.start), _midnight(wave.end + timedelta(days=1)))
    mine = letters[(letters["received"] >= begin) & (letters["received"] < end)]
    reached = backend.reached(int(begin))
    return Live(
        wave="" if wave is None else wave.title,
        hours=_hours(mine),
        places=_places(study, mine),
        steps=_steps(study, reached),
        total=len(mine),
        waiting=int((letters["number"] > position_of(study, backend).number).sum()),
        held=int(letters["flags"].str.contains(HELD, regex=False).sum()),
        withdrawn=len(backend.erased()),
        declined=sum(one.count for one in reached if one.question == DECLINED),
        damaged=len(set_apart(backend)),
    )


def fieldwork(study: Study, now: datetime) -> Wave | None:
    """The wave that is watched: the one online now, else the last online one that has begun."""
    today = now.astimezone(CHINA).date()
    begun = [wave for wave in study.waves if ONLINE in wave.modes and wave.start <= today]
    return next((wave for wave in begun if today <= wave.end), begun[-1] if begun else None)


def _midnight(day: date) -> int:
    """Milliseconds since 1970 at the begin of a day in Beijing."""
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)


def _hours(letters: pd.DataFrame) -> pd.DataFrame:
    hour = (letters["received"] // HOUR).rename("hour")
    count = letters.groupby([hour, letters["mode"]]).size().reset_index(name="answers")
    begin = [datetime.fromtimestamp(int(one) * HOUR / 1000, CHINA).replace(tzinfo=None) for one in count["hour"]]
    return count.assign(hour=pd.to_datetime(pd.Series(begin, dtype="datetime64[us]")))


def _places(study: Study, letters: pd.DataFrame) -> pd.DataFrame:
    """Every community of the frame, also those from which nothing has come."""
    count = letters["place"].value_counts()
    frame = study.areas.frame[["psu", "district", "street", "community"]].copy()
    frame["answers"] = count.reindex(frame["psu"], fill_value=0).to_numpy(dtype="int64")
    frame["target"] = float(collect_settings(study).quota or "nan")
    return frame


def _steps(study: Study, reached: Sequence[Reached]) -> pd.DataFrame:
    """Who got how far. The form tells it once a page; who has sent the answers has been everywhere."""
    stops = {one.question: one.count - one.finished for one in reached}
    order = [(CONSENT, "同意填写"), *((one.name, one.title) for one in study.questionnaire.questions)]
    rows = []
    further = sum(one.finished for one in reached)
    for name, label in reversed(order):
        stopped = stops.get(name, 0)
        further += stopped
        rows.append((name, label, further, stopped))
    return pd.DataFrame(reversed(rows), columns=["question", "label", "reached", "left"])
