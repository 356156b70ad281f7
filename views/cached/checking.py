"""Show results of large waves before their answers are checked; a process of its own checks them meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Concatenate, ParamSpec

from reports.fieldwork.background import start
from reports.fieldwork.deriving import LARGE, is_kept, rounds
from reports.fieldwork.kept.samples import lacks_published_samples
from reports.fieldwork.kept_checks import is_flagged, path_of_flags
from reports.fieldwork.kept_lights import Round, path_of, read_units
from reports.voices import reading
from reports.voices.open_answers import open_questions
from reports.voices.reading import is_read, mark_of
from survey.errors import SiluError
from survey.study.study import Study
from views.shell.shelf import Shelf
from views.visitor.session import Loaded

Of = ParamSpec("Of")
_CHECKS = Shelf(4)
READ_FROM = 5_000
"""Responses of a study from which its texts are read apart: fewer take less time than a process takes to start."""
_STARTED: list[subprocess.Popen[bytes]] = []


class Checks:
    """The checks of the large waves of one data version that are not done yet.

    Runs of pages look for the files that say so; their names are made once, because the answers, the lexicon and the
    frame that decide them take 60 ms to read. A change of these starts another process, and other checks.
    """

    def __init__(
        self,
        study: Study,
        todo: tuple[Round, ...],
        flagless: tuple[Round, ...] = (),
        texts: frozenset[str] = frozenset(),
    ) -> None:
        """Start the process that does them, where there are any.

        Args:
            study: the study.
            todo: waves and modes without lights.
            flagless: waves and modes whose single answers are not checked.
            texts: open questions whose answers are not read.
        """
        self._study, self._todo, self._flagless, self._texts = study, todo, flagless, texts
        self._lock, self._process = Lock(), _start(study) if todo or flagless or texts else None
        self._files: dict[Hashable, Path] = {}

    def is_reading(self, item: str, version: int) -> bool:
        """Return whether the answers to an open question are still being read; not once the process has ended."""
        with self._lock:
            if self._has_ended() or (item in self._texts and self._file(mark_of, item, version).exists()):
                self._texts -= {item}
            return item in self._texts

    def _file(self, place: Callable[Concatenate[Study, Of], Path], *of: Of.args, **named: Of.kwargs) -> Path:
        """Return the file of a wave and mode, or of a question."""
        key = (place, of)
        if key not in self._files:
            self._files[key] = place(self._study, *of, **named)
        return self._files[key]

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def waves(self, mode: str, *, flags: bool = False) -> frozenset[str]:
        """Return the waves of a mode that are still being checked; none once the process has ended.

        Whatever it could not do or keep, as in a read-only folder, pages then compute themselves, and wait for it.

        Args:
            mode: how the answers were collected.
            flags: whether single answers must be checked, too.
        """
        with self._lock:
            if self._has_ended():
                self._todo = self._flagless = ()
            self._todo = tuple(one for one in self._todo if read_units(self._file(path_of, one)) is None)
            if flags:
                self._flagless = tuple(one for one in self._flagless if not self._file(path_of_flags, one).exists())
            return frozenset(one.wave for one in (*self._todo, *(self._flagless if flags else ())) if one.mode == mode)


def _start(study: Study, *options: str) -> subprocess.Popen[bytes] | None:
    """Start `silu derive`, to be ended with this server; None where that is impossible."""
    process = start(study, *options)
    if process is not None:
        _STARTED.append(process)
    return process


def read_texts_apart(loaded: Loaded) -> None:
    """Start to read the texts of a small study in a process of its own, where the server would need libraries for it.

    These would stay in its memory as long as it runs. Where a visitor comes first, the page reads the texts itself.
    """
    size = loaded.fieldwork["n"].sum()
    if not loaded.study.publication and READ_FROM <= size <= reading.LARGE and _unread(loaded, least=0):
        _start(loaded.study, "--texts")


def keep_published_apart(loaded: Loaded) -> None:
    """Start to keep what readers without raw data are shown of a large study, where it is not kept yet."""
    if loaded.fieldwork["n"].sum() > LARGE and lacks_published_samples(loaded.study):
        _start(loaded.study)


def stop_checks() -> None:
    """End the processes that this server started; what they have finished is kept."""
    while _STARTED:
        _STARTED.pop().terminate()


def before_checks(loaded: Loaded, mode: str, *, flags: bool = False) -> Loaded:
    """Return the study with the waves of a mode that are still being checked, as this run of a page shows them.

    Args:
        loaded: the study.
        mode: how the answers were collected.
        flags: whether the page shows what single answers are flagged for.
    """
    return replace(loaded, unchecked=_checks(loaded).waves(mode, flags=flags))


def is_reading(loaded: Loaded, item: str) -> bool:
    """Return whether the answers to an open question of a large study are still being read."""
    return _checks(loaded).is_reading(item, loaded.key[2])


def _checks(loaded: Loaded) -> Checks:
    found: Checks = _CHECKS.get(loaded.key[:3], lambda: _checks_to_do(loaded))
    return found


def _checks_to_do(loaded: Loaded) -> Checks:
    study, large = loaded.study, loaded.fieldwork[loaded.fieldwork["n"] > LARGE]
    some = set(zip(large["wave"], large["mode"], strict=True))
    asked = [one for one in rounds(study, loaded.key[2]) if (one.wave, one.mode) in some] if some else []
    todo, flagless = (tuple(one for one in asked if not done(study, one)) for done in (is_kept, is_flagged))
    return Checks(study, todo, flagless, _unread(loaded, reading.LARGE))


def _unread(loaded: Loaded, least: int) -> frozenset[str]:
    """Return the open questions whose answers are not read, of a study with more answers than `least`."""
    if loaded.fieldwork["n"].sum() <= least:
        return frozenset()
    with suppress(SiluError):
        return frozenset(
            item for item in open_questions(loaded.study) if not is_read(loaded.study, item, loaded.key[2])
        )
    return frozenset()
