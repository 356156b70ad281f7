"""Keep Python's cyclic garbage collector off the modules and cached results that live as long as the server."""

from __future__ import annotations

import atexit
import gc
from threading import Lock

_SETTLED: set[str] = set()
_ONE = Lock()
# Extension modules report frozen objects as leaks when the interpreter ends.
atexit.register(gc.unfreeze)


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
