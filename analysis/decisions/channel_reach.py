"""Channel reach: how many people a mix of channels reaches, each counted once.

Respondents are first folded into patterns (which channels each uses) with the residents they represent, so that 15
channels need at most 32,768 rows whatever the size of the survey. The best mix of k channels is exact for small sets;
for large ones it is greedy, which reaches at least 1 - 1/e of the best (Nemhauser, Wolsey & Fisher 1978, Mathematical
Programming 14:265).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from survey.errors import DesignError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
EXACT_LIMIT = 20_000  # up to so many mixes are compared one by one; above, the search is greedy


@dataclass(frozen=True, slots=True)
class ChannelPatterns:
    """The patterns of channel use and the residents behind each.

    Attributes:
        channels: names.
        uses: (patterns, channels).
        persons: estimated residents behind each pattern.
    """

    channels: tuple[str, ...]
    uses: Flags
    persons: Floats

    @property
    def total(self) -> float:
        """All residents of the audience, including those without any channel."""
        return float(self.persons.sum())

    def reached(self, mix: Sequence[str]) -> float:
        """Estimate the residents who use at least one channel of the mix."""
        at = [self.channels.index(name) for name in mix]
        return float(self.persons[self.uses[:, at].any(axis=1)].sum()) if at else 0.0


@dataclass(frozen=True, slots=True)
class Mix:
    """A mix of channels in the order of what each adds.

    Attributes:
        channels: names, the one that adds most first.
        reached: residents reached by the first 1, 2, ... of them together.
        share: the same as shares of the audience, in [0, 1].
        exact: whether no other mix of this size reaches more; else the mix reaches at least 63 % of the best.
    """

    channels: tuple[str, ...]
    reached: tuple[float, ...]
    share: tuple[float, ...]
    exact: bool


def fold(uses: Flags, persons: Floats, channels: Sequence[str]) -> ChannelPatterns:
    """Fold respondents into patterns.

    Args:
        uses: (respondents, channels) booleans, one row per respondent of the audience.
        persons: residents each respondent represents (weights), same length.
        channels: names in the order of the columns.

    Raises:
        DesignError: shapes that do not match, or negative weights.
    """
    if uses.shape != (len(persons), len(channels)) or (np.asarray(persons) < 0).any():
        raise DesignError("渠道表与权重不相配", got=f"{uses.shape} 与 {len(persons)} 个权重、{len(channels)} 个渠道")
    rows, at = np.unique(np.asarray(uses, dtype=bool), axis=0, return_inverse=True)
    weight = np.bincount(at.ravel(), weights=persons, minlength=len(rows)).astype(np.float64)
    return ChannelPatterns(tuple(channels), rows, weight)


def best_mix(patterns: ChannelPatterns, size: int) -> Mix:
    """Find the mix of `size` channels that reaches most residents (exact where affordable, else greedy)."""
    if not 1 <= size <= len(patterns.channels):
        raise DesignError("渠道个数超出范围", got=str(size), expected=f"1 到 {len(patterns.channels)}")
    exact = comb(len(patterns.channels), size) <= EXACT_LIMIT
    chosen = _exact(patterns, size) if exact else range(len(patterns.channels))
    return _ordered(patterns, list(chosen), size, exact)


def _exact(patterns: ChannelPatterns, size: int) -> tuple[int, ...]:
    """Compare all mixes; return the first of equals, so that the result is stable."""
    best, best_reach = tuple(range(size)), -1.0
    for mix in combinations(range(len(patterns.channels)), size):
        reach = float(patterns.persons @ patterns.uses[:, mix].any(axis=1))
        if reach > best_reach + 1e-9:
            best, best_reach = mix, reach
    return best


def _ordered(patterns: ChannelPatterns, candidates: list[int], size: int, exact: bool) -> Mix:
    """Take from the candidates, repeatedly, the channel that adds most."""
    left = np.ones(len(patterns.persons), dtype=bool)
    names: list[str] = []
    reached: list[float] = []
    for _ in range(size):
        gain = (patterns.persons * left) @ patterns.uses[:, candidates]
        pick = candidates.pop(int(np.argmax(gain)))
        left &= ~patterns.uses[:, pick]
        names.append(patterns.channels[pick])
        reached.append(float(patterns.persons[~left].sum()))
    total = patterns.total or 1.0
    return Mix(tuple(names), tuple(reached), tuple(value / total for value in reached), exact)
