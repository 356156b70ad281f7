"""Blocks of answers: what each stored part of texts brings to a question, so that an import reads only its own.

The answers to a question are those of one part after the other. A block has a key of all that decides which answers it
holds and how they are read; equal keys mean equal rows, whatever other parts there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reports.voices.kept.digests import kept_digests
from survey.quality import exclusions
from survey.storage.part_texts import part_texts
from survey.storage.store import DIGEST, ResponseStore
from survey.storage.stored_parts import StoredPart, stored_parts, text_parts
from survey.study.study import Study

Sizes = tuple[tuple[str, int], ...]
"""Key and number of answers of each block, in order."""


@dataclass(frozen=True, slots=True)
class Block:
    """The answers that a stored part of texts brings to a question.

    Attributes:
        key: of the block; "" where a part has no checksum.
        part: the texts.
        carriers: the parts with responses that they may belong to.
    """

    key: str
    part: StoredPart
    carriers: tuple[StoredPart, ...]

    def read(self, study: Study, item: str) -> pa.Table:
        """Return its answers: response_id, wave, item, text, import_id, mode, and the digest of the raw text."""
        texts, rows = part_texts(self.part, self.carriers, item)
        texts = texts.append_column(DIGEST, pa.array(kept_digests(study, self.part)[rows]))
        out = exclusions.left_out_of(study, self.part.wave)
        return texts.filter(pc.invert(pc.is_in(texts["response_id"], pa.array(out, pa.string())))) if out else texts


def blocks_of(study: Study, item: str, version: int | None, rules: Hashable) -> list[Block]:
    """Return the blocks of the answers to a question, in the order of the stored parts; not for publications.

    Args:
        study: the study.
        item: column of the open question.
        version: data version, the newest when None.
        rules: all that decides what a text is read as, but for its themes.
    """
    store, found = study.root / "store", list[Block]()
    at = ResponseStore(store).version if version is None else version
    parts = () if at is None else stored_parts(store, at)
    for part in text_parts(store):
        carriers = tuple(one for one in parts if one.imports() & part.imports())
        names = [one.identity for one in (part, *carriers)]
        if carriers:
            made_from = (item, names, exclusions.left_out_of(study, part.wave), rules)
            key = hashlib.sha256(repr(made_from).encode()).hexdigest() if all(names) else ""
            found.append(Block(key, part, carriers))
    return found


@dataclass(frozen=True, slots=True)
class Pieces:
    """Rows in the order of blocks, of which some are known and others new.

    Attributes:
        runs: whether rows are known, the first of them among the known or new ones, and their number.
    """

    runs: tuple[tuple[bool, int, int], ...]

    @property
    def new(self) -> int:
        """The number of new rows."""
        return sum(n for known, _, n in self.runs if not known)

    def table(self, known: pa.Table, new: pa.Table) -> pa.Table:
        """Return the rows of both tables, which have the same columns."""
        some = [(known if old else new).slice(start, n) for old, start, n in self.runs]
        return pa.concat_tables([known.slice(0, 0), *some]).unify_dictionaries()

    def array(self, known: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the values of both arrays."""
        some = [(known if old else new)[start : start + n] for old, start, n in self.runs]
        return np.concatenate([known[:0], *some])

    def only_new(self, whole: pa.Table) -> pa.Table:
        """Return the new rows of a table in the order of the blocks."""
        ends = np.cumsum([n for *_, n in self.runs]).tolist()
        some = [whole.slice(end - n, n) for (old, _, n), end in zip(self.runs, ends, strict=True) if not old]
        return pa.concat_tables([whole.slice(0, 0), *some])


def pieces_of(blocks: Sizes, known: Sizes) -> Pieces:
    """Return the rows of blocks, given the blocks of the known rows; the new rows are in the order of their blocks."""
    starts, total = dict[str, int](), 0
    for key, n in known:
        starts |= {key: total} if key else {}
        total += n
    runs, new = list[tuple[bool, int, int]](), 0
    for key, n in blocks:
        old = key in starts
        start = starts[key] if old else new
        new += 0 if old else n
        if runs and runs[-1][0] == old and sum(runs[-1][1:]) == start:
            runs[-1] = (old, runs[-1][1], runs[-1][2] + n)
        else:
            runs.append((old, start, n))
    return Pieces(tuple(runs))
