"""Bursts: many submissions from one device or network within ten minutes. A hint that excludes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from survey.collect.inbox.inbox import Backend
from survey.collect.settings import CHINA

Ints = npt.NDArray[np.int64]
WINDOW = 600_000
"""Window of the burst report, milliseconds: ten minutes."""
MANY = 12
"""Minimum number of submissions of one device or address within the window."""
SHOWN = 100
"""Number of bursts reported, largest first."""
OPENED = 2_000
"""Number of submissions of a burst whose answers are compared."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Many submissions from one source in ten minutes; a hint only, since a school or an office looks the same.

    Attributes:
        source: "device" or "address".
        mark: keyed hash, which only shows that the source is the same.
        start: time of the first submission.
        answers: number of submissions within the window.
        places: number of different places among them.
        same: share of submissions equal to another one among them (of the first `OPENED`), in [0, 1].
    """

    source: str
    mark: str
    start: datetime
    answers: int
    places: int
    same: float


def bursts(submissions: pd.DataFrame, backend: Backend, *, many: int = MANY) -> tuple[Burst, ...]:
    """Return sources with at least `many` submissions within ten minutes, largest first, at most `SHOWN`.

    Args:
        submissions: from `Arrivals.look`.
        backend: their inbox.
        many: minimum number of submissions.
    """
    peaks = []
    for source in ("device", "address"):
        marked = submissions[submissions[source] != ""]
        peaks += [(source, marked.iloc[rows]) for rows in _peaks(marked, source, many)]
    peaks.sort(key=lambda peak: -len(peak[1]))
    return tuple(_burst(source, submissions, backend) for source, submissions in peaks[:SHOWN])


def _peaks(marked: pd.DataFrame, source: str, many: int) -> Iterator[Ints]:
    """Yield the rows of the busiest ten minutes of every source with at least `many` submissions in them."""
    moment = marked["received"].to_numpy()
    if not len(moment):
        return
    code = pd.factorize(marked[source])[0].astype(np.int64)
    order = np.lexsort((moment, code))
    code, moment = code[order], moment[order] - moment.min()
    key = code * (moment.max() + WINDOW + 1) + moment
    first = np.searchsorted(key, key - WINDOW)
    length = np.arange(len(key)) + 1 - first
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    ends = np.append(starts[1:], len(key))
    for group in np.flatnonzero(np.maximum.reduceat(length, starts) >= many):
        last = int(starts[group] + np.argmax(length[starts[group] : ends[group]]))
        yield order[first[last] : last + 1]


def _burst(source: str, submissions: pd.DataFrame, backend: Backend) -> Burst:
    start = datetime.fromtimestamp(int(submissions["received"].iloc[0]) / 1000, CHINA).replace(tzinfo=None)
    bodies = backend.bodies(submissions["number"].tolist()[:OPENED])
    places = submissions["place"].nunique(dropna=False)
    return Burst(source, str(submissions[source].iloc[0]), start, len(submissions), int(places), _same(bodies))


def _same(bodies: Sequence[bytes]) -> float:
    """Return the share of bodies whose answers equal those of another one."""
    count = Counter(hashlib.blake2b(orjson.dumps(orjson.loads(body)["answers"])).digest() for body in bodies)
    return sum(n for n in count.values() if n > 1) / len(bodies) if bodies else 0.0
