"""Matched texts: which stored texts a response of a version carries, found once for all questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from survey.storage.parquet import part_files, read_parts

Rows = npt.NDArray[np.int32]
_KEY = ("import_id", "response_id")


def matched_texts(texts: DeltaTable, responses: DeltaTable, waves: Sequence[str] | None) -> tuple[Rows, Rows]:
    """Return the rows of the texts that belong to a response, and the row of each one's response; both read-only.

    A text counts only where a response has its id and its import, so what a killed import has left does not.

    Args:
        texts: the table of texts.
        responses: the responses of a version.
        waves: which waves are read of both, all when None.
    """
    return _matched(_Pair(texts, responses), None if waves is None else tuple(waves))


class _Pair:
    """Two tables, equal to others of the same files."""

    def __init__(self, texts: DeltaTable, responses: DeltaTable) -> None:
        self.texts, self.responses = texts, responses
        self._stamp = tuple(_stamp(file) for table in (texts, responses) for file in part_files(table))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pair) and self._stamp == other._stamp

    def __hash__(self) -> int:
        return hash(self._stamp)


def _stamp(file: str) -> tuple[str, int, int]:
    """Return what changes with a file; a lost one differs from what it was, and is named by whoever reads it."""
    try:
        found = Path(file).stat()
    except OSError:
        return file, 0, 0
    return file, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _matched(pair: _Pair, waves: tuple[str, ...] | None) -> tuple[Rows, Rows]:
    keys = (_key(read_parts(table, columns=_KEY, waves=waves)) for table in (pair.texts, pair.responses))
    at = pc.index_in(next(keys), value_set=next(keys)).combine_chunks()
    found = np.flatnonzero(at.is_valid()).astype(np.int32), at.drop_null().to_numpy().astype(np.int32)
    for rows in found:
        rows.flags.writeable = False
    return found


def _key(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*(rows[name] for name in _KEY), " ")
