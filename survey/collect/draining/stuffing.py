"""Ballot stuffing: submissions of the open form that arrive as people cannot send them.

Evidence is what the server itself saw: when a form was first heard of, when it was sent, and from which network and
block of addresses (keyed hashes). A form that was sent without ever being opened here, or faster than the study's
`minimum_seconds`, is called unseen. One unseen submission means nothing (an old phone, a lost note); they are
suspicious in numbers that neither the wave's rhythm nor other networks show. What the phone says about duration,
device or place is not used. People behind one address (an office, a carrier) open their forms, so any number of them
stays countable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtrc, pdtrc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Digests = Callable[[Ints], Ints]
"""Numbers of submissions -> a hash of the answers of each."""

HOUR = 3_600_000
WINDOWS = (10_000, 60_000, 600_000, HOUR)
"""Lengths of the windows in which arrivals are counted, milliseconds."""
RATE = 300 / HOUR
"""Unseen submissions a millisecond that one source may send without suspicion: 300 an hour."""
CROWD = 30
"""A source may send this many times as fast where the forms were seen: 9,000 an hour."""
TAIL = 1e-9
"""Probability below which a count is no coincidence; a wave has up to a million windows."""
FEW = 30
"""Fewer submissions of a source are never judged; fewer from small networks are no basis for comparison."""
SMALL = 5
"""A network with at most so many submissions is one household or office; these show what honest forms look like."""
USUAL = 0.1
"""Least share of unseen forms that is taken to be usual."""
AROUND = 600_000
"""Milliseconds before and after a dense window within which the source's unseen submissions belong to it."""
ALIKE = 4
"""People behind one address (a class, an office) may give one set of answers so many times as often as others."""
SAMPLE = 2000
"""Number of submissions of small networks whose answers are compared with."""
REASONS = {
    "dense": "没有打开过问卷或短于最短用时的答卷，比正常节奏密集得多",
    "crowd": "同一网络每分钟交来的份数，人做不到",
    "unseen": "大多没有打开过问卷或短于最短用时，别的网络不是这样",
    "repeat": "同一套答案反复出现，别的网络不是这样",
}
"""What was found, in Chinese."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Submissions of one block of addresses that are set apart.

    Attributes:
        rows: their positions in the table, ascending.
        reasons: keys of `REASONS`.
    """

    rows: Ints
    reasons: frozenset[str]


def unseen_of(table: pd.DataFrame, minimum: int) -> Flags:
    """Return which submissions were sent without being opened, or faster than people answer.

    Args:
        table: `received`, `opened` (milliseconds since 1970; missing where the server did not hear of the form before)
            and `seen` (heard of by an earlier version of the program, which kept no time).
        minimum: shortest credible time, milliseconds.
    """
    opened = table["opened"].to_numpy(dtype=np.float64)
    taken = table["received"].to_numpy(dtype=np.float64) - opened
    measured = np.isfinite(opened) & (taken >= 0)
    return np.asarray(np.where(measured, taken < minimum, ~table["seen"].to_numpy(dtype=bool)))


def suspects(table: pd.DataFrame, unseen: Flags, digests: Digests) -> list[Suspect]:
    """Return the submissions to set apart, by block of addresses.

    Args:
        table: one row a submission: `number`, `received` (ascending), `address` as the receiver keys it.
        unseen: from `unseen_of`.
        digests: hashes the answers of some submissions.
    """
    parts = table["address"].str.partition(".")
    network = pd.factorize(parts[0])[0].astype(np.int64)
    block = pd.factorize(parts[2].where(parts[2] != "", parts[0]))[0].astype(np.int64)
    known = (table["address"] != "").to_numpy()
    view = _View(table["number"].to_numpy(), table["received"].to_numpy(), unseen, _Others.of(network, known))
    found: dict[int, dict[int, set[str]]] = {}
    for source in (network, block):
        for rows in _large(source, known):
            alone = source is network
            for reason, some in _judge(view, rows, digests, alone=alone):
                for row in some.tolist():
                    found.setdefault(int(block[row]), {}).setdefault(row, set()).add(reason)
    return [
        Suspect(np.array(sorted(rows), dtype=np.int64), frozenset().union(*rows.values())) for rows in found.values()
    ]


@dataclass(frozen=True, slots=True)
class _Others:
    """Submissions of small networks, which show how honest forms arrive; none where they are too few."""

    rows: Ints

    @classmethod
    def of(cls, network: Ints, known: Flags) -> _Others:
        size = np.bincount(network, minlength=1)[network]
        rows = np.flatnonzero(known & (size <= SMALL))
        return cls(rows if len(rows) >= FEW else rows[:0])


