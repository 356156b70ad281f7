"""Stored parts of the responses of one version, each read by itself and only in the columns asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import DamagedError, StoreError
from survey.storage.integrity.checks import check_parts, path_in_store, promised
from survey.storage.integrity.log import CURE
from survey.storage.open_tables import read_table
from survey.storage.parquet import part_files, wave_of

NAMES = ("wave", "mode", "interviewer", "import_id")
"""Columns of few different texts."""
TOGETHER = 12
"""Columns that are read at a time: what decoding takes beside them is used again for the next ones."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One Parquet part of the responses.

    Attributes:
        path: its file; the name contains the checksum of the content.
        wave: the wave of all its rows.
        schema: columns of the version, in which it is read; older parts lack the newest of them.
        groups: only these row groups of the file; all when None.
    """

    path: Path
    wave: str
    schema: pa.Schema = field(hash=False)
    groups: tuple[int, ...] | None = None

    @property
    def identity(self) -> str:
        """Return its path inside the store with the checksums that its content may have; "" where none is known.

        A rewrite, as at the end of a period of retention, keeps the path and adds a checksum.
        """
        known = sorted(promised(self.path))
        return "|".join((path_in_store(self.path), *known)) if known else ""

    @property
    def rows(self) -> int:
        """Return the number of its responses."""
        return sum(self._group_rows())

    def modes(self) -> Mapping[str | None, int]:
        """Return the number of its responses by mode.

        Raises:
            DamagedError: the part is missing or corrupt.
        """
        found = self.path.stat()
        return _modes_of(self, found.st_mtime_ns, found.st_size)

    def imports(self) -> frozenset[str]:
        """Return the imports that its rows came with.

        Raises:
            DamagedError: the part is missing or corrupt.
        """
        found = self.path.stat()
        return _imports_of(self, found.st_mtime_ns, found.st_size)

    def pieces(self, most: int) -> tuple[StoredPart, ...]:
        """Return the part cut by row groups into pieces of at most `most` responses, or of one row group."""
        pieces, total = list[list[int]](), most + 1
        for at, rows in enumerate(self._group_rows()):
            if total + rows > most:
                pieces.append([])
                total = 0
            pieces[-1].append(at)
            total += rows
        return (self,) if len(pieces) < 2 else tuple(replace(self, groups=tuple(one)) for one in pieces)

    def _group_rows(self) -> list[int]:
        metadata = _metadata(self.path)
        groups = range(metadata.num_row_groups) if self.groups is None else self.groups
        return [int(metadata.row_group(at).num_rows) for at in groups]

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of its rows, NULL where the part lacks a column.

        Names (`NAMES`) come as dictionaries, which takes a tenth of the time; all other columns in the
        types of the version.

        Raises:
            DamagedError: the part is missing or corrupt.
        """
        import pyarrow.parquet as pq

        try:
            metadata = _metadata(self.path)
            held = sorted(set(metadata.schema.names) & set(columns) - {"wave"})
            coded, found = [name for name in held if name in NAMES], dict[str, pa.ChunkedArray]()
            with pa.OSFile(str(self.path)) as source:
                file = pq.ParquetFile(source, metadata=metadata, read_dictionary=coded)
                groups = list(range(metadata.num_row_groups)) if self.groups is None else list(self.groups)
                for start in range(0, len(held), TOGETHER):
                    some = file.read_row_groups(groups, columns=held[start : start + TOGETHER], use_threads=False)
                    found |= zip(some.column_names, some.columns, strict=True)
            return pa.table({name: self._column(found, name) for name in columns})
        except (OSError, pa.ArrowException) as error:
            raise DamagedError("答卷文件损坏，读不出来", where=str(self.path), cure=CURE) from error

    def _column(self, found: Mapping[str, pa.ChunkedArray], name: str) -> pa.ChunkedArray | pa.Array:
        kind = self.schema.field(name).type
        if name == "wave":
            places = pa.array(np.zeros(self.rows, dtype=np.int32))
            return pa.DictionaryArray.from_arrays(places, pa.array([self.wave], kind), safe=False)  # no look at each
        kind = pa.dictionary(pa.int32(), kind) if name in NAMES else kind
        if name not in found:
            return pa.nulls(self.rows, kind)
        return found[name] if found[name].type == kind else found[name].cast(kind)


