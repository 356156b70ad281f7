"""Workplace: the folder in which a drain works, alone.

Answers lie in files there for a moment. They must not stay behind on the disk when a drain is killed, for one of them
may be withdrawn afterwards: the next drain sweeps the folder first.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from survey.errors import CollectError


@contextmanager
def workplace(root: Path, wait: Callable[[], None]) -> Iterator[Path]:
    """An empty folder of a study for as long as the block lasts; what reads answers puts its own copies there too.

    Args:
        root: folder of the study.
        wait: called when another drain of the study is under way, before waiting for its end.

    Raises:
        CollectError: the study cannot be written.
    """
    folder = root / "inbox" / "drain"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (root / "inbox" / "drain.lock").open("w")
    except OSError as error:
        raise CollectError("不能入库：调查文件夹写不进去", where=str(folder), got=str(error)) from error
    with lock:
        _hold(lock, wait)
        _sweep(folder)
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir = before
            _sweep(folder)


def _hold(lock: IO[str], wait: Callable[[], None]) -> None:
    """Of two drains at once, one would take out a withdrawn answer that the other then puts back."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        wait()
        fcntl.flock(lock, fcntl.LOCK_EX)


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
