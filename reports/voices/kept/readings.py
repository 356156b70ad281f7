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

WORKERS_FROM = 1_000_000
"""Different new texts from which two processes read them: the start of the second one, and the clauses that both read,
cost two CPU seconds, and one core is left to pages."""


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
        Schema `analysis.text.answers.SCHEMA`; those of other texts may be among them.
    """
    cache = TextCache(study.root / "store" / "textcache")
    key = rules_key(words[0])
    named = cache.read(key, SCHEMA, ["digest"])
    new = _unknown(names, named)
    on_cluster = len(names) and study.engine.chosen == SPARK and not study.publication
    known = None if named is None or (new.all() and not on_cluster) else cache.read(key, SCHEMA)
    if known is not None:
        new = _unknown(names, known)
        if not new.any():
            return known
    if on_cluster:
        from reports.voices.on_cluster import read_on_cluster  # loads the Spark client

        read = read_on_cluster(study, item, words, names, known)
        cache.write(key, read)
        known, new = read, _unknown(names, read)
        if not new.any():
            return known
    read = _read(words, texts, names, new, progress)
    cache.add(key, read)
    return read if known is None else pa.concat_tables([known, read]).unify_dictionaries()


def _read(
    words: tuple[Lexicon, str], texts: pa.ChunkedArray, names: Digests, new: Flags, progress: Progress | None
) -> pa.Table:
    """Read the texts that have no reading yet."""
    from analysis.text.reader import CHUNK, read_chunks  # compiles the rules: 0.1 CPU s

    _, first = np.unique(names[new], return_index=True)
    at = np.flatnonzero(new)[np.sort(first)]
    raws, named = texts.take(pa.array(at)), names[at]
    chunks = (raws.slice(start, CHUNK).fill_null("").to_pylist() for start in range(0, len(raws), CHUNK))
    workers = 2 if len(raws) >= WORKERS_FROM else 1
    read = read_chunks(chunks, len(raws), words[0], workers=workers, engine=words[1], progress=progress, names=named)
    return pa.Table.from_batches(read, schema=SCHEMA).unify_dictionaries()


def _unknown(names: Digests, known: pa.Table | None) -> Flags:
    """Return which texts have no reading yet."""
    if known is None:
        return np.ones(len(names), dtype=np.bool_)
    return ~np.asarray(pc.is_in(pa.array(names), value_set=known["digest"].combine_chunks()))
