"""Kept summaries: what open answers add up to, beside the store, so that a new process need not load the answers.

A file is named by a digest of all that it depends on: the answers, the sample, and what is asked. It
lies in a folder that is removed when answers are withdrawn or their period is over. A damaged file is made again;
deleting it changes no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.design.cells import IntArray, NumericItem
from analysis.estimation.pooled_deff import correlations, recall_correlations
from analysis.estimation.respondents import ItemSums, with_sums
from analysis.estimation.sample import Sample
from analysis.text.shares import Voices
from reports.counted.kept_tables import Tables, kept_tables, read_tables
from survey.host.disk import sha256_of, write_whole
from survey.storage.files import keep_newest

EDITION = 5
"""Increment when a summary is made in another way."""
KEPT, LISTS = 400, 24
"""Number of files: summaries, and lists of answers."""
NAMED = 32
"""Characters that name a summary, or the answers that it is made from."""
_TEMPORARY = "rows.list"


@dataclass(frozen=True, slots=True)
class Summaries:
    """Where the summaries of the answers to a question are kept.

    Attributes:
        folder: their folder.
        key: digest of the answers; "" where nothing is kept.
        asked: names of the summaries that were asked for, each the start of a file's name.
    """

    folder: Path
    key: str
    asked: set[str] = field(default_factory=set, repr=False, compare=False)

    def of(self, key: str) -> Summaries:
        """Return where summaries of some of the answers are kept, given their digest."""
        return replace(self, key=key)

    def tables(self, what: Hashable, make: Callable[[], Tables]) -> Tables:
        """Return the tables kept under a name, or what `make` returns, which is kept then."""
        return kept_tables(self._path(what, ".summary"), make, KEPT) if self.key else make()

    def known(self, what: Hashable) -> Tables | None:
        """Return the tables kept under a name; None where there are none."""
        return read_tables(self._path(what, ".summary")) if self.key else None

    def table(self, what: Hashable, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return the table kept under a name, or what `make` returns, which is kept then."""
        return self.tables(what, lambda: Tables({"table": make()})).tables["table"]

    def voices(self, what: Hashable, sample: Sample, make: Callable[[], tuple[Voices, ...]]) -> tuple[Voices, ...]:
        """Return mentions summed over the cells of a sample: the kept ones, or what `make` returns."""
        if not self.key:
            return make()
        kept = self.tables(what, lambda: _to_tables(make()))
        if not np.array_equal(kept.tables["cells"]["n"].to_numpy(), sample.cells.n):
            return make()  # pragma: no cover - the digest holds all that decides the cells
        return _from_tables(kept, sample)

    def rows(self, what: Hashable, make: Callable[[], pa.Table]) -> pa.Table:
        """Return a table of answers, mapped into memory column by column: the kept one, or what `make` returns."""
        if not self.key:
            return make()
        path = self._path(what, "")
        for one in self.folder.glob(f"{path.name}-*.list"):
            with suppress(OSError, pa.ArrowException):
                if one.stem.removeprefix(f"{path.name}-") == sha256_of(one):
                    return pa.ipc.open_file(pa.memory_map(str(one))).read_all()
        found = make().combine_chunks()
        with suppress(OSError):
            written = write_whole(self.folder / f"{path.name}-{_TEMPORARY}", lambda draft: _write(found, draft))
            written.replace(self.folder / f"{path.name}-{sha256_of(written)}.list")
            keep_newest(self.folder, "*.list", LISTS)
        return found

    def _path(self, what: Hashable, suffix: str) -> Path:
        digest = hashlib.sha256(repr((self.key, EDITION, what)).encode()).hexdigest()[:NAMED]
        self.asked.add(digest)
        return self.folder / f"{digest}{suffix}"


def _write(table: pa.Table, draft: Path) -> None:
    with draft.open("wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def _to_tables(several: tuple[Voices, ...]) -> Tables:
    """Return the sums of one or more sets of mentions; of the ones only the cells that are not zero."""
    cells: dict[str, object] = {"n": several[0].sample.cells.n}
    tables, items = {}, several[0].sample.cells.items
    for at, one in enumerate(several):
        sums = one.sample.cells
        ny, wy = np.asarray(sums.ny), np.asarray(sums.wy)
        item, cell = np.nonzero(ny)
        hits = {"item": item.astype(np.int32), "cell": cell.astype(np.int32), "ny": ny[item, cell]}
        tables[f"hits{at}"] = pd.DataFrame({**hits, "wy": wy[item, cell]})
        n, wo = np.asarray(sums.n_i), np.asarray(sums.wo)
        base = {f"{name}{row}": values[row] for name, values in (("n", n), ("wo", wo)) for row in range(_rows(n, wo))}
        tables[f"base{at}"] = pd.DataFrame(base, index=range(len(sums)))
    named = [[one.name, one.label, one.measure] for one in items if isinstance(one, NumericItem)]
    return Tables({"cells": pd.DataFrame(cells), **tables}, {"items": named, "icc": [*map(_correlations, several)]})


def _correlations(one: Voices) -> dict[str, float]:
    """Return the intra-cluster correlation of each item: half of the time that shares take; none of opt-in answers."""
    if one.sample.opt_in:
        return {}
    return dict(zip(one.names, correlations(one.sample.basis, one.names).tolist(), strict=True))


def _rows(n: IntArray, wo: IntArray) -> int:
    """Return how many rows of a base differ: one where it holds for all items."""
    alike = all(np.array_equal(values, np.broadcast_to(values[:1], values.shape)) for values in (n, wo))
    return min(1, len(n)) if alike else len(n)


def _from_tables(kept: Tables, sample: Sample) -> tuple[Voices, ...]:
    items = tuple(NumericItem(*one) for one in kept.meta["items"])
    found: list[Voices] = []
    ones: list[IntArray] = []
    for at, known in enumerate(kept.meta["icc"]):
        base, hits = kept.tables[f"base{at}"], kept.tables[f"hits{at}"]
        size = (len(items), len(sample.cells))
        n, wo = (_base(base, name, size) for name in ("n", "wo"))
        if not at or not hits.equals(kept.tables[f"hits{at - 1}"]):  # else those who said nothing mention nothing
            ones = [_dense(hits, name, size) for name in ("ny", "wy")]
        found.append(Voices(with_sums(sample, items, ItemSums(n, wo, *ones))))
        recall_correlations(found[-1].sample.basis, known)
    return tuple(found)


def _base(base: pd.DataFrame, name: str, size: tuple[int, int]) -> IntArray:
    columns = [one for one in base.columns if one.rstrip("0123456789") == name]
    values = base[columns].to_numpy(dtype=np.int64).T
    return np.broadcast_to(values, size) if len(columns) == 1 else np.ascontiguousarray(values)


def _dense(hits: pd.DataFrame, name: str, size: tuple[int, int]) -> IntArray:
    sums = np.zeros(size, dtype=np.int64)
    sums[hits["item"].to_numpy(), hits["cell"].to_numpy()] = hits[name].to_numpy()
    return sums
