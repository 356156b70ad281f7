"""The response table: its columns and types, and the hash that detects changed responses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.host.spilled import drop_pages
from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Item, Questionnaire

FIXED = pa.schema(
    [
        ("response_id", pa.string()),
        ("wave", pa.string()),
        ("mode", pa.string()),
        ("psu", pa.int64()),  # 12-digit community code; NULL where unknown
        ("submitted", pa.timestamp("us")),  # local time of the survey, no zone
        ("seconds", pa.int32()),
        ("interviewer", pa.string()),
        ("ip_key", pa.int64()),  # pseudonyms of network address and device, only to be compared for equality
        ("device_key", pa.int64()),
        ("w_fx", pa.int64()),  # base weight x store.W_SCALE, rounded once
        ("import_id", pa.string()),
        ("source_row", pa.int32()),  # row in the answer file as Excel shows it
        ("row_hash", pa.int64()),
    ]
)
"""The fixed columns of responses, which precede those of roles and items."""

HASHED = ("mode", "psu", "submitted", "seconds", "interviewer", "w_fx")
TYPES = MappingProxyType({"code": pa.int8(), "flag": pa.int8(), "number": pa.int32()})
FEW = 50_000  # texts
BLOCK = 250_000  # rows that are hashed at a time
NULL_CODE = -128  # never a valid code: the questionnaire allows -2 and above
Positions = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


def column_of(item: Item, questionnaire: Questionnaire) -> str:
    """Return the stored column of an item: its name, plus ".raw" if a fixed or role column has that name."""
    taken = item.name in FIXED.names or item.name in questionnaire.roles
    return f"{item.name}.raw" if taken else item.name


def response_schema(questionnaire: Questionnaire) -> pa.Schema:
    """Return all columns: the fixed ones, an int8 per role of the questionnaire, and one per item."""
    roles = [(role, pa.int8()) for role in questionnaire.roles]
    items = [(column_of(item, questionnaire), TYPES[item.form]) for item in questionnaire.items]
    return pa.schema([*FIXED, *roles, *items])


def role_column(question: Question, values: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return the canonical column of a role: codes, or bands of a number; don't know, refused and blank are NULL.

    Args:
        question: the question with the role.
        values: its stored column.
    """
    codes = np.asarray(pc.fill_null(pc.cast(values, pa.int32()), BLANK).to_numpy(zero_copy_only=False))
    if question.type.numeric:
        codes = _banded(question, codes)
    no_answer = [BLANK, *(choice.code for choice in question.choices if choice.missing)]
    return pa.array(codes.astype(np.int8), mask=np.isin(codes, no_answer))


def _banded(question: Question, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    codes = np.full(len(numbers), BLANK, dtype=np.int32)
    for band in question.bands:
        upper = np.inf if band.maximum is None else band.maximum
        codes[(numbers >= band.minimum) & (numbers <= upper) & (numbers != BLANK)] = band.code
    return codes


def row_hashes(responses: pa.Table, texts: pa.Table, items: Sequence[str], at: Positions) -> pa.Array:
    """Return a hash of the content of each response, independent of its source file.

    The hash is the sum of mix(column, value) over all cells that are not NULL, modulo 2**64, so that a question added
    later does not change the hashes of old responses. Row numbers and import ids are not included.

    Args:
        responses: coded rows.
        texts: their free texts (store.TEXTS).
        items: the coded columns.
        at: row of `responses` of each text.
    """
    total = np.zeros(responses.num_rows, dtype=np.uint64)
    for start in range(0, responses.num_rows, BLOCK):
        rows, part = responses.slice(start, BLOCK), total[start : start + BLOCK]
        for name in (*HASHED, *items):
            part += _cells(rows[name], _seed(name))
        drop_pages()
    if texts.num_rows:
        np.add.at(total, at, _text_hashes(texts))
    return pa.array(total.view(np.int64))


def _cells(column: pa.ChunkedArray, seed: np.uint64) -> Hashes:
    """Return mix(seed, value) of each cell, 0 for NULL."""
    if column.null_count == len(column):
        return np.zeros(len(column), dtype=np.uint64)
    if pa.types.is_int8(column.type):
        codes = np.asarray(pc.fill_null(column, NULL_CODE).to_numpy(), dtype=np.int8).view(np.uint8)
        return np.asarray(pc.take(pa.array(_of_codes(seed)), pa.array(codes)).to_numpy(), dtype=np.uint64)
    if pa.types.is_string(column.type):
        coded = pc.dictionary_encode(column).combine_chunks()
        words = [_word(word) for word in coded.dictionary.to_pylist()]
        hashed = _mix(np.array(words, dtype=np.uint64), seed)[pc.fill_null(coded.indices, 0).to_numpy()]
    else:
        numbers = pc.fill_null(pc.cast(column, pa.int64()), 0)
        hashed = _mix(np.asarray(numbers.to_numpy(), dtype=np.int64).view(np.uint64), seed)
    if column.null_count:
        hashed = np.where(np.asarray(pc.is_null(column).to_numpy(), dtype=bool), np.uint64(0), hashed)
    return np.asarray(hashed, dtype=np.uint64)


def _of_codes(seed: np.uint64) -> Hashes:
    """Return mix(seed, code) for every int8, indexed by its bits; 0 for NULL_CODE."""
    hashed = _mix(np.arange(256, dtype=np.uint8).view(np.int8).astype(np.int64).view(np.uint64), seed)
    hashed[np.int8(NULL_CODE).view(np.uint8)] = 0
    return hashed


def _text_hashes(texts: pa.Table) -> Hashes:
    """Return a hash of each free text and its item, by MD5 (a standard and hence stable across versions)."""
    items = pc.dictionary_encode(texts["item"]).combine_chunks()
    seeds = np.array([_seed(item) for item in items.dictionary.to_pylist()], dtype=np.uint64)
    numbers = _md5(texts["text"]) if texts.num_rows <= FEW else _many_md5(texts.select(["text"]))
    return _mix(numbers, seeds[items.indices.to_numpy()])


def _md5(texts: pa.ChunkedArray) -> Hashes:
    """Return the last 8 bytes of each digest as a little-endian number, equal to DuckDB's md5_number_lower."""
    digests = (hashlib.md5(text.encode(), usedforsecurity=False).digest() for text in texts.to_pylist())
    return np.frombuffer(b"".join(digests), dtype="<u8")[1::2].astype(np.uint64)


def _many_md5(texts: pa.Table) -> Hashes:
    """Return the same numbers as `_md5` by DuckDB, which is faster for many texts."""
    import duckdb

    with duckdb.connect() as connection:
        hashed = connection.from_arrow(texts).project("md5_number_lower(text) AS h").to_arrow_table()
    return np.asarray(hashed["h"].to_numpy(), dtype=np.uint64)


def _mix(values: Hashes, seed: np.uint64 | Hashes) -> Hashes:
    """Apply the SplitMix64 finaliser (Steele, Lea, Flood 2014); overflow wraps around by design."""
    z = values + seed
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _seed(name: str) -> np.uint64:
    return np.uint64(_word(name))


def _word(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
