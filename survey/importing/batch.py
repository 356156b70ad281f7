"""A preview as what the store commits: rows with their import id, and metadata for the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pyarrow as pa

from survey.importing.preview import Preview
from survey.storage.import_batch import ImportBatch

REPEATED = 250_000
"""Rows of an import id that share one piece of memory."""


def batch_of(preview: Preview) -> ImportBatch:
    """Return the batch with a new import id, so that side-table rows of a failed attempt remain invisible."""
    found, import_id = preview.comparison, uuid4().hex
    return ImportBatch(
        wave=preview.wave,
        responses=_stamped(found.responses, import_id),
        texts=_stamped(found.texts, import_id),
        rejected=_stamped(found.rejected, import_id),
        replaced=(*found.replaced, *found.revoked),
    )


def _stamped(table: pa.Table, import_id: str) -> pa.Table:
    index = table.schema.get_field_index("import_id")
    some = pa.repeat(import_id, min(table.num_rows, REPEATED)).cast(pa.string())
    whole, rest = divmod(table.num_rows, REPEATED)  # one piece of memory, many times
    cells = pa.chunked_array([*[some] * whole, some.slice(0, rest)], pa.string())
    return table.set_column(index, "import_id", cells)


def metadata_of(preview: Preview) -> Mapping[str, Any]:
    """Return what the history keeps of an import: counts of rows, files, mode, questionnaire, confirmations."""
    return {
        "counts": {
            "rows_in": preview.rows_in,
            "new": preview.new,
            "changed": preview.changed,
            "unchanged": preview.unchanged,
            "rejected": preview.rejected,
            **({"revoked": preview.revoked} if preview.revoked else {}),
        },
        "files": list(preview.files),
        "mode": preview.mode,
        "questionnaire": preview.study.questionnaire.fingerprint,
        **({"confirmed": sorted({one.kind for one in preview.confirmations})} if preview.confirmations else {}),
    }
