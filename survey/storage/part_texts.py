"""Texts of one stored part, so that an import reads its own texts and not those of all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.storage.stored_parts import StoredPart

Rows = npt.NDArray[np.int64]
_KEY = ("import_id", "response_id")


def part_texts(part: StoredPart, carriers: Sequence[StoredPart], item: str) -> tuple[pa.Table, Rows]:
    """Return the texts of a part that answer a question and belong to a response, as `ResponseStore.texts` would.

    Args:
        part: stored texts.
        carriers: all parts of the responses of a version that share an import with it.
        item: column of the open question.

    Returns:
        response_id, wave, item, text, import_id and mode of the response; and the rows of the part that they are.

    Raises:
        DamagedError: a part is missing or corrupt.
    """
    written = part.read([*_KEY, "wave", "item", "text"])
    asked = np.flatnonzero(np.asarray(pc.fill_null(pc.equal(written["item"], item), False)))
    written = written.take(pa.array(asked))
    people = pa.concat_tables([one.read([*_KEY, "mode"]) for one in carriers])
    at = pc.index_in(_keys(written), value_set=_keys(people)).combine_chunks()
    there = np.flatnonzero(at.is_valid())
    texts = written.take(pa.array(there)).select(["response_id", "wave", "item", "text", "import_id"])
    texts = texts.append_column("mode", people["mode"].take(at.drop_null()))
    return texts.cast(pa.schema([(name, pa.string()) for name in texts.column_names])), asked[there]


def _keys(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*(rows[name].cast(pa.string()) for name in _KEY), " ")
