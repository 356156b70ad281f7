"""Kept readings: what was read of each different text, beside the store, so that only new texts are read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import SCHEMA, VERSION, Digests, Progress
from analysis.text.copy_rule import Flags
from survey.host.engine import SPARK
from survey.storage.files import TextCache
from survey.study.lexicon import Lexicon
from survey.study.study import Study

WORKERS_FROM = 50_000
"""Different new texts from which two processes read them."""


def rules_key(lexicon: Lexicon) -> str:
    """Return the key of the lexicon and of the rules that read texts with it."""
    return f"{lexicon.fingerprint}-{VERSION}"


def kept_readings(
    study: Study,
    words: tuple[Lexicon, str],
    texts: pa.ChunkedArray,
    names: Digests,
    progress: Progress | None,
    item: str,
) -> pa.Table:
    """Return the readings of texts by digest; those that are not kept are read now and kept.

    Args:
        study: the study.
        words: the lexicon, and the name of the segmenter.
        texts: [N] raw texts.
        names: [N] their digests.
        progress: receives the number of texts done.
        item: column of the open question.

    Returns:
        Schema `analysis.text.answers.SCHEMA`.
    """
    cache = TextCache(study.root / "store" / "textcache")
    key = rules_key(words[0])
    known = cache.read(key, SCHEMA)
    new = _unknown(names, known)
    if known is not None and not new.any():
        return known
    if len(names) and study.engine.chosen == SPARK and not study.publication:
        from reports.voices.on_cluster import read_on_cluster  # loads the Spark client

        known = read_on_cluster(study, item, words, names, known)
        new = _unknown(names, known)
    from analysis.text.reader import CHUNK, read_chunks  # compiles the rules: 0.1 CPU s

    _, first = np.unique(names[new], return_index=True)
    raws = texts.take(pa.array(np.flatnonzero(new)[np.sort(first)]))
    chunks = (raws.slice(start, CHUNK).fill_null("").to_pylist() for start in range(0, len(raws), CHUNK))
    workers = 2 if len(raws) >= WORKERS_FROM else 1
    read = read_chunks(chunks, len(raws), words[0], workers=workers, engine=words[1], progress=progress)
    before = [] if known is None else known.to_batches()
    known = pa.Table.from_batches([*before, *read], schema=SCHEMA).unify_dictionaries()
    cache.write(key, known)
    return known


def _unknown(names: Digests, known: pa.Table | None) -> Flags:
    """Return which texts have no reading yet."""
    if known is None:
        return np.ones(len(names), dtype=np.bool_)
    return ~np.asarray(pc.is_in(pa.array(names), value_set=known["digest"].combine_chunks()))
