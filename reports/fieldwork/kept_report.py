"""Reports of the checks, kept beside the lights under the same digest, so that a restarted server need not check again.

A file holds three tables and their checksum; one that is damaged or of another form is ignored and made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.integrity.report import Integrity
from reports.fieldwork.kept_lights import KEPT, Round, path_of
from survey.host.disk import write_whole
from survey.storage.files import keep_newest
from survey.study.study import Study

TABLES = ("interviewers", "areas", "evidence")
LOG = logging.getLogger("silu")


def kept_report(study: Study, one: Round, check: Callable[[], Integrity]) -> Integrity:
    """Return the report of a wave and mode: the kept one, or what `check` returns, which is kept then.

    A folder that cannot be written is ignored; it only costs time.
    """
    path = path_of(study, one).with_suffix(".arrow")
    known = _read(path)
    if known is not None:
        return known
    found = check()
    with suppress(OSError):
        write_whole(path, lambda draft: _write(found, draft))
        keep_newest(path.parent, "*.arrow", KEPT)
    return found


def _write(found: Integrity, draft: Path) -> None:
    parts = {name: _packed(getattr(found, name)) for name in TABLES}
    parts["meta"] = json.dumps(dict(found.meta)).encode()
    digest = _digest(list(parts.values()))
    table = pa.table({**{name: [part] for name, part in parts.items()}, "digest": [digest]})
    with pa.OSFile(str(draft), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)


def _read(path: Path) -> Integrity | None:
    """Return the report of a file; None where it is missing or damaged."""
    try:
        row = pa.ipc.open_file(pa.py_buffer(path.read_bytes())).read_all().to_pylist()[0]
        parts = [row[name] for name in (*TABLES, "meta")]
        if row["digest"] == _digest(parts):
            interviewers, areas, evidence = (_unpacked(part) for part in parts[:-1])
            return Integrity(interviewers, areas, evidence, json.loads(parts[-1]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, IndexError, TypeError, pa.ArrowException):
        pass
    LOG.warning("提前算好的真实性检查损坏，已忽略，会重新检查：%s", path)
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
