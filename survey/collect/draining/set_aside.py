"""Submissions set apart: acknowledged, but corrupt since. They do not block others.

The inbox keeps their numbers. Every drain checks them again, and moves those that were repaired or restored from a
backup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from survey.collect.inbox.inbox import Backend, Stored

KEY = "damaged"


def set_apart(backend: Backend) -> frozenset[int]:
    """Return the numbers of submissions set apart; none where unreadable, since the next drain finds them again."""
    try:
        kept = json.loads(backend.recall(KEY) or "[]")
    except ValueError:
        return frozenset()
    return frozenset(number for number in kept if isinstance(number, int)) if isinstance(kept, list) else frozenset()


def keep_apart(backend: Backend, numbers: Iterable[int]) -> None:
    """Keep the numbers of submissions set apart."""
    value = json.dumps(sorted(numbers))
    if value != (backend.recall(KEY) or "[]"):
        backend.remember(KEY, value)


def put_right(backend: Backend, numbers: Iterable[int]) -> list[Stored]:
    """Return those of some submissions that are intact again."""
    found = [one for number in sorted(numbers) for one in backend.read(number - 1, 1) if one.number == number]
    return [one for one in found if one.intact]


def divided(submissions: Sequence[Stored]) -> tuple[list[Stored], frozenset[int]]:
    """Return the intact submissions, and the numbers of the others."""
    intact = [one for one in submissions if one.intact]
    return intact, frozenset(one.number for one in submissions) - {one.number for one in intact}
