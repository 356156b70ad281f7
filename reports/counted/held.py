"""Results that one run asks for again: counted responses and weighted samples, held until it ends.

`silu derive` makes correlations, verdicts, weights and comparisons of the same answers one after the other. A server
holds nothing here: it keeps samples by their keys (`views.cached`), and threads of a run have none.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Result = TypeVar("Result")
_HELD: ContextVar[dict[Hashable, Any] | None] = ContextVar("held", default=None)


@contextmanager
def holding() -> Iterator[None]:
    """Hold results until the end of the block."""
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def is_holding() -> bool:
    """Return whether this is a run that holds results, and so may hold what it has just read."""
    return _HELD.get() is not None


def held(key: Callable[[], Hashable], make: Callable[[], Result]) -> Result:
    """Return what `make` returns, or what it returned before in the same run for the same key.

    Args:
        key: returns what the result depends on, in the words of its maker; not called where nothing is held.
        make: makes the result, which nobody changes.
    """
    results = _HELD.get()
    if results is None:
        return make()
    name = key()
    if name not in results:
        results[name] = make()
    found: Result = results[name]
    return found
