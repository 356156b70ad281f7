"""Names of questions that are valid and unique in the questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterable

VALID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
LONGEST = 32


class Naming:
    """Names given so far; case-insensitive, because stored columns are."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Start with names that must not be given."""
        self._taken = {name.casefold() for name in taken}

    def give(self, wanted: str, fallback: str = "q") -> str:
        """Return the wanted name if it is valid and free, else the nearest one that is."""
        plain = wanted if VALID.fullmatch(wanted) else self._plain(wanted, fallback)
        name, number = plain, 1
        while name.casefold() in self._taken:
            number += 1
            ending = f"_{number}"
            name = plain[: LONGEST - len(ending)] + ending
        self._taken.add(name.casefold())
        return name

    @staticmethod
    def _plain(wanted: str, fallback: str) -> str:
        ascii_ = re.sub(r"[^A-Za-z0-9]+", "_", wanted).strip("_")
        if not ascii_:
            return fallback
        return (ascii_ if ascii_[0].isalpha() else f"{fallback}_{ascii_}")[:LONGEST]
