"""Arrays kept in one file with their checksum: whole or absent, and never read where it is damaged."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from survey.host.disk import write_whole
from survey.storage.files import keep_newest

LOG = logging.getLogger("silu")
MAGIC = b"silu.arrays.1\n"


@dataclass(frozen=True, slots=True)
class Arrays:
    """Arrays of numbers by name, and plain values beside them."""

    arrays: Mapping[str, npt.NDArray[Any]]
    meta: Mapping[str, Any] = field(default_factory=dict)


def read_arrays(path: Path) -> Arrays | None:
    """Return the arrays of a file; None where it is missing, or damaged, which is logged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        head, body = content[: len(MAGIC) + 32], content[len(MAGIC) + 32 :]
        if head == MAGIC + hashlib.sha256(body).digest():
            size = int.from_bytes(body[:8], "little")
            listed = json.loads(body[8 : 8 + size])
            return Arrays(dict(_unpacked(listed["arrays"], body[8 + size :])), listed["meta"])
    except (ValueError, KeyError, TypeError, pa.ArrowException):
        pass
    LOG.warning("提前算好的结果损坏，已忽略，会重新算：%s", path)
    return None


def read_latest(paths: Sequence[Path]) -> tuple[Arrays | None, int]:
    """Return the arrays of the last file that can be read, and how many files lead up to it; None and 0 for none."""
    for count in range(len(paths), 0, -1):
        if (found := read_arrays(paths[count - 1])) is not None:
            return found, count
    return None, 0


def keep_arrays(path: Path, found: Arrays, pattern: str, most: int) -> None:
    """Write the arrays atomically; of the files that match a pattern the `most` newest stay.

    A folder that cannot be written is ignored; it only costs time.
    """
    packed = {name: _packed(values) for name, values in found.arrays.items()}
    listed = [
        (name, values.dtype.str, values.shape, len(packed[name]), values.nbytes)
        for name, values in found.arrays.items()
    ]
    head = json.dumps({"arrays": listed, "meta": dict(found.meta)}, ensure_ascii=False).encode()
    body = b"".join([len(head).to_bytes(8, "little"), head, *packed.values()])
    with suppress(OSError):
        write_whole(path, lambda draft: draft.write_bytes(MAGIC + hashlib.sha256(body).digest() + body))
        keep_newest(path.parent, pattern, most)


def _packed(values: npt.NDArray[Any]) -> bytes:
    found: bytes = pa.compress(np.ascontiguousarray(values).tobytes(), codec="zstd", asbytes=True)
    return found


def _unpacked(listed: list[Any], body: bytes) -> list[tuple[str, npt.NDArray[Any]]]:
    found, start = [], 0
    for name, kind, shape, size, plain in listed:
        part = pa.decompress(body[start : start + size], plain, codec="zstd", asbytes=True) if plain else b""
        found.append((name, np.frombuffer(part, dtype=kind).reshape(shape)))
        start += size
    return found
