"""Files of kept answers: all answers to a question in one, and beside it what has changed since it was written.

The second has the answers of the blocks that the first lacks, and the columns that may change for every answer. A file
ends with the checksum of its content; what is damaged, or refers to a file that is, counts as absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from reports.voices.kept.blocks import Sizes, pieces_of
from survey.host.disk import sha256_of, write_whole
from survey.storage.files import keep_newest

WHOLE, CHANGED = ".arrow", ".changed"
"""Suffixes of a file of all answers, and of one of what has changed."""
KEPT = {WHOLE: 4, CHANGED: 8}
"""Files of a study by suffix; of those of all answers, one for each open question."""
GROWN = 4
"""A file of all answers is written anew when those that it lacks are more than such a part of it."""
ALWAYS, CODED = ("group", "trains"), ("themes", "primary", "margin", "assigned")
"""Columns that every import may change, and those that change with the model of themes."""
_OWN, _FOR_ALL, _MADE = "own", "for all", b"made"


@dataclass(frozen=True, slots=True)
class Made:
    """What answers were made from.

    Attributes:
        blocks: key and number of answers of each block, in order.
        rules: digest of the question and of what its texts are read with.
        model: key of what gave the themes.
        whole: content and checksum in the name of the file of all answers that changes refer to; "" for none.
    """

    blocks: Sizes = ()
    rules: str = ""
    model: str = ""
    whole: str = ""


NOTHING = Made()


def made_of(path: Path) -> Made:
    """Return what the answers of a file were made from.

    Raises:
        OSError: the file cannot be read.
        KeyError, ValueError, TypeError: it is none of these files.
    """
    with pa.OSFile(str(path)) as source:
        found = json.loads(pa.ipc.open_file(source).schema.metadata[_MADE])
    return Made(**found | {"blocks": tuple((str(key), int(n)) for key, n in found["blocks"])})


def files(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the files of answers whose names match a pattern without a suffix."""
    for suffix in KEPT:
        yield from folder.glob(f"{pattern}{suffix}")


def first_of(path: Path) -> list[Path]:
    """Return the file of all answers that a file of changes refers to; nothing for other files, or where it is gone."""
    with suppress(OSError, KeyError, ValueError, TypeError, pa.ArrowException):
        if path.suffix == CHANGED:
            return list(path.parent.glob(f"*-{made_of(path).whole}{WHOLE}"))
    return []


def has_first(path: Path) -> bool:
    """Return whether a file can be loaded unless it is damaged."""
    return path.suffix == WHOLE or bool(first_of(path))


def read(path: Path, columns: Sequence[str] = ()) -> tuple[pa.Table, Made] | None:
    """Return the answers of a file, or only some columns of them, and what they were made from.

    None where the file is damaged, or the one that it refers to.
    """
    with suppress(OSError, KeyError, ValueError, TypeError, pa.ArrowException):
        if _is_whole(path):
            made = made_of(path)
            if path.suffix == WHOLE:
                with pa.OSFile(str(path)) as source:
                    return _some(source, columns), made
            first = next(filter(_is_whole, first_of(path)), None)
            return None if first is None else (_changed(path, made, first, columns), made)
    return None


def write(folder: Path, name: str, answers: pa.Table, made: Made) -> None:
    """Keep answers, or what has changed since the file of all answers that they were made from.

    Args:
        folder: where.
        name: key and content of the answers.
        answers: all of them.
        made: what they were made from.

    Raises:
        OSError: the folder cannot be written.
    """
    first = next(folder.glob(f"*-{made.whole}{WHOLE}"), None) if made.whole else None
    before = NOTHING if first is None else made_of(first)
    pieces = pieces_of(made.blocks, before.blocks)
    if first is None or pieces.new * GROWN > len(answers):
        _keep(folder, name, WHOLE, answers, Made(made.blocks, made.rules, made.model))
    else:
        over = (*ALWAYS, *(CODED if made.model != before.model else ()))
        parts = {_OWN: pieces.only_new(answers.drop_columns(list(over))), _FOR_ALL: answers.select(list(over))}
        packed = {part: _packed(table) for part, table in parts.items()}
        first.touch()  # the newest files stay
        _keep(folder, name, CHANGED, pa.table(packed), made)


def _keep(folder: Path, name: str, suffix: str, table: pa.Table, made: Made) -> None:
    table = table.replace_schema_metadata({_MADE: json.dumps(asdict(made)).encode()})
    written = write_whole(folder / f"{name}-new{suffix}", lambda draft: _fill(draft, table))
    written.replace(folder / f"{name}-{sha256_of(written)}{suffix}")
    keep_newest(folder, f"*{suffix}", KEPT[suffix])


def _fill(draft: Path, table: pa.Table) -> None:
    with pa.OSFile(str(draft), "wb") as sink:
        _pack(table, sink)


def _packed(table: pa.Table) -> pa.Array:
    """Return one value, the file of a table."""
    sink = pa.BufferOutputStream()
    _pack(table, sink)
    file = sink.getvalue()
    ends = pa.array([0, file.size], pa.int64()).buffers()[1]
    return pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, file])


def _pack(table: pa.Table, sink: pa.NativeFile) -> None:
    options = pa.ipc.IpcWriteOptions(compression="lz4", unify_dictionaries=True)
    with pa.ipc.new_file(sink, table.schema, options=options) as out:
        out.write_table(table.combine_chunks())


def _names(source: pa.NativeFile) -> list[str]:
    names: list[str] = pa.ipc.open_file(source).schema.names
    return names


def _some(source: pa.NativeFile, columns: Sequence[str]) -> pa.Table:
    """Return a table, or some of its columns."""
    names = _names(source)
    options = pa.ipc.IpcReadOptions(included_fields=[names.index(name) for name in columns])
    return pa.ipc.open_file(source, options=options).read_all().replace_schema_metadata(None)


def _changed(path: Path, made: Made, first: Path, columns: Sequence[str]) -> pa.Table:
    """Return the answers of a file of changes, with those that it refers to."""
    with pa.OSFile(str(path)) as source, pa.OSFile(str(first)) as other:
        row = pa.ipc.open_file(source).read_all()
        own, over = (pa.BufferReader(row[name][0].as_buffer()) for name in (_OWN, _FOR_ALL))
        wanted = [name for name in _names(other) if not columns or name in columns]
        found = dict[str, pa.ChunkedArray]()
        if mine := [name for name in wanted if name in _names(own)]:
            pieces = pieces_of(made.blocks, made_of(first).blocks)
            table = pieces.table(_some(other, mine), _some(own, mine))
            found |= {name: table[name] for name in mine}
        if others := [name for name in wanted if name not in found]:
            table = _some(over, others)
            found |= {name: table[name] for name in others}
    return pa.table({name: found[name] for name in wanted})


def _is_whole(path: Path) -> bool:
    found = path.stat()
    return path.stem.rpartition("-")[2] == _checksum(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _checksum(path: Path, _written: int, _size: int) -> str:
    return sha256_of(path)
