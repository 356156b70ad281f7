"""What the import page holds between two runs: uploaded files on disk, previews in a drawer."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from reports.data.versions import newest
from survey.disk import write_whole
from survey.importing import ingest
from survey.importing.preview import Preview
from survey.study.study import Study

DAY = 86_400


class Uploaded(Protocol):
    """A file as the browser sent it."""

    name: str

    def getvalue(self) -> bytes:
        """Its bytes."""
        ...


class ImportProgress:
    """Progress of an import on the page."""

    def __init__(self) -> None:
        """An empty bar where the page stands."""
        self._bar = st.progress(0.0, text="开始读取")

    def show(self, what: str, share: float) -> None:
        """Say what is being done, and how much of it is done (0 to 1)."""
        self._bar.progress(share, text=what)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.empty()


class Drawer:
    """The last few previews of this server, by what they were made of; never in a visitor's session."""

    def __init__(self, room: int = 8) -> None:
        """An empty drawer."""
        self._room = room
        self._held: OrderedDict[tuple[Any, ...], Preview] = OrderedDict()

    def find(self, key: tuple[Any, ...]) -> Preview | None:
        """The preview made of exactly this."""
        return self._held.get(key)

    def keep(self, key: tuple[Any, ...], preview: Preview) -> None:
        """Keep a preview; the oldest makes room."""
        self._held[key] = preview
        while len(self._held) > self._room:
            self._held.popitem(last=False)


@st.cache_resource(show_spinner=False)
def drawer() -> Drawer:
    """The one drawer of this server."""
    return Drawer()


def saved(files: Sequence[Uploaded]) -> tuple[Path, ...]:
    """Uploaded files on disk under their own names, readable for this user alone; what is a day old is removed."""
    root = Path(tempfile.gettempdir()) / "silu-uploads"
    root.mkdir(mode=0o700, exist_ok=True)
    for old in root.iterdir():
        if time.time() - old.stat().st_mtime > DAY:
            shutil.rmtree(old, ignore_errors=True)
    return tuple(_save(root, file) for file in files)


def _save(root: Path, file: Uploaded) -> Path:
    content = file.getvalue()
    folder = root / hashlib.sha256(content).hexdigest()
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / (Path(file.name.replace("\\", "/")).name or "答卷")
    if not path.is_file():  # whole at once: somebody else may upload and read the same file now
        write_whole(path, lambda copy: copy.write_bytes(content))
    return path


def forget(paths: Sequence[Path]) -> None:
    """Remove uploaded files from the disk once they are in the study."""
    for path in paths:
        shutil.rmtree(path.parent, ignore_errors=True)


def staged(study: Study, paths: Sequence[Path], wave: str, *, mode: str, keep_partial: bool) -> Preview:
    """The preview of some files, made once and shown with its progress.

    Raises:
        SiluError: as `ingest.stage`.
    """
    version = newest(study.root)
    mapping = study.root / "mapping.toml"
    stamp = mapping.stat().st_mtime_ns if mapping.is_file() else 0
    key = (str(study.root), study.questionnaire.fingerprint, stamp, version, tuple(paths), wave, mode, keep_partial)
    if found := drawer().find(key):
        return found
    bar = ImportProgress()
    try:
        preview = ingest.stage(
            study,
            paths,
            wave,
            mode=mode,
            keep_partial=keep_partial,
            progress=bar.show,
        )
    finally:
        bar.close()
    drawer().keep(key, preview)
    return preview
