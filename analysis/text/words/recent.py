"""Recent: results by key, of which those that were not asked for lately are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps what is asked for in batches: two halves, of which the older one is dropped when the newer one is full.

    Unlike `functools.lru_cache` it makes all that are missing at once, and forgets nothing in the middle of a batch.
    """

    def __init__(self, most: int) -> None:
        """Keep about this many results."""
        self._half = most // 2
        self._new: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def of(self, keys: Iterable[K], make: Callable[[list[K]], Iterable[V]]) -> Mapping[K, V]:
        """Return results among which are those of the keys; `make` returns the missing ones, in their order."""
        if len(self._new) > self._half:
            self._old, self._new = self._new, {}
        new, old = self._new, self._old
        wanted = [key for key in dict.fromkeys(keys) if key not in new]
        if old:
            new.update((key, old[key]) for key in wanted if key in old)
            wanted = [key for key in wanted if key not in old]
        if wanted:
            new.update(zip(wanted, make(wanted), strict=True))
        return new
