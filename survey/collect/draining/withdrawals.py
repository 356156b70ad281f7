"""Remove withdrawn responses from the newest version; `survey.storage.deletion.purge` erases them from disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from survey.importing import ingest
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch
from survey.storage.store import ResponseStore, StaleVersionError
from survey.study.responses import response_schema
from survey.study.study import Study


def take_out(study: Study, ids: Sequence[str]) -> Mapping[int, int]:
    """Commit new versions without some responses, where the newest one has them; one version per wave.

    Args:
        study: the study.
        ids: response ids.

    Returns:
        New version -> number of responses removed.

    Raises:
        StoreError: the store cannot be written, or other writers keep committing.
    """
    made: dict[int, int] = {}
    for attempt in range(ingest.ATTEMPTS):
        try:
            _take_out(study, ids, made)
            break
        except StaleVersionError:  # another commit came first
            if attempt == ingest.ATTEMPTS - 1:
                raise
    return made


def _take_out(study: Study, ids: Sequence[str], made: dict[int, int]) -> None:
    store = ResponseStore(study.root / "store")
    version = store.version
    if version is None:
        return
    rows = store.read(["response_id", "wave"], version=version)
    met = rows.filter(pc.is_in(rows["response_id"], pa.array(ids, pa.string())))
    for wave in pc.unique(met["wave"]).to_pylist():
        replaced = tuple(met.filter(pc.equal(met["wave"], wave))["response_id"].to_pylist())
        version = store.commit(
            _without(study, wave, replaced),
            meta={"kind": "withdrawal"},
            who="网上问卷",
            note=f"居民撤回 {len(replaced)} 份",
            expected=version,
        )
        made[version] = len(replaced)


def _without(study: Study, wave: str, replaced: tuple[str, ...]) -> ImportBatch:
    schema = response_schema(study.questionnaire)
    return ImportBatch(wave, schema.empty_table(), TEXTS.empty_table(), REJECTED.empty_table(), replaced)