@dataclass(frozen=True, slots=True)
class _View:
    """All submissions of a scan: numbers, times, which are unseen, and those to compare with."""

    number: Ints
    received: Ints
    unseen: Flags
    others: _Others

    def usual(self) -> float:
        """Return the share of unseen forms in small networks; 1 where these are too few to tell."""
        rows = self.others.rows
        return max(USUAL, float(self.unseen[rows].mean())) if len(rows) else 1.0

    def surge(self, moment: Ints, window: int) -> Floats:
        """Return how much busier than on average small networks are in the window before each moment, at least 1."""
        genuine = self.received[self.others.rows][~self.unseen[self.others.rows]]
        if not len(genuine):
            return np.ones(len(moment))
        span = max(HOUR, int(genuine[-1] - genuine[0]))
        count = np.searchsorted(genuine, moment, "right") - np.searchsorted(genuine, moment - window)
        return np.asarray(np.maximum(1.0, count / max(1.0, len(genuine) * window / span)))


def _large(source: Ints, known: Flags) -> Iterator[Ints]:
    """Yield the rows of each source with enough submissions to be judged, oldest first."""
    rows = np.flatnonzero(known)
    order = rows[np.argsort(source[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(source[order], prepend=-1))
    for some in np.split(order, starts[1:]):
        if len(some) >= FEW:
            yield some


def _judge(view: _View, rows: Ints, digests: Digests, *, alone: bool) -> Iterator[tuple[str, Ints]]:
    """Yield each reason with the submissions of one source that it concerns.

    Args:
        view: all submissions.
        rows: those of the source.
        digests: hashes answers.
        alone: whether the source is one network; a block of a carrier may send any number of seen forms.
    """
    unseen, seen = rows[view.unseen[rows]], rows[~view.unseen[rows]]
    n, k, usual = len(rows), len(unseen), view.usual()
    lost = usual if usual < 1 else USUAL
    yield "dense", _near(view, unseen, view.received[seen], lost / (1 - lost), 1.0)
    if alone:
        yield "crowd", _near(view, rows, view.received[:0], 0.0, CROWD)
    if k >= FEW and usual < 1 and bdtrc(k - 1, n, usual) < TAIL:
        yield "unseen", unseen
    if len(view.others.rows):
        yield "repeat", _repeated(view, rows, digests)


def _near(view: _View, rows: Ints, seen: Ints, lost: float, times: float) -> Ints:
    """Return the rows within `AROUND` of a window with more arrivals than the wave's rhythm allows.

    Args:
        view: all submissions.
        rows: the submissions counted.
        seen: times of seen submissions of the same source.
        lost: unseen submissions to expect for each of them.
        times: multiple of `RATE` allowed.
    """
    moment = view.received[rows]
    dense = np.zeros(len(rows), dtype=bool)
    for window in WINDOWS:
        count = np.arange(len(rows)) + 1 - np.searchsorted(moment, moment - window)
        honest = np.searchsorted(seen, moment, "right") - np.searchsorted(seen, moment - window)
        allowed = times * RATE * window * view.surge(moment, window) + lost * honest
        dense |= pdtrc(count - 1.0, allowed) < TAIL
    marked = moment[dense]
    if not len(marked):
        return rows[:0]
    at = np.searchsorted(marked, moment)
    before = np.abs(moment - marked[np.maximum(at - 1, 0)])
    after = np.abs(marked[np.minimum(at, len(marked) - 1)] - moment)
    near: Ints = rows[np.minimum(before, after) <= AROUND]
    return near


def _repeated(view: _View, rows: Ints, digests: Digests) -> Ints:
    """Return the rows whose answers occur more often from this source than from small networks."""
    others = view.others.rows[:: max(1, len(view.others.rows) // SAMPLE)]
    elsewhere = np.sort(digests(view.number[others]))
    code, at = np.unique(digests(view.number[rows]), return_inverse=True)
    met = np.searchsorted(elsewhere, code, "right") - np.searchsorted(elsewhere, code)
    usual = np.minimum(ALIKE * (met + 2) / (len(others) + 2), 1.0)
    often = bdtrc(np.bincount(at) - 1.0, len(rows), usual) < TAIL
    repeated: Ints = rows[often[at]]
    return repeated
