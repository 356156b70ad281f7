"""Keep uploaded files on disk and import previews in memory between two runs of the import page."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import streamlit as st

from reports.data.import_state import ImportState, import_state, waiting
from reports.data.versions import newest, rejected
from reports.sentences.notes.catalogue import tr
from survey.host.disk import write_whole
from survey.host.names import check_path
from survey.host.scratch import process_folder
from survey.importing import ingest
from survey.importing.preview import Preview
from survey.study.study import Study

DAY = 86_400
FOLDER = "imports.folder"
"""Key of the name of a visitor's own folder of uploads."""


class Uploaded(Protocol):
    """A file as the browser sent it."""

    name: str

    def getvalue(self) -> bytes:
        """Return its bytes."""
        ...


class ImportProgress:
    """Progress of an import on the page."""

    def __init__(self) -> None:
        """Show an empty progress bar."""
        self._bar = st.progress(0.0, text=tr("开始读取"))

    def show(self, what: str, share: float) -> None:
        """Show the current step and the completed share in [0, 1]."""
        self._bar.progress(share, text=what)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.empty()


class PreviewCache:
    """The most recent previews of this server, keyed by their inputs; not kept in a visitor's session."""

    def __init__(self, room: int = 8) -> None:
        """Create an empty cache for `room` previews."""
        self._room = room
        self._held: OrderedDict[tuple[Any, ...], Preview] = OrderedDict()

    def find(self, key: tuple[Any, ...]) -> Preview | None:
        """Return the preview with this key; None where it is not kept."""
        return self._held.get(key)

    def keep(self, key: tuple[Any, ...], preview: Preview) -> None:
        """Keep a preview and discard the oldest one above the limit."""
        self._held[key] = preview
        while len(self._held) > self._room:
            self._held.popitem(last=False)


@st.cache_resource(show_spinner=False)
def preview_cache() -> PreviewCache:
    """Return the preview cache of this server."""
    return PreviewCache()


def saved(files: Sequence[Uploaded]) -> tuple[Path, ...]:
    """Write uploads to disk under their own names, readable by this user only; remove uploads older than a day.

    Each visitor has a folder, because two may choose the same file and the first to import it removes it. What is not
    imported goes with the server, or at the next start where it was killed.
    """
    root = process_folder()
    for old in root.iterdir():
        if time.time() - old.stat().st_mtime > DAY:
            shutil.rmtree(old, ignore_errors=True)
    own = root / str(st.session_state.setdefault(FOLDER, secrets.token_hex(8)))
    own.mkdir(mode=0o700, exist_ok=True)
    return tuple(_save(own, file) for file in files)


def _save(own: Path, file: Uploaded) -> Path:
    content = file.getvalue()
    folder = own / hashlib.sha256(content).hexdigest()
    folder.mkdir(mode=0o700, exist_ok=True)
    name = Path(file.name.replace("\\", "/")).name
    path = folder / (tr("答卷") if name in ("", "..") else name)
    check_path(path, file.name[:40])
    if not path.is_file():  # atomic: a run of the page may be stopped at any moment
        write_whole(path, lambda copy: copy.write_bytes(content))
    return path


def forget(paths: Sequence[Path]) -> None:
    """Remove uploaded files from the disk once they are in the study."""
    for path in paths:
        shutil.rmtree(path.parent, ignore_errors=True)


def staged(study: Study, paths: Sequence[Path], wave: str, *, mode: str, keep_partial: bool) -> Preview:
    """Return the preview of some files; make it once and show the progress.

    Raises:
        SiluError: as `ingest.stage`.
    """
    version = newest(study.root)
    mapping = study.root / "mapping.toml"
    stamp = mapping.stat().st_mtime_ns if mapping.is_file() else 0
    key = (str(study.root), study.questionnaire.fingerprint, stamp, version, tuple(paths), wave, mode, keep_partial)
    if found := preview_cache().find(key):
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
    preview_cache().keep(key, preview)
    return preview


def state_of(study: Study) -> ImportState:
    """Return what the study holds and what is left to do; the store is read once per data version."""
    version = newest(study.root)
    return replace(_state(study, str(study.root), study.questionnaire.fingerprint, version), waiting=waiting(study))


@st.cache_resource(max_entries=4, show_spinner=False)
def _state(_study: Study, root: str, questionnaire: str, version: int | None) -> ImportState:
    return import_state(_study)


def rejected_rows(study: Study, version: int | None) -> pa.Table:
    """Return the rows of a data version that were rejected and not corrected yet."""
    return _rejected(study, str(study.root), study.questionnaire.fingerprint, version)


@st.cache_resource(max_entries=4, show_spinner=False)
def _rejected(_study: Study, root: str, questionnaire: str, version: int | None) -> pa.Table:
    return rejected(_study)[0]
