"""Derive in a process of its own, so that nobody waits for it: started by the dashboard, imports and drains."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from survey.errors import SiluError
from survey.study.study import Study

COMMAND = Path(__file__).parents[2] / "cli.py"
NICE = 10
"""Priority of the process: pages and the online form come first."""


def start(study: Study, *options: str) -> subprocess.Popen[bytes] | None:
    """Start `silu derive` with these options; None where that is impossible."""
    command = [sys.executable, str(COMMAND), "derive", "--study", str(study.root), *options]
    try:
        # In a session of its own, because Ctrl+C in the terminal of the caller would end it with a traceback.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
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
    """Return whether the lights of a wave and mode of more than `deriving.LARGE` responses are not kept."""
    from reports.fieldwork import deriving  # loads the estimates

    return any(not deriving.is_kept(study, one) for one in deriving.large_rounds(study))
