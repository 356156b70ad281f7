"""Memory of the server: no collection of what lives as long as it does, few arenas and one allocator, plain texts."""

from __future__ import annotations

import atexit
import ctypes
import gc
import sys
from contextlib import suppress
from threading import Lock

import pandas as pd
import pyarrow as pa

from survey.host.memory import give_back

M_ARENA_MAX, ARENAS = -8, 2
"""The parameter of mallopt(3), and the number of arenas: Python's lock lets one thread at a time allocate anyway."""
_SETTLED: set[str] = set()
_ONE = Lock()
# Extension modules report frozen objects as leaks when the interpreter ends.
atexit.register(gc.unfreeze)


def share_arenas() -> None:
    """Let all threads share a few arenas of the C library, Arrow's tables too; before the first threads start.

    Every run of a page is a thread of its own, and glibc gives up to eight arenas a core, each of which keeps what its
    threads have freed: 130 of 550 MB in a dashboard of the demo. Without glibc, their number stays.
    Arrow's own allocator keeps what it has freed apart from all others: 60 of 508 MB.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def hold_plain_texts() -> None:
    """Let pandas hold texts as Python strings instead of Arrow arrays, before the first table is made.

    Tables of pages have a few hundred rows, whose texts are compared, looked up and printed one by one. Arrow's
    conversions took a fifth of every new filter; they pay from tens of thousands of rows on.
    """
    pd.set_option("mode.string_storage", "python")


def settle(page: str) -> None:
    """Exclude from later collections all that the first run of a page left in memory: modules, samples, results.

    Streamlit's collection after every run is off (`views.shell.options`); Python's own then visits only what came
    after. Each page is settled once, so at most one run of each page can leave cyclic garbage behind.

    Args:
        page: title of the page that has run.
    """
    with _ONE:
        if page in _SETTLED:
            return
        _SETTLED.add(page)
        gc.collect()
        gc.freeze()
        gc.collect()  # resets the count of survivors by which Python schedules its full collections
        give_back()
