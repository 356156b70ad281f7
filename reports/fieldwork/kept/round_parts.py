"""Round parts: the stored answers of a wave and mode, part by part in the order in which they were stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reports.counted.held import is_holding
from reports.counted.made_parts import Part
from reports.fieldwork.kept_lights import CALIBRATION, Round
from survey.quality.sheet import ResponseSheet, open_sheet
from survey.storage.stored_parts import StoredPart, stored_parts, storing_times
from survey.study.burst_log import burst_log
from survey.study.responses import column_of
from survey.study.study import Study

COLUMNS = ("psu", "interviewer", "mode", "wave", "submitted", "seconds")
"""What checks of interviewers and areas read beside the answers."""
GROWTH = 1.25
"""Growth of a wave at which what is usual is taken anew."""
TOGETHER = 250_000
"""Answers of small parts that are read in one go."""
AT_ONCE = 49_152
"""Answers that are measured and checked in one go, which takes ten times the room: a multiple of 64, so that matrix
products round each answer as among all of its part."""
HELD = 3
"""Parts, or pieces of that size, that a run holds until they are read again: 45 MB each."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers of some parts, or of a piece of one.

    Attributes:
        parts: their positions.
        points: of each, the codes of the sampling points in which somebody was interviewed, None for unknown ones.
        sheet: the answers.
    """

    parts: tuple[int, ...]
    points: tuple[frozenset[int | None], ...]
    sheet: ResponseSheet


@dataclass(frozen=True)
class RoundParts:
    """The answers of a wave and mode that are checked: all but those of bursts that are held back.

    Attributes:
        study: the study.
        one: which answers.
        parts: the stored parts with some of them, the earliest first.
        held: ids of answers that are held back; empty where all are, which are checked then.
    """

    study: Study
    one: Round
    parts: tuple[StoredPart, ...]
    held: tuple[str, ...]

    @cached_property
    def definition(self) -> str:
        """Return a digest of what decides the sums beside the parts."""
        frame = int(self.study.areas.row_hashes.sum())
        stored = [name for name in self.columns if name in self.parts[0].schema.names] if self.parts else []
        asked = (CALIBRATION, self.study.questionnaire.fingerprint, stored, frame)
        return digest_of(*asked, self.held, self.one.wave, self.one.mode)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the checks read."""
        asked = self.study.questionnaire
        return tuple(dict.fromkeys((*COLUMNS, *(column_of(item, asked) for item in asked.items))))

    @cached_property
    def identities(self) -> tuple[str, ...]:
        """What names each part."""
        return tuple(part.identity or part.path.name for part in self.parts)

    @property
    def rows(self) -> int:
        """The number of answers, those held back included."""
        return sum(part.modes()[self.one.mode] for part in self.parts)

    @cached_property
    def reference(self) -> int:
        """The number of the earliest parts, which decide what is usual.

        They hold the largest power of `GROWTH` that is not above the number of answers, so they stay the same until the
        wave has grown by a quarter. Which they are depends on the stored answers alone.
        """
        sizes = [part.modes()[self.one.mode] for part in self.parts]
        least, total = 1.0, sum(sizes)
        while least * GROWTH <= total:
            least *= GROWTH
        for count in range(1, len(sizes) + 1):
            if sum(sizes[:count]) >= least:
                return count
        return len(sizes)

    def read(self, part: StoredPart, columns: Sequence[str] = ()) -> pa.Table:
        """Return the answers of a part, in the columns of the checks and some more.

        The first run over a wave takes from its answers what is usual, then measures them: a few parts are held for it.
        """
        known = [name for name in (*self.columns, *columns) if name in part.schema.names]
        named = ["response_id"] if self.held else []
        names = list(dict.fromkeys((*known, *named)))
        if (held := self._recent.pop(part, None)) is not None:
            lacking = [name for name in names if name not in held.column_names]
            more = self.mine(part.read([*lacking, "mode", *named])) if lacking else held
            return pa.table({name: (more if name in lacking else held)[name] for name in names})
        found = self.mine(part.read(names))
        if not columns and is_holding() and len(self._recent) < HELD:
            self._recent[part] = found
        return found

    @cached_property
    def _recent(self) -> dict[StoredPart, pa.Table]:
        """Parts that were read once."""
        return {}

    def mine(self, rows: pa.Table) -> pa.Table:
        """Return the rows that are checked; with the columns mode and, where some are held back, response_id."""
        mine = pc.equal(rows["mode"].cast(pa.string()), self.one.mode)
        if self.held:
            mine = pc.and_(mine, pc.invert(pc.is_in(rows["response_id"], pa.array(self.held))))
        return rows if pc.all(mine, skip_nulls=False).as_py() else rows.filter(mine)

    def places(self, part: Part, rows: npt.NDArray[np.int64]) -> pa.Array:
        """Return where some of the answers that are checked, numbered in their order, lie in a stored part."""
        start = 0
        for other in self.parts:
            inside = self._inside(other) if other == part or self.held else None
            size = other.modes()[self.one.mode] if inside is None else len(inside)
            if other == part and inside is not None:
                return pa.array(inside[rows[(rows >= start) & (rows < start + size)] - start])
            start += size
        return pa.array([], pa.int64())

    def _inside(self, part: StoredPart) -> npt.NDArray[np.int64]:
        """Return where the answers that are checked lie in a part."""
        if not self.held and set(part.modes()) == {self.one.mode}:
            return np.arange(part.rows)
        rows = part.read(["mode", *(["response_id"] if self.held else [])])
        return np.asarray(self.mine(rows.append_column("place", pa.array(np.arange(len(rows)))))["place"])

    def batches(self, start: int, columns: Sequence[str] = ()) -> Iterator[Batch]:
        """Yield the answers of the parts from `start` on: some small parts together, or a piece of a large one.

        Args:
            start: position of a part.
            columns: what to read beside the columns of the checks.
        """
        some, size = list[tuple[int, pa.Table]](), 0
        for at in range(start, len(self.parts)):
            for piece in self.parts[at].pieces(TOGETHER):
                for read in _slices(self.read(piece, columns)):
                    if some and size + read.num_rows > AT_ONCE:
                        yield self._batch(some)
                        some, size = [], 0
                    some, size = [*some, (at, read)], size + read.num_rows
        if some:
            yield self._batch(some)

    def _batch(self, some: Sequence[tuple[int, pa.Table]]) -> Batch:
        whole = pa.concat_tables([rows for _, rows in some]).unify_dictionaries()
        points = tuple(_points(rows) for _, rows in some)
        return Batch(tuple(at for at, _ in some), points, open_sheet(whole, self.study.questionnaire))


