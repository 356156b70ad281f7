"""Channel reach: how many people a mix of channels reaches, each counted once.

Respondents are first folded into patterns (which channels each uses) with the residents they represent, so that 15
channels need at most 32,768 rows whatever the size of the survey. The mix itself comes from the outreach plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from survey.errors import DesignError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


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
    """

    channels: tuple[str, ...]
    reached: tuple[float, ...]
    share: tuple[float, ...]


class Folding:
    """Adds up the residents behind each pattern, some respondents after the others, in their order."""

    def __init__(self, channels: Sequence[str]) -> None:
        """Begin without any respondent; `channels` are the names of the columns."""
        self._channels = tuple(channels)
        self._places: dict[bytes, int] = {}  # packed pattern -> its place among the sums
        self._persons = np.zeros(0)

    def add(self, uses: Flags, persons: Floats) -> None:
        """Add respondents.

        Args:
            uses: (respondents, channels) booleans, one row per respondent of the audience.
            persons: residents each respondent represents (weights), same length.

        Raises:
            DesignError: shapes that do not match, or negative weights.
        """
        if uses.shape != (len(persons), len(self._channels)) or (np.asarray(persons) < 0).any():
            got = f"{uses.shape} 与 {len(persons)} 个权重、{len(self._channels)} 个渠道"
            raise DesignError("渠道表与权重不相配", got=got)
        rows, at = np.unique(np.packbits(np.asarray(uses, dtype=bool), axis=1), axis=0, return_inverse=True)
        places = np.array([self._places.setdefault(row.tobytes(), len(self._places)) for row in rows], dtype=np.intp)
        self._persons = np.pad(self._persons, (0, len(self._places) - len(self._persons)))
        np.add.at(self._persons, places[at.ravel()], persons)  # one by one: the sums of one pass over all

    def patterns(self) -> ChannelPatterns:
        """Return the patterns, in the order of their channels."""
        rows = sorted(self._places)
        packed = np.array([list(row) for row in rows], dtype=np.uint8).reshape(len(rows), -(-len(self._channels) // 8))
        uses = np.unpackbits(packed, axis=1, count=len(self._channels)).astype(bool)
        return ChannelPatterns(self._channels, uses, self._persons[[self._places[row] for row in rows]])


def fold(uses: Flags, persons: Floats, channels: Sequence[str]) -> ChannelPatterns:
    """Fold respondents into patterns; arguments and errors as of `Folding.add`, `channels` the names of the columns."""
    folding = Folding(channels)
    folding.add(uses, persons)
    return folding.patterns()


def combined(patterns: ChannelPatterns, mix: Sequence[str]) -> Mix:
    """Order the channels of a mix by what each adds to those before it; of equals the first stays first.

    Raises:
        DesignError: a channel that the patterns do not have.
    """
    if unknown := sorted(set(mix) - set(patterns.channels)):
        raise DesignError("没有这些渠道", got="、".join(unknown), expected="、".join(patterns.channels))
    candidates = [patterns.channels.index(name) for name in mix]
    left = np.ones(len(patterns.persons), dtype=bool)
    names: list[str] = []
    reached: list[float] = []
    while candidates:
        gain = (patterns.persons * left) @ patterns.uses[:, candidates]
        pick = candidates.pop(int(np.argmax(gain)))
        left &= ~patterns.uses[:, pick]
        names.append(patterns.channels[pick])
        reached.append(float(patterns.persons[~left].sum()))
    total = patterns.total or 1.0
    return Mix(tuple(names), tuple(reached), tuple(value / total for value in reached))
