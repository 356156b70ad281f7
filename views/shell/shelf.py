"""Shelf: values that all visitors share, each made once for its key."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import nullcontext
from threading import Lock, RLock
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


class Shelf:
    """The values that were used last, by key; a value is made once, also where several visitors ask at the same time.

    Unlike `st.cache_resource`, it takes keys as they are instead of hashing what they contain (1 ms for a selection),
    and a value may ask for other values while it is made. Whoever shares a value must not change it.
    """

    def __init__(self, room: int, waiting: str = "") -> None:
        """Create an empty shelf.

        Args:
            room: largest number of values; the one that was used longest ago makes way.
            waiting: text shown to the visitor while a value is made; "" for none.
        """
        self._room, self._waiting = room, waiting
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the value of a key; make it where it is not there. Nothing is kept where `make` raises."""
        slot = self._slot(key)
        if slot.made:
            return slot.value
        with slot.lock:
            if not slot.made:
                with st.spinner(self._waiting) if self._waiting and get_script_run_ctx() else nullcontext():
                    slot.value = make()
                slot.made = True
        return slot.value

    def _slot(self, key: Hashable) -> _Slot:
        with self._lock:
            slot = self._slots.get(key)
            if slot is None:
                slot = self._slots[key] = _Slot()
            self._slots.move_to_end(key)
            while len(self._slots) > self._room:
                self._slots.popitem(last=False)
            return slot


def arguments(more: tuple[Any, ...], named: Mapping[str, Any]) -> Hashable:
    """Return the arguments of a call as part of a key.

    Mappings and lists count by their content, a missing number (NaN) as equal to itself; frames have no place in a key.

    Raises:
        TypeError: an argument cannot be hashed.
    """
    return _fixed(more), _fixed(named)


def _fixed(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted(((name, _fixed(one)) for name, one in value.items()), key=lambda pair: str(pair[0])))
    if isinstance(value, list | tuple):
        return tuple(_fixed(one) for one in value)
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    hash(value)
    fixed: Hashable = value
    return fixed


class _Slot:
    """A value, or the place of one that is being made."""

    __slots__ = ("lock", "made", "value")

    def __init__(self) -> None:
        self.lock, self.made, self.value = RLock(), False, None