def _slices(rows: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, max(rows.num_rows, 1), AT_ONCE):
        yield rows.slice(start, AT_ONCE)


def _points(rows: pa.Table) -> frozenset[int | None]:
    return frozenset(pc.unique(rows["psu"].filter(pc.is_valid(rows["interviewer"]))).to_pylist())


def round_parts(study: Study, one: Round) -> RoundParts:
    """Return the parts of a wave and mode."""
    times = storing_times(study.root / "store", one.version)
    found = [part for part in stored_parts(study.root / "store", one.version, (one.wave,)) if one.mode in part.modes()]
    parts = tuple(sorted(found, key=lambda part: (times[part.path.name], part.path.name)))
    held = tuple(sorted(name for wave, name in burst_log(study).held() if wave == one.wave))
    some = RoundParts(study, one, parts, held)
    if held and not any(some.mine(part.read(["mode", "response_id"])).num_rows for part in parts):
        return RoundParts(study, one, parts, ())
    return some


def digest_of(*made_from: Any) -> str:
    """Return a digest of values whose texts tell them apart."""
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]


def chain(start: str, identities: Sequence[str]) -> list[str]:
    """Return for each number of leading parts, from none to all, a digest of them."""
    found = [start]
    for identity in identities:
        found.append(digest_of(found[-1], identity))
    return found
