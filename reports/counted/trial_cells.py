"""Cells of responses that are left out on trial, kept beside the others so that those of new parts alone are read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.counts.layout import CountedSet, Term
from reports.counted.counted_parts import count
from reports.counted.definition import KEEP_FROM, Definition
from reports.counted.kept_cells import keep_cells, kept_files
from reports.counted.made_parts import Part
from reports.counted.some_rows import SomeRows

ASIDE = "aside"
"""What names the files of such responses, beside their wave."""
Places: TypeAlias = "pa.Array | npt.NDArray[np.int64]"
"""Positions of some responses in a part."""
FindRows = Callable[[Part], Places]
"""Returns the positions of some responses of a part."""


def places_of(part: Part, names: Collection[str]) -> Places:
    """Return where the responses with some ids lie in a part."""
    ids = part.read(["response_id"])["response_id"]
    found: Places = pc.indices_nonzero(pc.is_in(ids, pa.array(names, pa.string())))
    return found


def terms_without(store: Path, parts: Sequence[Part], definition: Definition, gone: FindRows) -> Iterator[Term]:
    """Yield the terms by which responses of a wave are taken away; those of large parts are kept.

    New answers leave most of what checks flag as it is, and reading it takes longer than all other numbers of a trial.
    """
    large, small = list[SomeRows](), list[SomeRows]()
    for part in parts:
        some = SomeRows(part, gone(part))
        if len(some.places):
            (large if part.identity and part.rows >= KEEP_FROM else small).append(some)
    if large:
        yield Term(-1, _kept(store, f"{parts[0].wave}\n{ASIDE}", large, definition))
    yield from (Term(-1, count([one.reader(definition)], definition)) for one in small)


def _kept(store: Path, wave: str, some: Sequence[SomeRows], definition: Definition) -> CountedSet:
    names = [_name_of(one) for one in some]
    for file in kept_files(store, definition, wave):
        if file.parts == set(names) and (kept := file.open(definition)) is not None:
            return kept
    counted = count([one.reader(definition) for one in some], definition)
    with suppress(OSError):
        keep_cells(store, definition, wave, counted, names)
    return counted


def _name_of(some: SomeRows) -> str:
    """Return what tells some responses from others: the identity of their part, and a digest of their positions."""
    return f"{some.part.identity}#{hashlib.sha256(np.asarray(some.places, dtype=np.int64).tobytes()).hexdigest()}"
