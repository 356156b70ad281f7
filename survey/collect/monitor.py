"""What is coming in: answers an hour and a place, how far people get, and what looks like a burst.

Reads the inbox and changes nothing. Counts only; no answer of a single person leaves here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from survey.collect.drain import HELD
from survey.collect.position import position_of
from survey.collect.settings import CHINA, collect_settings
from survey.inbox import Backend, Envelope, Reached
from survey.study import Study, Wave

PAGE = 5000
HOUR = 3_600_000
WINDOW = 600_000
"""Milliseconds of the burst report: ten minutes."""
MANY = 12
"""So many answers of one device or address within the window are worth a look, and no more than that."""
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


def live(study: Study, backend: Backend, now: datetime | None = None) -> Live:
    """Count what is in the inbox. A quota is one of a wave, so answers of earlier waves are not among its counts.

    Args:
        study: frame and questionnaire.
        backend: its inbox.
        now: an aware time; the present when None.
    """
    everything = list(_envelopes(backend))
    wave = fieldwork(study, now or datetime.now(CHINA))
    letters = everything if wave is None else [letter for letter in everything if _within(letter, wave)]
    drained = position_of(study, backend).number
    reached = backend.reached()
    return Live(
        wave="" if wave is None else wave.title,
        hours=_hours(letters),
        places=_places(study, letters),
        steps=_steps(study, reached),
        total=len(letters),
        waiting=sum(letter.number > drained for letter in everything),
        held=sum(HELD in letter.flags for letter in everything),
        withdrawn=len(backend.withdrawn(0)),
        declined=sum(one.count for one in reached if one.question == DECLINED),
    )


def fieldwork(study: Study, now: datetime) -> Wave | None:
    """The wave that is watched: the one online now, else the last online one that has begun."""
    today = now.astimezone(CHINA).date()
    begun = [wave for wave in study.waves if ONLINE in wave.modes and wave.start <= today]
    return next((wave for wave in begun if today <= wave.end), begun[-1] if begun else None)


def _within(letter: Envelope, wave: Wave) -> bool:
    return wave.start <= datetime.fromtimestamp(letter.received / 1000, CHINA).date() <= wave.end


def _envelopes(backend: Backend) -> Iterator[Envelope]:
    after = 0
    while found := backend.envelopes(after, PAGE):
        yield from found
        after = found[-1].number


def _hours(letters: Sequence[Envelope]) -> pd.DataFrame:
    count = Counter((letter.received // HOUR, letter.mode) for letter in letters)
    rows = [
        (datetime.fromtimestamp(hour * HOUR / 1000, CHINA).replace(tzinfo=None), mode, n)
        for (hour, mode), n in sorted(count.items())
    ]
    return pd.DataFrame(rows, columns=["hour", "mode", "answers"])


def _places(study: Study, letters: Sequence[Envelope]) -> pd.DataFrame:
    """Every community of the frame, also those from which nothing has come."""
    count = Counter(letter.place for letter in letters)
    frame = study.areas.frame[["psu", "district", "street", "community"]].copy()
    frame["answers"] = [count.get(int(psu), 0) for psu in frame["psu"]]
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


@dataclass(frozen=True, slots=True)
class Burst:
    """Many answers from one source in ten minutes. A school, an office, a service hall look the same: a hint only.

    Attributes:
        source: "device" or "address".
        mark: keyed hash, tells nothing but that it is the same.
        start: of the first answer.
        answers: within the window.
        places: different places among them.
        same: share of answers that equal another one among them, 0 to 1.
    """

    source: str
    mark: str
    start: datetime
    answers: int
    places: int
    same: float


def bursts(backend: Backend, *, many: int = MANY) -> tuple[Burst, ...]:
    """Sources with at least `many` answers within ten minutes, largest first. Nothing is excluded by this."""
    found = []
    letters = list(_envelopes(backend))
    for source in ("device", "address"):
        groups: dict[str, list[Envelope]] = defaultdict(list)
        for letter in letters:
            if mark := getattr(letter, source):
                groups[mark].append(letter)
        found += [_burst(source, mark, peak) for mark, group in groups.items() if len(peak := _peak(group)) >= many]
    return tuple(sorted(found, key=lambda burst: -burst.answers))


def _peak(group: Sequence[Envelope]) -> Sequence[Envelope]:
    """The fullest ten minutes of a source."""
    ordered = sorted(group, key=lambda letter: letter.received)
    best: Sequence[Envelope] = ()
    start = 0
    for end, letter in enumerate(ordered):
        while letter.received - ordered[start].received > WINDOW:
            start += 1
        if end + 1 - start > len(best):
            best = ordered[start : end + 1]
    return best


def _burst(source: str, mark: str, letters: Sequence[Envelope]) -> Burst:
    start = datetime.fromtimestamp(letters[0].received / 1000, CHINA).replace(tzinfo=None)
    places = {letter.place for letter in letters}
    return Burst(source, mark, start, len(letters), len(places), _same(letter.answers for letter in letters))


def _same(answers: Iterable[str]) -> float:
    count = Counter(answers)
    total = sum(count.values())
    return sum(n for n in count.values() if n > 1) / total if total else 0.0
