"""Letters set apart: acknowledged, and not what was acknowledged any more. They hold up no other.

Which ones is kept in the inbox. Every drain looks at them again: one that was put right, or put back from a backup, is
moved then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from survey.collect.inbox.inbox import Backend, Stored

KEY = "damaged"


def set_apart(backend: Backend) -> frozenset[int]:
    """Numbers of the letters that are set apart; none where that cannot be read, for the next drain finds them anew."""
    try:
        kept = json.loads(backend.recall(KEY) or "[]")
    except ValueError:
        return frozenset()
    return frozenset(number for number in kept if isinstance(number, int)) if isinstance(kept, list) else frozenset()


def keep_apart(backend: Backend, numbers: Iterable[int]) -> None:
    """Remember which letters are set apart."""
    said = json.dumps(sorted(numbers))
    if said != (backend.recall(KEY) or "[]"):
        backend.remember(KEY, said)


def put_right(backend: Backend, numbers: Iterable[int]) -> list[Stored]:
    """Those of some letters that are intact again."""
    found = [one for number in sorted(numbers) for one in backend.read(number - 1, 1) if one.number == number]
    return [one for one in found if one.intact]


def divided(letters: Sequence[Stored]) -> tuple[list[Stored], frozenset[int]]:
    """The letters that are intact, and the numbers of the others."""
    intact = [one for one in letters if one.intact]
    return intact, frozenset(one.number for one in letters) - {one.number for one in intact}
