"""Kept flags: what the checks of single answers found in a wave and mode; only new answers are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.integrity.sums.usual import Usual
from reports.counted.kept_arrays import Arrays, keep_arrays, read_latest
from reports.fieldwork.kept.norms import kept_norms
from reports.fieldwork.kept.round_parts import RoundParts, chain, digest_of
from reports.fieldwork.kept.usual import packed_models, usual_digest
from survey.quality import effort_checks
from survey.quality.careless import WATCH
from survey.quality.check import Context
from survey.quality.duplicates import SENDERS, Marks, halves, marks_of, senders_of, shared, twins
from survey.quality.effort.graded import GradedScale
from survey.quality.effort.norms import Norms
from survey.quality.effort.person_fit import Levels
from survey.quality.flag_groups import Count, group_counts
from survey.quality.registry import CHECKS, run_checks
from survey.quality.sheet import ResponseSheet
from survey.storage.files import CELLS

KEPT = 12
EDITION = 1
"""Increment when a check of single answers is made in another way."""
GROWN = 0.02
"""Share of new answers from which the flags are kept anew; fewer are checked again as fast as a file is written."""
ALONE = {name: check for name, check in CHECKS.items() if check.alone}
NAMES = tuple(CHECKS)
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MARKS = ("group", "submitted", "sums", "given", "filled")


@dataclass(frozen=True, slots=True)
class Flagged:
    """The flags of a wave and mode, answers numbered in the order in which they were stored.

    Attributes:
        row: [F] answer of each flag of the checks that look at one answer by itself.
        check: [F] position of the check in `NAMES`.
        value: [F] what it measured.
        marks: what duplicates are found by.
        sender: [N, 2] device and address.
        twin: ascending, answers with a twin before them.
        share: of equal answers of each.
        groups: careless answers by kind of people.
        hasty: answers in less than `WATCH` of the usual time.
    """

    row: Ints
    check: Ints
    value: Floats
    marks: Marks
    sender: Ints
    twin: Ints
    share: Floats
    groups: tuple[Count, ...]
    hasty: int

    def __len__(self) -> int:
        """Return the number of answers."""
        return len(self.sender)

    def table(self) -> pd.DataFrame:
        """Return row, check, value, hint of every flag, in the order of the answers and of the checks."""
        most = shared(self.sender)
        sender = np.flatnonzero(most > 1)
        row = np.concatenate([self.row, self.twin, sender])
        value = np.concatenate([self.value, self.share, most[sender]])
        across = (("duplicate", self.twin), ("sender", sender))
        check = np.concatenate([self.check, *(np.full(len(rows), NAMES.index(name)) for name, rows in across)])
        order = np.lexsort((check, row))
        names = [NAMES[at] for at in check[order].tolist()]
        hints = np.array([CHECKS[name].hint for name in names], dtype=np.bool_)
        return pd.DataFrame({"row": row[order], "check": names, "value": value[order], "hint": hints})


def kept_flagged(parts: RoundParts, *, keep: bool) -> Flagged:
    """Return the flags, of which only those of new parts are made.

    Args:
        parts: the answers.
        keep: whether files are read and written.
    """
    kept, start = read_latest(_paths(parts)) if keep else (None, 0)
    known = None if kept is None else _unpacked(kept)
    if known is not None and start == len(parts.parts):
        return known
    checking = Checking(parts, kept_norms(parts, keep=keep), [] if known is None else [known])
    for batch in parts.batches(start, checking.columns):
        checking.add(batch.sheet)
    found = checking.found()
    if keep and len(found) - (0 if known is None else len(known)) > GROWN * len(found):
        _keep(parts, found)
    return found


def checking_ahead(parts: RoundParts, usual: Usual) -> Checking | None:
    """Return what checks all answers of a wave while a run reads them to measure them; None where flags are kept.

    Args:
        parts: the answers.
        usual: what they are measured against; its models are those of the norms.
    """
    if any(path.exists() for path in _paths(parts)):
        return None
    norms = kept_norms(parts, keep=True)
    return Checking(parts, norms, shared=_same(norms.models, usual.models))


def _same(some: Sequence[GradedScale], others: Sequence[GradedScale]) -> bool:
    """Return whether models are the same, bit for bit."""
    first, second = packed_models(some), packed_models(others)
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def _columns(parts: RoundParts) -> list[str]:
    """Return the columns that the checks of single answers read beside those of all checks."""
    known = parts.parts[0].schema.names if parts.parts else []
    return [name for name in (*parts.study.questionnaire.roles, *SENDERS) if name in known]


def _paths(parts: RoundParts) -> list[Path]:
    """Return the files of the flags of the first part, of the first two, ..., and of all."""
    start = digest_of(EDITION, usual_digest(parts), _columns(parts), parts.study.waves)
    folder = parts.study.root / "store" / CELLS
    return [folder / f"{digest}.flagged" for digest in chain(start, parts.identities)[1:]]


def _keep(parts: RoundParts, found: Flagged) -> None:
    keep_arrays(_paths(parts)[-1], _packed(found), "*.flagged", KEPT)


@dataclass(slots=True)
class Checking:
    """Checks of the answers of a wave and mode, some at a time.

    Attributes:
        parts: the answers.
        norms: what they are measured against.
        some: flags of earlier answers, then of those that were added.
        shared: whether graded items that others have made have the models of the norms.
        weights: of the columns, see `halves`.
    """

    parts: RoundParts
    norms: Norms
    some: list[Flagged] = field(default_factory=list)
    shared: bool = False
    weights: tuple[Ints, Ints] | None = None
    _old: int = field(init=False)

    def __post_init__(self) -> None:
        self._old = sum(map(len, self.some))

    @property
    def columns(self) -> list[str]:
        """Return the columns to read beside those of all checks."""
        return _columns(self.parts)

    def add(self, sheet: ResponseSheet, fitted: Levels | None = None) -> None:
        """Check some answers; `fitted` are their graded items, where somebody has made them."""
        self.some.append(_checked(self.parts, sheet, self.norms, fitted if self.shared else None))
        self.weights = halves(sheet)

    def found(self) -> Flagged:
        """Return the flags of all answers."""
        joined = _joined(self.some)
        return joined if self.weights is None else _with_twins(joined, self._old, self.weights)

    def keep(self) -> None:
        """Keep the flags of all answers."""
        _keep(self.parts, self.found())


def _with_twins(joined: Flagged, old: int, weights: tuple[Ints, Ints]) -> Flagged:
    """Return the flags with the twins of new answers, those after the first `old`."""
    affected = np.flatnonzero(np.isin(joined.marks.group, np.unique(joined.marks.group[old:])))
    twin, share = twins(joined.marks.some(affected), weights)
    rest = np.isin(joined.twin, affected, invert=True)
    twin, share = np.concatenate([joined.twin[rest], affected[twin]]), np.concatenate([joined.share[rest], share])
    order = np.argsort(twin)
    return replace(joined, twin=twin[order], share=share[order])


def _checked(parts: RoundParts, sheet: ResponseSheet, norms: Norms, fitted: Levels | None) -> Flagged:
    """Return the flags of some answers by themselves."""
    context = Context(sheet, parts.study.areas, parts.study.waves, norms, fitted)
    found, careless = list(run_checks(context, ALONE)), np.zeros(len(sheet), dtype=np.bool_)
    for name, rows, _ in found:
        careless[rows] |= name in effort_checks.CHECKS
    return Flagged(
        row=np.concatenate([rows for _, rows, _ in found]),
        check=np.concatenate([np.full(len(rows), NAMES.index(name)) for name, rows, _ in found]),
        value=np.concatenate([values for _, _, values in found]),
        marks=marks_of(sheet),
        sender=senders_of(sheet),
        twin=np.zeros(0, dtype=np.int64),
        share=np.zeros(0),
        groups=tuple(group_counts(sheet, careless)),
        hasty=int((context.pace < WATCH).sum()),
    )


def _joined(some: Sequence[Flagged]) -> Flagged:
    """Return flags together, answers numbered on."""
    first = np.cumsum([0, *(len(one) for one in some)])
    groups: dict[tuple[str, str], tuple[int, int]] = {}
    for kind, group, n, flagged in (count for one in some for count in one.groups):
        before = groups.get((kind, group), (0, 0))
        groups[kind, group] = before[0] + n, before[1] + flagged
    return Flagged(
        row=np.concatenate([one.row + at for one, at in zip(some, first, strict=False)]),
        check=np.concatenate([one.check for one in some]),
        value=np.concatenate([one.value for one in some]),
        marks=Marks(*(np.concatenate([getattr(one.marks, name) for one in some]) for name in MARKS)),
        sender=np.concatenate([one.sender for one in some]),
        twin=np.concatenate([one.twin + at for one, at in zip(some, first, strict=False)]),
        share=np.concatenate([one.share for one in some]),
        groups=tuple((*key, *counts) for key, counts in groups.items()),
        hasty=sum(one.hasty for one in some),
    )


def _packed(found: Flagged) -> Arrays:
    arrays = {name: getattr(found, name) for name in ("row", "check", "value", "sender", "twin", "share")}
    arrays |= {name: getattr(found.marks, name) for name in MARKS}
    return Arrays(arrays, {"groups": found.groups, "hasty": found.hasty})


def _unpacked(kept: Arrays) -> Flagged:
    own = dict(kept.arrays)
    marks = Marks(*(own.pop(name) for name in MARKS))
    groups = tuple((str(kind), str(group), int(n), int(flagged)) for kind, group, n, flagged in kept.meta["groups"])
    return Flagged(**own, marks=marks, groups=groups, hasty=int(kept.meta["hasty"]))
