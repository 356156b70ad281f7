"""Reading of a study's free texts on the Spark cluster of its [engine]."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from analysis.engines.spark_errors import explained
from analysis.engines.spark_session import connected
from analysis.text.answers import SCHEMA, Digests
from analysis.text.on_spark import read_on_spark
from reports.counted.engine_cells import parts_on_spark
from survey.host.scratch import scratch_folder
from survey.storage.import_batch import TEXTS
from survey.storage.store import ResponseStore
from survey.study.lexicon import Lexicon
from survey.study.study import Study


def read_on_cluster(
    study: Study, item: str, words: tuple[Lexicon, str], names: Digests, known: pa.Table | None
) -> pa.Table:
    """Read the texts of one question that are not known yet; the cluster reads them from the store itself.

    Args:
        study: the study; its engine names the cluster.
        item: column of the open question.
        words: lexicon and segmentation engine.
        names: digests of the texts that are wanted.
        known: earlier readings by the same lexicon, which come first.

    Raises:
        EngineError: the cluster cannot do it; the message says why.
        DamagedError: a part is missing or corrupt.
    """
    files = ResponseStore(study.root / "store").files(table="texts")
    before = np.array([], dtype=np.int64) if known is None else known["digest"].to_numpy()
    with scratch_folder() as folder, connected(study.engine.master) as session, explained():
        texts = parts_on_spark(session, study, files, TEXTS, "texts")
        wanted = texts.where(texts["item"] == item)
        fresh = read_on_spark(wanted, len(np.unique(names)), *words, before, folder)
    # The store also has texts of undone imports, which must not be kept.
    fresh = fresh.filter(pa.array(np.isin(fresh["digest"].to_numpy(), names)))
    tables = [fresh] if known is None else [known, fresh]
    return pa.concat_tables(tables).cast(SCHEMA).unify_dictionaries()
