"""Bursts: many answers from one device or network within ten minutes. A hint: nothing is excluded by it."""

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
"""Milliseconds of the burst report: ten minutes."""
MANY = 12
"""So many answers of one device or address within the window are worth a look, and no more than that."""
SHOWN = 100
"""Largest bursts that are told."""
OPENED = 2_000
"""Letters of a burst that are opened to see whether their answers are the same."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Many answers from one source in ten minutes. A school, an office, a service hall look the same: a hint only.

    Attributes:
        source: "device" or "address".
        mark: keyed hash, tells nothing but that it is the same.
        start: of the first answer.
        answers: within the window.
        places: different places among them.
        same: share of answers that equal another one among them (of the first `OPENED`), 0 to 1.
    """

    source: str
    mark: str
    start: datetime
    answers: int
    places: int
    same: float


def bursts(letters: pd.DataFrame, backend: Backend, *, many: int = MANY) -> tuple[Burst, ...]:
    """Sources with at least `many` answers within ten minutes, largest first, at most `SHOWN`.

    Args:
        letters: of `Arrivals.look`.
        backend: the inbox they are in.
        many: fewest answers.
    """
    peaks = []
    for source in ("device", "address"):
        marked = letters[letters[source] != ""]
        peaks += [(source, marked.iloc[rows]) for rows in _peaks(marked, source, many)]
    peaks.sort(key=lambda peak: -len(peak[1]))
    return tuple(_burst(source, letters, backend) for source, letters in peaks[:SHOWN])


def _peaks(marked: pd.DataFrame, source: str, many: int) -> Iterator[Ints]:
    """Rows of the fullest ten minutes of every source that has `many` answers in them."""
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


def _burst(source: str, letters: pd.DataFrame, backend: Backend) -> Burst:
    start = datetime.fromtimestamp(int(letters["received"].iloc[0]) / 1000, CHINA).replace(tzinfo=None)
    bodies = backend.bodies(letters["number"].tolist()[:OPENED])
    places = letters["place"].nunique(dropna=False)
    return Burst(source, str(letters[source].iloc[0]), start, len(letters), int(places), _same(bodies))


def _same(bodies: Sequence[bytes]) -> float:
    """Share of bodies whose answers equal those of another one."""
    count = Counter(hashlib.blake2b(orjson.dumps(orjson.loads(body)["answers"])).digest() for body in bodies)
    return sum(n for n in count.values() if n > 1) / len(bodies) if bodies else 0.0
