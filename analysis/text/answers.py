"""Answers: the table that the reading of texts gives, and the key by which equal texts share a reading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Digests = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]
"""Called with the number of texts done and the total number."""
SCHEMA = pa.schema(
    {
        "digest": pa.int64(),  # of the raw text; equal texts are read once
        "text": pa.string(),  # normalised and masked: the only form that is shown
        "says": pa.bool_(),  # False for non-answers
        "script": pa.dictionary(pa.int8(), pa.string()),
        "flags": pa.string(),  # flags of normalising and masking, separated by blanks
        "words": pa.list_(pa.string()),  # display words: synonyms folded, stop words removed, negations kept
        "themes": pa.list_(pa.string()),  # codes, by rules
        "reasons": pa.list_(pa.string()),  # "code:word" of the words behind the themes, once per occurrence
        "intent": pa.dictionary(pa.int8(), pa.string()),
        "polarity": pa.int8(),
        "score": pa.float32(),
        "evidence": pa.string(),  # the words behind the polarity
    }
)
VERSION = 9
"""Version of the rules in this package; incremented when they change the reading of a text."""
_BYTES = 8


def digest(raw: str) -> int:
    """Return a 63-bit key of a raw text, equal in every process; lone surrogates are allowed."""
    found = hashlib.blake2b(raw.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
    return int.from_bytes(found, "big") >> 1


def digests(raws: Iterable[str]) -> Digests:
    """Return the keys of raw texts [N]."""
    encoded = (raw.encode("utf-8", "surrogatepass") for raw in raws)
    joined = b"".join([hashlib.blake2b(one, digest_size=_BYTES).digest() for one in encoded])
    return (np.frombuffer(joined, dtype=">u8") >> np.uint64(1)).astype(np.int64)


def attach(texts: pa.Table, read: pa.Table, names: Digests | None = None) -> pa.Table:
    """Return every answer with the reading of its text, without the raw text.

    Args:
        texts: response_id, wave, item, text.
        read: schema `SCHEMA`.
        names: [N] digests of the texts, where they are known.
    """
    names = digests(raw or "" for raw in texts["text"].to_pylist()) if names is None else names
    place = pc.index_in(pa.array(names), read["digest"].combine_chunks())
    rows = read.take(place).drop_columns(["digest"])
    keys = texts.select([name for name in texts.column_names if name != "text"])
    for name in rows.column_names:
        keys = keys.append_column(rows.schema.field(name), rows[name])
    return keys
