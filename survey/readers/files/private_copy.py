"""A private copy of an answer file, so that nobody changes it while it is read several times over.

A reader looks at the bytes for their kind, their encoding and their sha256 before it parses them. Were the file written
to in between, rows could be missing from what its sha256 stands for, and a mapped file cut short ends the process.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.errors import ReadError
from survey.readers.files.opening import not_opened


@contextmanager
def private_copy(path: Path) -> Iterator[Path]:
    """A copy under the same name, for as long as the block lasts.

    Raises:
        ReadError: the file cannot be read, or is being written to.
    """
    with tempfile.TemporaryDirectory(prefix="silu-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / (path.name or "file")
        try:
            before = _state(path)
            shutil.copyfile(path, copy)
            after, copied = _state(path), copy.stat().st_size
        except OSError as error:
            raise not_opened(path, error) from error
        if before != after or copied != before[0]:
            raise ReadError(
                "文件正在被改动，没有读取",
                where=path.name,
                got=f"{before[0]:,} 字节变成 {after[0]:,} 字节" if before[0] != after[0] else "内容刚被重写",
                cure="等下载、拷贝或保存完成，关闭正在编辑它的程序，再重新导入",
            )
        yield copy


def _state(path: Path) -> tuple[int, int, int]:
    """Size, time of the last change, and which file it is."""
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino
