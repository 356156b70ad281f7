"""A private copy of an answer file, so that it cannot change while it is read several times.

A reader determines kind, encoding and sha256 from the bytes before it parses them. If the file changed in between, the
rows would not match the sha256, and truncating a memory-mapped file would crash the process.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.errors import ReadError
from survey.host.scratch import scratch_folder
from survey.readers.files.opening import not_opened


@contextmanager
def private_copy(path: Path) -> Iterator[Path]:
    """Provide a copy under the same name for the duration of the block.

    Raises:
        ReadError: the file cannot be read, or is being written to.
    """
    with scratch_folder() as folder:
        copy = folder / (path.name or "file")
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
    """Return size, modification time and inode."""
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino
