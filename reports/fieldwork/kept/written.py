"""Kept texts: who wrote what is copied or official, kept until a text or an answer with one is added.

The copies are kept by district as well, until a text of that district is added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.clusters import districts_of
from analysis.integrity.copied_texts import Ints, Keep, Make, Writers, Written, made_now, written_texts
from analysis.integrity.sums.tally import cells_of
from analysis.text import duplicates
from reports.counted.kept_arrays import Arrays, keep_arrays, read_arrays
from reports.fieldwork.kept.round_parts import RoundParts, digest_of
from reports.voices.kept.digests import kept_digests
from survey.quality.sheet import open_sheet
from survey.storage.store import DIGEST
from survey.storage.stored_parts import StoredPart, imports_of, text_parts
from survey.study.lexicon import official_phrases
from survey.study.study import Study

KEPT, KEPT_DISTRICTS = 12, 1_200
"""Number of files: of a few waves and modes, before and after a few commits."""
EDITION = 2
"""Increment when copies or official phrases are found in another way."""
COLUMNS = ("import_id", "response_id", "item", "text")
ARRAYS = ("cell", "long", "official", "near", "row", "group")


def texts_of(parts: RoundParts) -> list[StoredPart]:
    """Return the stored parts with texts of the imports of some answers."""
    mine = imports_of(parts.parts)
    return [part for part in text_parts(parts.study.root / "store", (parts.one.wave,)) if part.imports() & mine]


def linked_to(parts: RoundParts, texts: Sequence[StoredPart]) -> list[int]:
    """Return the positions of the parts with answers that may have one of the texts."""
    theirs = imports_of(texts)
    return [at for at, part in enumerate(parts.parts) if part.imports() & theirs]


def kept_written(parts: RoundParts, *, keep: bool) -> Written | None:
    """Return what was written, kept or read; None where there is no table of texts.

    A text belongs to an answer of the same import. So parts without an import in common with any text, and texts of
    other imports, change nothing.

    Args:
        parts: the answers.
        keep: whether files are read and written.
    """
    store = parts.study.root / "store"
    if not (texts := texts_of(parts)) and not (store / "texts").is_dir():
        return None
    linked = linked_to(parts, texts)
    named = [part.identity or part.path.name for part in texts]
    official = official_phrases(parts.study.root)
    made_from = (EDITION, parts.definition, [parts.identities[at] for at in linked], named, sorted(official))
    path = store / "textcache" / f"{digest_of(*made_from)}.written"
    known = read_arrays(path) if keep else None
    if known is not None:
        cells = tuple((int(psu), owner) for psu, owner in known.meta["cells"])
        return Written(cells, **known.arrays)
    found = _read(parts, linked, texts, official, keep=keep)
    if keep:
        keep_arrays(path, Arrays({name: getattr(found, name) for name in ARRAYS}, {"cells": found.cells}),
                    "*.written", KEPT)  # fmt: skip
    return found


def _read(
    parts: RoundParts, linked: list[int], texts: list[StoredPart], official: frozenset[str], *, keep: bool
) -> Written:
    names = ["response_id", "import_id", "psu", "interviewer", "mode"]
    read = [parts.mine(parts.parts[at].read(names)) for at in linked]
    if not read or not texts:
        none = np.zeros(0, dtype=np.int64)
        return Written((), none, none > 0, none > 0, none > 0, none, none)
    rows = pa.concat_tables(read).unify_dictionaries()
    said = pa.concat_tables([_texts(part, partial(kept_digests, parts.study)) for part in texts])
    at = pc.index_in(said["response_id"], rows["response_id"].combine_chunks())
    there = np.asarray(pc.is_valid(at).to_numpy(), dtype=np.bool_)
    there[there] = _same_import(_some(said, there), rows, np.asarray(at.drop_null().to_numpy()))
    of = np.asarray(at.filter(pa.array(there)).to_numpy(), dtype=np.int64)
    said = _some(said, there)
    cells, cell = cells_of(open_sheet(rows, parts.study.questionnaire))
    writers = Writers(cells, cell, districts_of(rows["psu"], parts.study.areas)[1])
    kept: Keep = _Groups.of(parts.study, said) if keep else made_now
    return written_texts(writers, said, of, official, kept)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Finds the groups of copies of a district that are kept under a digest of all its texts.

    Attributes:
        study: the study.
        names: of questions.
        item: [T] question of each text.
        digest: [T] of each text.
    """

    study: Study
    names: pa.Array
    item: Ints
    digest: Ints

    @staticmethod
    def of(study: Study, said: pa.Table) -> _Groups:
        """Return what finds the groups of some texts: item, digest."""
        items = said["item"].combine_chunks().dictionary_encode()
        item = np.asarray(items.indices.to_numpy(), dtype=np.int64)
        return _Groups(study, items.dictionary, item, np.asarray(said[DIGEST].to_numpy(), dtype=np.int64))

    def __call__(self, districts: Sequence[Ints], make: Make) -> Sequence[Ints]:
        """Return the groups of each district, kept or made."""
        paths = [self._path(rows) for rows in districts]
        found = [None if known is None else known.arrays["group"] for known in map(read_arrays, paths)]
        lacking = [at for at, group in enumerate(found) if group is None]
        for at, group in zip(lacking, make([districts[at] for at in lacking]) if lacking else (), strict=True):
            keep_arrays(paths[at], Arrays({"group": group}), "*.copies", KEPT_DISTRICTS)
            found[at] = group
        return [group for group in found if group is not None]

    def _path(self, rows: Ints) -> Path:
        own, first, item = np.unique(self.item[rows], return_index=True, return_inverse=True)
        order = np.argsort(first)  # questions are numbered as they come
        content = hashlib.sha256(np.argsort(order)[item].tobytes())
        content.update(self.digest[rows].tobytes())
        names = self.names.take(pa.array(own[order])).to_pylist()
        name = digest_of(EDITION, duplicates.EDITION, names, content.hexdigest())
        return self.study.root / "store" / "textcache" / f"{name}.copies"


def _texts(part: StoredPart, digest: partial[Ints]) -> pa.Table:
    return part.read(COLUMNS).append_column(DIGEST, pa.array(digest(part)))


def _some(said: pa.Table, there: npt.NDArray[np.bool_]) -> pa.Table:
    return said if there.all() else said.filter(pa.array(there))


def _same_import(said: pa.Table, rows: pa.Table, of: Ints) -> Ints:
    """Return whether texts have the import of their response."""
    both = pa.chunked_array([*said["import_id"].chunks, *rows["import_id"].chunks]).unify_dictionaries()
    code = np.concatenate([np.asarray(chunk.indices.fill_null(-1)) for chunk in both.chunks])
    return np.asarray(code[: said.num_rows] == code[said.num_rows :][of])
