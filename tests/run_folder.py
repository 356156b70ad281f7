"""A folder that all processes of one run of tests share."""

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

VARIABLE = "TESTS_OF_SILU"  # SILU_ would be taken for a setting


def make_run_folder() -> Callable[[], None]:
    """Create the folder and name it in the environment; return what removes it."""
    os.environ[VARIABLE] = made = tempfile.mkdtemp(prefix="silu-run-")
    return partial(shutil.rmtree, made, ignore_errors=True)


def run_folder() -> Path:
    """Return the folder of this run."""
    return Path(os.environ[VARIABLE])
