"""Tables kept in one file with their checksum: whole or absent, and never read where it is damaged.

Arrow files beside the store; what is damaged or of another form is logged, ignored and made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from survey.host.disk import write_whole
from survey.storage.files import keep_newest

LOG = logging.getLogger("silu")


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables by name, and plain values beside them."""

    tables: Mapping[str, pd.DataFrame]
    meta: Mapping[str, Any] = field(default_factory=dict)


def kept_tables(path: Path, make: Callable[[], Tables], most: int) -> Tables:
    """Return the tables of a file, or what `make` returns, which is kept then; columns have the types of the file.

    A folder that cannot be written is ignored; it only costs time. Of each kind (suffix of the path) the `most` newest
    files stay.
    """
    known = read_tables(path)
    if known is not None:
        return known
    found = make()
    packed = {name: _packed(table) for name, table in found.tables.items()}
    with suppress(OSError):
        write_whole(path, lambda draft: _write({**packed, "meta": json.dumps(dict(found.meta)).encode()}, draft))
        keep_newest(path.parent, f"*{path.suffix}", most)
    return Tables({name: _unpacked(part) for name, part in packed.items()}, found.meta)


def _write(parts: Mapping[str, bytes], draft: Path) -> None:
    table = pa.table({**{name: [part] for name, part in parts.items()}, "digest": [_digest(list(parts.values()))]})
    with pa.OSFile(str(draft), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)


def read_tables(path: Path) -> Tables | None:
    """Return the tables of a file; None where it is missing or damaged."""
    try:
        row = pa.ipc.open_file(pa.py_buffer(path.read_bytes())).read_all().to_pylist()[0]
        digest, meta = row.pop("digest"), row.pop("meta")
        if digest == _digest([*row.values(), meta]):
            return Tables({name: _unpacked(part) for name, part in row.items()}, json.loads(meta))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, IndexError, TypeError, pa.ArrowException):
        pass
    LOG.warning("提前算好的结果损坏，已忽略，会重新算：%s", path)
    return None


def _packed(frame: pd.DataFrame) -> bytes:
    table, sink = pa.Table.from_pandas(frame), pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as out:
        out.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(part: bytes) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_file(pa.py_buffer(part)).read_all().to_pandas()
    return frame


def _digest(parts: list[bytes]) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
