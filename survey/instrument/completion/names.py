"""Names of questions that can be names of columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
LONGEST = 32
LETTER = "Q"
"""Put before a name that does not begin with a letter."""


def valid_names(names: Iterable[str]) -> Mapping[str, str]:
    """Return name as written -> name now, for the names that are changed.

    Signs other than Latin letters, digits and _ become _ ("question 1.2" is question_1_2); a name without any letter or
    digit becomes Q1, Q2, ...
    """
    listed = list(dict.fromkeys(names))
    taken = {name.lower() for name in listed if NAME.fullmatch(name)}
    found: dict[str, str] = {}
    for name in listed:
        if not NAME.fullmatch(name):
            found[name] = _free(name, taken)
            taken.add(found[name].lower())
    return found


def _free(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[: LONGEST - len(LETTER)]
    stem = plain if plain[:1].isalpha() else LETTER + plain
    numbered = (f"{stem[: LONGEST - 4]}{'_' if plain else ''}{number}" for number in itertools.count(1))
    candidates = itertools.chain([stem] if plain else [], numbered)
    return next(candidate for candidate in candidates if candidate.lower() not in taken)
