"""Made parts: stored parts with further columns that are made from stored ones when they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pyarrow as pa

from analysis.design.counts.numbered_rows import Read


class Part(Protocol):
    """A part of the responses, see `survey.storage.stored_parts.StoredPart`."""

    @property
    def wave(self) -> str:
        """The wave of all its rows."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Its columns."""
        ...

    @property
    def identity(self) -> str:
        """Its path with the checksums that its content may have; "" where none is known."""
        ...

    @property
    def rows(self) -> int:
        """The number of its responses."""
        ...

    def pieces(self, most: int) -> Sequence[Part]:
        """Return it cut into pieces of at most `most` responses, or of one row group."""
        ...

    def read(self, columns: Sequence[str], /) -> pa.Table:
        """Return some columns of its rows."""
        ...


@dataclass(frozen=True, slots=True)
class Making:
    """How columns of whole numbers are made.

    Attributes:
        names: the columns.
        reader: from how stored columns are read to how these and the made ones are.
    """

    names: tuple[str, ...]
    reader: Callable[[Read], Read]


@dataclass(frozen=True)
class MadePart:
    """A part with made columns.

    Attributes:
        part: the part.
        making: the columns.
    """

    part: Part
    making: Making

    @property
    def wave(self) -> str:
        """Return the wave of all its rows."""
        return self.part.wave

    @property
    def schema(self) -> pa.Schema:
        """Return its columns, the made ones last."""
        return pa.schema([*self.part.schema, *(pa.field(name, pa.int8()) for name in self.making.names)])

    @property
    def identity(self) -> str:
        """Return that of the part."""
        return self.part.identity

    @property
    def rows(self) -> int:
        """Return the number of its responses."""
        return self.part.rows

    def pieces(self, most: int) -> Sequence[MadePart]:
        """Return it cut into pieces, see `StoredPart.pieces`."""
        return [MadePart(piece, self.making) for piece in self.part.pieces(most)]

    @cached_property
    def read(self) -> Read:
        """Return how to read its columns; what the reader keeps serves all of them."""
        return self.making.reader(self.part.read)
