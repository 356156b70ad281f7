"""Parts are checked when this process first opens them, before anything is derived from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from survey.disk import sha256_of
from survey.errors import DamagedError, StoreError
from survey.storage.erasures import erased
from survey.storage.log import CURE, added_parts, live_parts, read_log
from survey.storage.seals import read_seals

NAMED = re.compile(r"-([0-9a-f]{64})\.zstd\.parquet$")
_CHECKED: dict[str, tuple[int, int, int]] = {}
"""Parts that this process has found in order, with inode, size and time."""


def check_parts(files: Sequence[str]) -> None:
    """Make sure that parts are what was written.

    Args:
        files: their paths, inside a table of a store.

    Raises:
        StoreError: one was erased because somebody withdrew an answer.
        DamagedError: one is missing or not what was written.
    """
    check_present(files)
    for file in files:
        stat = Path(file).stat()
        facts = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if _CHECKED.get(file) != facts:
            if is_right(Path(file)) is False:
                raise DamagedError("答卷文件损坏：内容与写入时的校验值不符", where=file, cure=CURE)
            _CHECKED[file] = facts


def check_present(files: Sequence[str]) -> None:
    """Make sure that parts are there; what is missing without being erased is a fault.

    Raises:
        StoreError: some were erased because somebody withdrew an answer.
        DamagedError: one is missing.
    """
    missing = [Path(file) for file in files if not Path(file).exists()]
    if not missing:
        return
    gone = erased_parts(missing[0].parents[1])
    for path in missing:
        if path.relative_to(path.parents[1]).as_posix() not in gone:
            raise DamagedError("答卷文件不见了，也没有清除它的记录", where=str(path), cure=CURE)
    raise StoreError(
        "这个版本已经打不开：其中有居民撤回的答卷，按规定已从硬盘清除",
        cure="用 silu history 查看还能打开的版本",
    )


def erased_parts(folder: Path) -> frozenset[str]:
    """Paths, inside a table, of the parts that were erased because somebody withdrew an answer.

    The version before kept no log of that; a part that is missing from its older versions only was erased by it.
    """
    start, store = f"{folder.name}/", folder.parent
    noted = frozenset(part.removeprefix(start) for part in erased(store).parts if part.startswith(start))
    if read_seals(store).top(folder.name) >= 0:
        return noted
    every = {part for _, found in read_log(folder) for part in added_parts(found)}
    return noted | {part for part in every - live_parts(folder) if not (folder / part).exists()}


def is_right(path: Path) -> bool | None:
    """Whether a part is what was written; None where no checksum of it was kept.

    Raises:
        OSError: it cannot be read.
    """
    promised = checksum_in(path.name)
    right = frozenset({promised}) if promised else read_seals(_store_of(path)).files.get(path_in_store(path))
    return None if right is None else sha256_of(path) in right


def path_in_store(path: Path) -> str:
    """Path of a part inside its store, with slashes."""
    return path.relative_to(_store_of(path)).as_posix()


def _store_of(part: Path) -> Path:
    return part.parents[2]


def part_name(sha256: str) -> str:
    """File name of a part, and so its name in the log: it promises the checksum.

    What comes before keeps apart two parts that hold the same rows.
    """
    return f"part-{uuid4().hex[:8]}-{sha256}.zstd.parquet"


def checksum_in(name: str) -> str | None:
    """SHA-256 that the name of a part promises, in hex; None for parts of a version that did not keep it."""
    found = NAMED.search(name)
    return found[1] if found else None
