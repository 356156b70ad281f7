"""Arrivals: metadata of submissions, without answers. Each look continues where the last one ended."""

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
"""Types of submission metadata; a damaged table has others, which `silu verify` reports."""


class Arrivals:
    """Submissions of one inbox as a table, read incrementally for a page that refreshes every half minute."""

    def __init__(self) -> None:
        """Start with no submissions read."""
        self._table = _frame(())
        self._after = 0
        self._lock = threading.Lock()

    def look(self, backend: Backend) -> pd.DataFrame:
        """Return all submissions so far.

        Args:
            backend: always the same inbox.

        Returns:
            number, received (milliseconds since 1970), mode, place (NA for none), device, address, flags; in order of
            number, without erased submissions. Do not change it.
        """
        with self._lock:
            parts = [self._table]
            while found := backend.envelopes(self._after, PAGE):
                parts.append(_frame(found))
                self._after = found[-1].number
            table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else self._table
            gone = table["number"].isin([*backend.erased(), *backend.expired()])
            self._table = table[~gone].reset_index(drop=True) if gone.any() else table
            return self._table


def _frame(submissions: Sequence[SubmissionHead]) -> pd.DataFrame:
    right = [one for one in submissions if tuple(map(type, one)) in KINDS]
    return pd.DataFrame(right, columns=list(SubmissionHead._fields)).astype(TYPES)
