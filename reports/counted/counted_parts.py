"""Counted parts: the responses of stored parts, summed by cell, some parts or slices of parts at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from analysis.design.counts.counted_rows import CountedRows, count_rows
from analysis.design.counts.numbered_rows import Read
from reports.counted.definition import Definition
from reports.counted.made_parts import Part

LARGE_PART = 20_000
"""Responses from which a part is read column by column; fewer are read faster in one go."""
SLICE = 500_000
"""Responses of large parts that are in memory together; fewer take less memory, and columns are opened more often."""
TOGETHER = 1_000_000
"""Responses up to which small parts are read in one go."""


class UncountableError(Exception):
    """Responses that only `analysis.design.cube.build_cells` can sum, or refuse with the reason."""


def count_parts(parts: Sequence[Part], definition: Definition) -> Iterator[CountedRows]:
    """Count the responses of parts, some parts together.

    Raises:
        UncountableError: only `analysis.design.cube.build_cells` can sum them.
        DamagedError: a part is missing or corrupt.
    """
    small = [part for part in parts if 0 < part.rows < LARGE_PART]
    together = sum(part.rows for part in small) <= TOGETHER
    large = [part for part in parts if part.rows >= (LARGE_PART if together else 1)]
    if large:
        yield count([_joined(some) for some in _slices(large)], definition)
    if small and together:
        whole = _joined(small)(definition.stored)
        yield count([lambda columns: whole.select(list(columns))], definition)


def _slices(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield parts, and pieces of the largest, in slices that are read column by column."""
    some, rows = list[Part](), 0
    for piece in (piece for part in parts for piece in part.pieces(SLICE)):
        if some and rows + piece.rows > SLICE:
            yield some
            some, rows = [], 0
        some.append(piece)
        rows += piece.rows
    yield some


def _joined(parts: Sequence[Part]) -> Read:
    """Return how to read columns of some parts as one table."""
    if len(parts) == 1:
        return parts[0].read
    return lambda columns: pa.concat_tables([part.read(columns) for part in parts])


def count(reads: Sequence[Read], definition: Definition) -> CountedRows:
    """Count the responses of slices.

    Raises:
        UncountableError: see `count_parts`.
    """
    found = count_rows(reads, definition.keys, definition.weight, definition.scale, definition.rates)
    if found is None:
        raise UncountableError
    return found
