"""Kept cells: one Arrow file with the cells of some parts of a wave, named by its definition, wave and checksum.

A file is whole or absent, and one whose checksum is wrong is never read; deleting them all costs time only.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.design.cells import IntArray
from analysis.design.counts.counting import Whole
from analysis.design.counts.layout import CountedSet
from analysis.design.counts.rate_sums import RateSums, narrowed
from reports.counted.definition import Definition, summed
from survey.host.disk import draft_beside, make_folder, sha256_of, sync
from survey.instrument.rate import Rate
from survey.storage.files import CELLS, keep_newest

KEPT, MOST = 3, 60
"""Number of files of one definition and wave, and of all."""
META, SAME = b"silu.parts", b"silu.same"
"""Names of what describes a file: the parts counted, and column -> an equal one."""
LOG = logging.getLogger("silu")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of kept cells, not read yet.

    Attributes:
        path: the file.
        parts: identities of the parts whose responses it counts.
    """

    path: Path
    parts: frozenset[str]

    def open(self, definition: Definition) -> KeptCells | None:
        """Return the cells; None where the file is damaged, which is logged, or gone."""
        try:
            content = self.path.read_bytes()
            if hashlib.sha256(content).hexdigest() == self.path.stem.rsplit("-", 1)[1]:
                return KeptCells(pa.py_buffer(content), definition)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, pa.ArrowException):
            pass
        report_damage(self.path)
        return None


class KeptCells:
    """The cells of a file, see `CountedSet`; the sums of a rate are unpacked when it is asked for.

    The file holds what is mostly 0, because that takes the least room: for each rate the responses outside its base,
    those in its numerator, and what the weight of both exceeds as many responses of the cell's mean weight by. Of equal
    columns only the first is there: many rates have one base.
    """

    def __init__(self, content: pa.Buffer, definition: Definition) -> None:
        """Take the content of an intact file."""
        self._content = content
        self._place = {one: at for at, one in enumerate(definition.sums)}
        schema = pa.ipc.open_file(content).schema
        self._fields = {name: at for at, name in enumerate(schema.names)}
        self._same: Mapping[str, str] = json.loads((schema.metadata or {}).get(SAME, b"{}"))
        self._known: dict[int, RateSums] = {}
        self._sums: dict[str, Whole] = {}
        keys = self._columns([f"key {name}" for name in definition.keys])
        self.keys: pa.Table = keys.rename_columns(list(definition.keys))
        self.n, self.w, self.squares = (self._numbers(name) for name in ("n", "w", "squares"))
        self.mean = self.w // self.n

    def sums(self, rate: Rate) -> RateSums:
        """Return the sums of a rate."""
        at = self._place[summed(rate)]
        if at not in self._known:
            self._known[at] = self._unpack(at)
        return self._known[at]

    def expect(self, rates: Sequence[Rate]) -> None:
        """Make nothing beforehand: each rate is unpacked by itself."""

    def _unpack(self, at: int) -> RateSums:
        columns = [f"{name}{at}" for name in ("out", "yes", "more", "moreyes")]
        names = [self._same.get(column, column) for column in columns]
        if lacking := [name for name in dict.fromkeys(names) if name not in self._sums]:
            read = self._columns(lacking)
            for name in lacking:
                values = np.asarray(read[name].to_numpy())
                self._sums[name] = narrowed(self.n - values) if name.startswith("out") else values
        n, yes, more, moreyes = (self._sums[name] for name in names)
        return RateSums(n, yes, self.mean, more, moreyes)

    def _numbers(self, name: str) -> IntArray:
        return np.asarray(self._columns([name])[name].to_numpy(), dtype=np.int64)

    def _columns(self, names: Sequence[str]) -> pa.Table:
        """Return some columns, in the order of the file."""
        fields = [self._fields[name] for name in names]
        wanted = pa.ipc.IpcReadOptions(included_fields=fields, use_threads=False)  # a few columns at a time
        return pa.ipc.open_file(self._content, options=wanted).read_all()


def kept_files(store: Path, definition: Definition, wave: str) -> Iterator[KeptFile]:
    """Yield the files with cells of a wave, the newest first; damaged ones are left out and logged."""
    found = [(path.stat().st_mtime_ns, path) for path in (store / CELLS).glob(f"{_stem(definition, wave)}-*.arrow")]
    for _, path in sorted(found, reverse=True):
        try:
            with pa.memory_map(str(path)) as source:
                meta = pa.ipc.open_file(source).schema.metadata
            yield KeptFile(path, frozenset(map(str, json.loads(meta[META]))))
        except (OSError, KeyError, TypeError, ValueError, pa.ArrowException):
            report_damage(path)


def keep_cells(store: Path, definition: Definition, wave: str, counted: CountedSet, parts: Sequence[str]) -> Path:
    """Write the cells of some parts atomically, and remove the oldest files.

    Raises:
        OSError: the folder cannot be written.
    """
    table, same = _packed(definition, counted)
    meta = {META: json.dumps(sorted(parts)).encode(), SAME: json.dumps(same).encode()}
    table = table.replace_schema_metadata(meta)
    stem, folder = _stem(definition, wave), store / CELLS
    make_folder(folder)
    draft = draft_beside(folder / "cells.arrow")
    try:
        _write(table, draft)
        path = folder / f"{stem}-{sha256_of(draft)}.arrow"
        draft.replace(path)
        sync(folder)
    finally:
        draft.unlink(missing_ok=True)
    keep_newest(folder, f"{stem}-*.arrow", KEPT)
    keep_newest(folder, "*.arrow", MOST)
    return path


def _write(table: pa.Table, draft: Path) -> None:
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 3))
    with draft.open("xb") as file, pa.ipc.new_file(file, table.schema, options=options) as out:
        out.write_table(table)
    sync(draft)


def _packed(definition: Definition, counted: CountedSet) -> tuple[pa.Table, Mapping[str, str]]:
    """Return the columns of a file, and the one that stands for others; see `KeptCells`."""
    columns: dict[str, Any] = {f"key {name}": counted.keys[name] for name in definition.keys}
    columns |= {"n": narrowed(counted.n), "w": counted.w, "squares": counted.squares}
    first = {summed(rate): rate for rate in reversed(definition.rates)}
    counted.expect([first[one] for one in definition.sums])
    known, same = dict[tuple[bool, str, bytes], str](), dict[str, str]()
    for at, one in enumerate(definition.sums):
        sums = counted.sums(first[one])
        own = {"out": narrowed(counted.n - sums.n), "yes": sums.ny, "more": sums.more, "moreyes": sums.moreyes}
        for name, values in own.items():
            content = hashlib.sha256(values.tobytes()).digest()
            held = known.setdefault((name == "out", values.dtype.char, content), f"{name}{at}")
            if held == f"{name}{at}":
                columns[held] = values
            else:
                same[f"{name}{at}"] = held
    return pa.table(columns), same


def report_damage(path: Path) -> None:
    """Log the name of a damaged file; whoever needs it counts again."""
    LOG.warning("提前算好的汇总损坏，已忽略，会重新计算：%s", path)


def _stem(definition: Definition, wave: str) -> str:
    return f"{definition.digest}-{hashlib.sha256(wave.encode()).hexdigest()[:8]}"