def stored_parts(store: Path, version: int, waves: Collection[str] | None = None) -> tuple[StoredPart, ...]:
    """Return the parts of a version, in the order of their names; they are present and intact.

    Args:
        store: the folder `store` of a study.
        version: data version.
        waves: only these waves; all when None.

    Raises:
        StoreError: no such version, or a part was erased because of a withdrawal or at the end of its period.
        DamagedError: a part is missing or corrupt.
    """
    table = read_table(store / "responses", version)
    if table is None:
        return ()
    schema = pa.schema(table.schema().to_arrow())
    files = [file for file in part_files(table) if waves is None or wave_of(file) in waves]
    check_parts(files)
    return tuple(StoredPart(Path(file), wave_of(file), schema) for file in files)


def storing_times(store: Path, version: int) -> Mapping[str, int]:
    """Return name of each part of a version -> when it was stored, in milliseconds since 1970, as the log says."""
    table = read_table(store / "responses", version)
    if table is None:
        return {}
    actions = pa.table(table.get_add_actions(flatten=True)).select(["path", "modification_time"]).to_pylist()
    return {Path(one["path"]).name: int(one["modification_time"]) for one in actions}


def text_parts(store: Path, waves: Collection[str] | None = None) -> tuple[StoredPart, ...]:
    """Return the stored parts of free texts, in the order of their names.

    Args:
        store: the folder `store` of a study.
        waves: only these waves; all when None.
    """
    table = read_table(store / "texts")
    if table is None:
        return ()
    schema = pa.schema(table.schema().to_arrow())
    files = [file for file in part_files(table) if waves is None or wave_of(file) in waves]
    return tuple(StoredPart(Path(file), wave_of(file), schema) for file in files)


def imports_of(parts: Iterable[StoredPart]) -> frozenset[str]:
    """Return the imports that the rows of some parts came with."""
    return frozenset(name for part in parts for name in part.imports())


def text_identities(store: Path) -> tuple[str, ...]:
    """Return the `StoredPart.identity` of each stored part of free texts, in the order of their names.

    Args:
        store: the folder `store` of a study.
    """
    return tuple(part.identity or part.path.name for part in text_parts(store))


def _metadata(path: Path) -> Any:
    """Return the metadata of a Parquet file; read once, as long as the file is not written again."""
    found = path.stat()
    return _read_metadata(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _read_metadata(path: Path, _written: int, _size: int) -> Any:
    import pyarrow.parquet as pq

    return pq.read_metadata(path)


@lru_cache(maxsize=256)
def _modes_of(part: StoredPart, _written: int, _size: int) -> Mapping[str | None, int]:
    counts = pc.value_counts(part.read(["mode"])["mode"]).to_pylist()
    return MappingProxyType({one["values"]: one["counts"] for one in counts})


@lru_cache(maxsize=256)
def _imports_of(part: StoredPart, _written: int, _size: int) -> frozenset[str]:
    return frozenset(map(str, pc.unique(part.read(["import_id"])["import_id"]).to_pylist()))


def count_modes(store: Path, version: int) -> list[tuple[str, str | None, int]]:
    """Return wave, mode and number of the responses of a version, in the order of the waves' names.

    Raises:
        StoreError: no such version, or a part was erased.
        DamagedError: a part is missing or corrupt.
    """
    found: Counter[tuple[str, str | None]] = Counter()
    for part in stored_parts(store, version):
        for mode, n in part.modes().items():
            found[part.wave, mode] += n
    return sorted(((wave, mode, n) for (wave, mode), n in found.items()), key=lambda one: (one[0], one[1] or ""))


def earlier_part(store: Path, identity: str, schema: pa.Schema) -> StoredPart | None:
    """Return a part of another version by its identity; None where it has been erased, rewritten or damaged.

    Args:
        store: the folder `store` of a study.
        identity: `StoredPart.identity`.
        schema: columns in which to read it.
    """
    path = store / identity.split("|", 1)[0]
    try:
        check_parts([str(path)])
    except (StoreError, OSError):
        return None
    part = StoredPart(path, wave_of(str(path)), schema)
    return part if part.identity == identity else None
