"""Check parts when a process first opens them, before anything is computed from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from survey.errors import DamagedError, StoreError
from survey.host.disk import sha256_of
from survey.storage.integrity.erasures import erased
from survey.storage.integrity.log import CURE, added_parts, live_parts, read_log
from survey.storage.integrity.seals import read_seals

NAMED = re.compile(r"-([0-9a-f]{64})\.zstd\.parquet$")
_CHECKED: dict[str, tuple[int, int, int]] = {}
"""Parts that this process has checked, with inode, size and time."""


def check_parts(files: Sequence[str]) -> None:
    """Check that parts are present and intact.

    Args:
        files: paths of parts inside a table of a store.

    Raises:
        StoreError: a part was erased because of a withdrawal or at the end of its period.
        DamagedError: a part is missing or corrupt.
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
    """Check that parts are present; a part that is missing without having been erased is a fault.

    Raises:
        StoreError: parts were erased because of a withdrawal or at the end of their period.
        DamagedError: a part is missing.
    """
    missing = [Path(file) for file in files if not Path(file).exists()]
    if not missing:
        return
    gone = erased_parts(missing[0].parents[1])
    replaced = erased(_store_of(missing[0])).replaced
    for path in missing:
        if path_in_store(path) in replaced:
            raise StoreError("这个版本的数据文件损坏过，打不开；修复后的内容在更新的版本里", where=str(path))
        if path.relative_to(path.parents[1]).as_posix() not in gone:
            raise DamagedError("答卷文件不见了，也没有清除它的记录", where=str(path), cure=CURE)
    raise StoreError(
        "这个版本已经打不开：其中有居民撤回的答卷，或保存期已满的答卷，按规定已从硬盘清除",
        cure="用 silu history 查看还能打开的版本",
    )


def erased_parts(folder: Path) -> frozenset[str]:
    """Return paths, inside a table, of the parts that were erased, for a withdrawal or at the end of their period.

    Early versions of the program kept no erasure log; a part missing only from older versions counts as erased by them.
    """
    start, store = f"{folder.name}/", folder.parent
    noted = frozenset(part.removeprefix(start) for part in erased(store).parts if part.startswith(start))
    if read_seals(store).top(folder.name) >= 0:
        return noted
    every = {part for _, found in read_log(folder) for part in added_parts(found)}
    return noted | {part for part in every - live_parts(folder) if not (folder / part).exists()}


def replaced_parts(folder: Path) -> frozenset[str]:
    """Paths, inside a table, of damaged parts that a repair has set aside."""
    start = f"{folder.name}/"
    return frozenset(part.removeprefix(start) for part in erased(folder.parent).replaced if part.startswith(start))


def is_right(path: Path) -> bool | None:
    """Return whether a part is intact; None where no checksum of it was kept.

    Raises:
        OSError: the part cannot be read.
    """
    right = promised(path)
    return sha256_of(path) in right if right else None


def promised(path: Path) -> frozenset[str]:
    """Return the SHA-256 values that a part may have: of its name, of a seal, of a lawful rewrite; empty if unknown."""
    named, name = checksum_in(path.name), path_in_store(path)
    right = frozenset({named}) if named else read_seals(_store_of(path)).files.get(name, frozenset())
    return right | erased(_store_of(path)).rewritten.get(name, frozenset()) if right else right


def path_in_store(path: Path) -> str:
    """Return the path of a part inside its store, with slashes."""
    return path.relative_to(_store_of(path)).as_posix()


def _store_of(part: Path) -> Path:
    return part.parents[2]


def part_name(sha256: str) -> str:
    """Return the file name of a part, also used in the log; it contains the checksum.

    The random prefix distinguishes two parts with the same rows.
    """
    return f"part-{uuid4().hex[:8]}-{sha256}.zstd.parquet"


def checksum_in(name: str) -> str | None:
    """Return the SHA-256 in the name of a part, in hex; None for parts of versions without checksums."""
    found = NAMED.search(name)
    return found[1] if found else None
