"""Arrivals: what has come in, without the answers. Each look reads on from where the last one ended."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pandas as pd

from survey.collect.inbox.inbox import Backend, SubmissionHead

PAGE = 50_000
TYPES = {
    "number": "int64", "received": "int64", "mode": "str", "place": "Int64", "device": "str", "address": "str",
    "flags": "str",
}  # fmt: skip
KINDS = frozenset((int, int, str, place, str, str, str) for place in (int, type(None)))
"""Types of what is known of a letter; a damaged table gives others, and `silu verify` names them."""


class Arrivals:
    """The letters of one inbox as a table; a page that looks every half minute must not read a million letters anew."""

    def __init__(self) -> None:
        """Nothing has been looked at."""
        self._table = _frame(())
        self._after = 0
        self._lock = threading.Lock()

    def look(self, backend: Backend) -> pd.DataFrame:
        """Everything that is there by now.

        Args:
            backend: always of the same inbox.

        Returns:
            number, received (milliseconds since 1970), mode, place (NA for none), device, address, flags; in order of
            number, withdrawn letters left out. It is not to be changed.
        """
        with self._lock:
            parts = [self._table]
            while found := backend.envelopes(self._after, PAGE):
                parts.append(_frame(found))
                self._after = found[-1].number
            table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else self._table
            gone = table["number"].isin(backend.erased())
            self._table = table[~gone].reset_index(drop=True) if gone.any() else table
            return self._table


def _frame(letters: Sequence[SubmissionHead]) -> pd.DataFrame:
    right = [one for one in letters if tuple(map(type, one)) in KINDS]
    return pd.DataFrame(right, columns=list(SubmissionHead._fields)).astype(TYPES)
