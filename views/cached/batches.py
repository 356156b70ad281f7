"""Batches of documents that are made in the background: one at a time for each person, kept until it is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from uuid import uuid4

import streamlit as st

from documents.batch import Progress, write_batch
from documents.forms import Form
from reports.briefing.build import Part
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.person import name_of_person, who_acts
from survey.host.scratch import process_folder


@dataclass(slots=True)
class Batch:
    """An archive that is being made.

    Attributes:
        name: name of the archive.
        progress: how far it is.
        path: where it lies once it is whole; None before.
        error: why it could not be made; None for no error.
    """

    name: str
    progress: Progress = field(default_factory=Progress)
    path: Path | None = None
    error: SiluError | None = None

    @property
    def going(self) -> bool:
        """Return whether it is still being made."""
        return self.path is None and self.error is None


class Batches:
    """The batches of all visitors of this server, by person."""

    def __init__(self) -> None:
        """Begin without any."""
        self._mine, self._lock = dict[str, Batch](), Lock()

    def mine(self) -> Batch | None:
        """Return the batch of the person who acts; None where there is none."""
        return self._mine.get(_person())

    def start(self, root: Path, name: str, parts: Sequence[Part], forms: Sequence[Form]) -> Batch:
        """Start a batch for the person who acts; the one that is being made goes on where there is one."""
        with self._lock:
            known = self._mine.get(_person())
            if known is not None and known.going:
                return known
            self._forget()
            batch = self._mine[_person()] = Batch(name, Progress(total=len(parts)))
        # The thread acts as the person who clicked: audit lines and rights are theirs.
        here = copy_context()
        Thread(target=lambda: here.run(_make, batch, root, parts, forms), name="batch", daemon=True).start()
        return batch

    def end(self) -> None:
        """Cancel the batch of the person who acts, and forget it."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        gone = self._mine.pop(_person(), None)
        if gone is not None:
            gone.progress.stop.set()
            if gone.path is not None:
                gone.path.unlink(missing_ok=True)


def _make(batch: Batch, root: Path, parts: Sequence[Part], forms: Sequence[Form]) -> None:
    path = process_folder() / f"{uuid4().hex}.zip"
    try:
        batch.path = write_batch(root, path, parts, forms, batch.progress)
    except SiluError as error:
        batch.error = error
    except Exception as error:  # whatever a library raises; the page would wait for ever
        batch.error = SiluError(
            tr("压缩包没有写成"), got=f"{type(error).__name__}：{error}", cure=tr("把这句话告诉系统维护人员")
        )
        raise
    if batch.progress.stop.is_set() and batch.path is not None:
        batch.path.unlink(missing_ok=True)


def _person() -> str:
    person = who_acts()
    return name_of_person() if person is None else f"@{person.name}"


@st.cache_resource(show_spinner=False)
def batches() -> Batches:
    """Return the batches of this server, the same for all visitors."""
    return Batches()
