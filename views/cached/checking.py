"""Show results of large waves before their answers are checked; a process of its own checks them meanwhile."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from threading import Lock

import streamlit as st

from reports.fieldwork.background import LARGE, start
from reports.fieldwork.deriving import is_kept, rounds
from reports.fieldwork.kept_lights import Round
from survey.study.study import Study
from views.visitor.session import Loaded

_STARTED: list[subprocess.Popen[bytes]] = []


class Checks:
    """The checks of the large waves of one data version that are not done yet."""

    def __init__(self, study: Study, todo: tuple[Round, ...]) -> None:
        """Start the process that does them, where there are any.

        Args:
            study: the study.
            todo: waves and modes to check.
        """
        self._study, self._todo, self._lock = study, todo, Lock()
        self._process = _start(study) if todo else None

    def waves(self, mode: str) -> frozenset[str]:
        """Return the waves of a mode that are still being checked; none once the process has ended.

        Whatever it could not do or keep, as in a read-only folder, pages then compute themselves, and wait for it.
        """
        with self._lock:
            ended = self._process is None or self._process.poll() is not None
            self._todo = () if ended else tuple(one for one in self._todo if not is_kept(self._study, one))
            return frozenset(one.wave for one in self._todo if one.mode == mode)


def _start(study: Study) -> subprocess.Popen[bytes] | None:
    """Start `silu derive`, to be ended with this server; None where that is impossible."""
    process = start(study)
    if process is not None:
        _STARTED.append(process)
    return process


def stop_checks() -> None:
    """End the processes that this server started; what they have finished is kept."""
    while _STARTED:
        _STARTED.pop().terminate()


def before_checks(loaded: Loaded, mode: str) -> Loaded:
    """Return the study with the waves of a mode that are still being checked, as this run of a page shows them."""
    return replace(loaded, unchecked=_checks(loaded.study, loaded.key[:3], loaded).waves(mode))


@st.cache_resource(max_entries=4, show_spinner=False)
def _checks(_study: Study, key: tuple[str, str, int], _loaded: Loaded) -> Checks:
    large = _loaded.fieldwork[_loaded.fieldwork["n"] > LARGE]
    if large.empty:
        return Checks(_study, ())
    some = set(zip(large["wave"], large["mode"], strict=True))
    asked = (one for one in rounds(_study, key[2]) if (one.wave, one.mode) in some)
    return Checks(_study, tuple(one for one in asked if not is_kept(_study, one)))
