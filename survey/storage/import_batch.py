"""The rows of one import, ready to be committed, and the rows that a commit writes for them."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from survey.storage.parquet import read_parts, sort_by_psu

TEXTS = pa.schema([(name, pa.string()) for name in ("response_id", "wave", "item", "text", "import_id")])
REJECTED = pa.schema(
    [
        ("import_id", pa.string()),
        ("wave", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("reason", pa.string()),
        ("headings", pa.string()),  # JSON list, the headings of the file
        ("cells", pa.string()),  # JSON list, the unchanged row
    ]
)


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """Rows of one import, ready to be committed.

    Args:
        wave: the only wave of all rows.
        responses: coded rows (new and changed), columns of `responses.response_schema`.
        texts: their free texts, schema `TEXTS`; texts of rows that are not in `responses` are not allowed.
        rejected: rows kept for correction, schema `REJECTED`.
        replaced: response ids of the wave whose earlier rows are removed; most of them have a new row in `responses`.
    """

    wave: str
    responses: pa.Table
    texts: pa.Table
    rejected: pa.Table
    replaced: tuple[str, ...] = ()

    @property
    def import_id(self) -> str:
        """Return the id that links responses, texts and rejected rows of one import."""
        rows = self.responses if self.responses.num_rows else self.rejected
        return str(rows["import_id"][0]) if rows.num_rows else ""


def rows_to_write(table: DeltaTable, batch: ImportBatch) -> pa.Table:
    """Rows of the part that a commit on a version writes."""
    rows = batch.responses
    if batch.replaced:
        rows = pa.concat_tables([_without(table, batch), rows], promote_options="default")
    return sort_by_psu(rows)


def _without(table: DeltaTable, batch: ImportBatch) -> pa.Table:
    """Return the current rows of the wave, without those that the batch replaces."""
    now = read_parts(table, waves=[batch.wave])
    gone = pc.is_in(now["response_id"], pa.array(batch.replaced, pa.string()))
    return now.filter(pc.invert(gone))
