"""Kept digests: those of the raw texts of a stored part, beside the store, so that only new texts get names.

A file is named by the part and its checksum; deleting it changes no number.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from analysis.text.answers import Digests, digests
from reports.counted.kept_tables import Tables, kept_tables
from survey.storage.stored_parts import StoredPart
from survey.study.study import Study

KEEP_FROM = 1_000
"""Texts of a part from which its digests are kept; fewer are made as fast as a file is read."""
KEPT = 400


def kept_digests(study: Study, part: StoredPart) -> Digests:
    """Return the digests of the texts of a stored part, in its order."""
    identity = part.identity
    if not identity or part.rows < KEEP_FROM:
        return _digests(part)
    name = hashlib.sha256(identity.encode()).hexdigest()[:32]
    path = study.root / "store" / "textcache" / f"{name}.digests"
    kept = kept_tables(path, lambda: Tables({"names": pd.DataFrame({"digest": _digests(part)})}), KEPT)
    return kept.tables["names"]["digest"].to_numpy(dtype="int64")


def _digests(part: StoredPart) -> Digests:
    said = pc.fill_null(part.read(["text"])["text"], "").combine_chunks().dictionary_encode()
    return digests(said.dictionary.to_pylist())[np.asarray(said.indices.to_numpy(), dtype=np.int64)]
