"""Derive in a process of its own, so that nobody waits for it: started by the dashboard, imports and drains."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from survey.errors import SiluError
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.study import Study

LARGE = 20_000
"""Responses of a wave and mode above which pages do not wait for the checks: about four CPU seconds."""
COMMAND = Path(__file__).parents[2] / "cli.py"
NICE = 10
"""Priority of the process: pages and the online form come first."""


def start(study: Study, *options: str) -> subprocess.Popen[bytes] | None:
    """Start `silu derive` with these options; None where that is impossible."""
    command = [sys.executable, str(COMMAND), "derive", "--study", str(study.root), *options]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    try:
        # In a session of its own, because Ctrl+C in the terminal of the caller would end it with a traceback.
        process = subprocess.Popen(command, **quiet, start_new_session=True)
    except OSError:
        return None
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    return process


def start_after_commit(study: Study) -> subprocess.Popen[bytes] | None:
    """Start to derive what large waves lack after an import or a drain; the caller need not wait for the process.

    Where a process waits for another one to finish already, the new one ends at once, so that frequent drains start
    no crowd.

    Returns:
        The process; None where no large wave lacks anything, or none can be started.
    """
    with suppress(SiluError, OSError):
        if is_worth_it(study):
            return start(study, "--unless-waiting")
    return None


def is_worth_it(study: Study) -> bool:
    """Return whether the lights of a wave and mode of more than `LARGE` responses are not kept."""
    store = ResponseStore(study.root / "store")
    if store.version is None:
        return False
    large = {(wave, mode) for wave, mode, n in count_modes(store.root, store.version) if n > LARGE}
    if not large:
        return False
    from reports.fieldwork.deriving import is_kept, rounds  # loads the estimates: half a CPU second for each drain

    return any(not is_kept(study, one) for one in rounds(study) if (one.wave, one.mode) in large)
