"""Invented names of places: word lists combined, shuffled by the seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from survey.mock.words import read_words

TOWN_SHARE = 0.3  # of a district's streets are towns at the edge of the city


def city_name() -> str:
    """Name of the fictitious city."""
    return str(read_words("names")["city"])


def district_names(count: int) -> list[str]:
    """The first districts of the list, so that a larger city keeps the names of a smaller one."""
    return list(read_words("names")["districts"][:count])


def street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Names without ending (街道 or 镇), each once."""
    words = read_words("names")
    return _draw(rng, [words["street_first"], words["street_last"]], count)


def community_names(rng: np.random.Generator, count: int) -> list[str]:
    """Names without ending (社区 or 村); they repeat after some 16,000."""
    words = read_words("names")
    return _draw(rng, [words["community_first"], words["community_last"], words["community_extra"]], count)


def _draw(rng: np.random.Generator, parts: Sequence[Sequence[str]], count: int) -> list[str]:
    """Combinations of one word of each part, short names first; the pool is used again when it runs out."""
    base = [a + b for a in dict.fromkeys(parts[0]) for b in dict.fromkeys(parts[1]) if a != b]
    pool = [str(name) for tail in (parts[2] if len(parts) > 2 else [""]) for name in rng.permutation(_with(base, tail))]
    return (pool * (count // len(pool) + 1))[:count]


def _with(base: Sequence[str], tail: str) -> list[str]:
    return [name + tail for name in base]
