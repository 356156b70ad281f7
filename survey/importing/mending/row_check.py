"""Check stored responses against the hashes computed at import."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from survey.storage.integrity.erasures import erased
from survey.storage.store import ResponseStore
from survey.study.responses import FIXED, row_hashes
from survey.study.study import Study


def changed_responses(study: Study, version: int | None = None) -> list[str]:
    """Return the ids of the responses whose content has changed since import.

    The hash covers mode, place, time, weight, all coded answers and all free texts, but not the import id, the row in
    the file and the pseudonyms of network address and device. Waves of which content was erased at the end of its
    retention period are not checked.

    Args:
        study: the study.
        version: data version; None for the newest.

    Raises:
        StoreError: no responses, or unknown version.
        DamagedError: a part is missing or differs from what was written.
    """
    store = ResponseStore(study.root / "store")
    rows, texts = store.read(version=version), store.texts(version=version)
    expired = pa.array(sorted(erased(store.root).kinds), pa.string())
    rows, texts = (table.filter(pc.invert(pc.is_in(table["wave"], expired))) for table in (rows, texts))
    items = [name for name in rows.column_names if name not in FIXED.names and name not in study.questionnaire.roles]
    at = pc.index_in(_key(texts), _key(rows).combine_chunks())
    known = np.asarray(pc.is_valid(at).to_numpy(zero_copy_only=False), dtype=bool)
    places = np.asarray(pc.fill_null(at, 0).to_numpy(zero_copy_only=False), dtype=np.int64)[known]
    hashes = row_hashes(rows, texts.filter(pa.array(known)), items, places)
    same = pc.equal(hashes, rows["row_hash"].combine_chunks())
    return [str(name) for name in rows.filter(pc.invert(pc.fill_null(same, False)))["response_id"].to_pylist()]


def _key(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["wave"], rows["response_id"], " ")
