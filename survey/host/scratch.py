"""Temporary files, and the removal of those that a killed process left behind.

Their names carry the machine and the process: a later start removes what belongs to no living process of this machine,
and what another machine left a day ago. Names without an owner are those of version 0.1.0.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

SCRATCH = "silu-"
"""Prefix of temporary folders in the temporary folder of the system."""
DRAFT = ".copy-"
"""Prefix of files in a study that are not in their place yet."""
SPILL = "spill-"
OWNER = re.compile(r"(?P<host>[0-9a-f]{8})-(?P<process>\d+)-")
DAY = 24 * 3600


@lru_cache(maxsize=1)
def host() -> str:
    """Return what tells this machine, or this container, from others that share a folder."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def owner() -> str:
    """Return the part of a temporary name that names this process."""
    return f"{host()}-{os.getpid()}-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Provide an empty folder that only its owner may read; it is removed at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{owner()}"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spill_folder(parent: Path) -> Iterator[Path]:
    """Provide an empty folder in a study, or in the folder that it names, for what does not fit into memory.

    It is removed at the end of the block, and those that killed processes left there before it is made. Where the
    parent cannot be written, as by a person who only reads the study, it lies in the temporary folder of the system.
    """
    _sweep(parent.glob(f"{DRAFT}*{SPILL}*"), DRAFT)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{DRAFT}{owner()}{SPILL}", dir=parent))
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{owner()}{SPILL}"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@lru_cache(maxsize=1)
def process_folder() -> Path:
    """Return a scratch folder that lasts as long as this process."""
    opened = scratch_folder()
    folder = opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)
    return folder


def sweep_system() -> int:
    """Remove abandoned scratch folders of this user from the system's temporary folder; return how many there were."""
    return _sweep(Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"), SCRATCH)


def sweep_study(root: Path) -> int:
    """Remove abandoned files and folders from a study; return how many there were."""
    return _sweep(root.rglob(f"{DRAFT}*"), DRAFT) if root.is_dir() else 0


def sweep_folder(folder: Path) -> int:
    """Remove abandoned files from a folder to which results are written, not from those in it; return their number."""
    return _sweep(folder.glob(f"{DRAFT}*"), DRAFT) if folder.is_dir() else 0


def _sweep(found: Iterator[Path], prefix: str) -> int:
    gone = [path for path in list(found) if _abandoned(path, prefix)]
    for path in gone:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(gone)


def _abandoned(path: Path, prefix: str) -> bool:
    try:
        facts = path.lstat()
    except OSError:
        return False
    if hasattr(os, "getuid") and facts.st_uid != os.getuid():
        return False
    named = OWNER.match(path.name.removeprefix(prefix))
    if named is None or named["host"] != host():
        return time.time() - facts.st_mtime > DAY
    return not _lives(int(named["process"]))


def _lives(process: int) -> bool:
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's, or a system that cannot say
        return True
    return True
