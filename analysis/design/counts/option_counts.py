"""Option counts: how many responses of each option gave each answer, by numbered cell.

Those who did not choose an option are the people asked minus those who did: counts are exact, and so is their
difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.design.cells import IntArray
from analysis.design.counts.counting import Bools
from analysis.design.counts.numbered_responses import Counts, Marks, NumberedResponses

KEPT = 1 << 28
"""Bytes of counts up to which they are kept."""


@dataclass(frozen=True, slots=True)
class OptionSets:
    """The responses of each option: places of those who chose it, or of those asked who did not.

    Attributes:
        chosen: places of those who chose each option.
        asked: places of distinct sets of people asked; empty where those who chose are counted.
        of: the set of each option.
        cache: counts of those who chose and of those asked, by the items of their marks.
    """

    chosen: tuple[IntArray, ...]
    asked: tuple[IntArray, ...]
    of: tuple[int, ...]
    cache: dict[tuple[bool, tuple[str, ...]], list[Counts]] = field(default_factory=dict, repr=False, compare=False)

    def counts(self, responses: NumberedResponses, marks: Marks) -> Iterator[Counts]:
        """Yield the number of marked responses in each option, by numbered cell [F, L and more]."""
        whole = list(self._counted(responses, marks, self.asked, asked=True))
        for option, found in enumerate(self._counted(responses, marks, self.chosen, asked=False)):
            yield whole[self.of[option]] - found if whole else found

    def _counted(
        self, responses: NumberedResponses, marks: Marks, sets: Sequence[IntArray], *, asked: bool
    ) -> Iterable[Counts]:
        """Count some sets of responses; kept where that takes little memory."""
        number, size, key = responses.number, len(responses.cell), (asked, marks.items)
        if not sets:
            return []
        if key in self.cache:
            return self.cache[key]
        found = (marks.count(number, size, at) for at in sets)
        if len(sets) * size * marks.words.shape[1] * marks.words.itemsize > KEPT:
            return found
        self.cache[key] = list(found)
        return self.cache[key]


def option_sets(options: Sequence[tuple[Bools, Bools]]) -> tuple[OptionSets, OptionSets]:
    """Return those who chose each option, and those who did not.

    Args:
        options: for each who chose it, and who was asked [N].
    """
    asked, of = list[Bools](), list[int]()
    for _, known in options:
        same = next((at for at, one in enumerate(asked) if np.array_equal(known, one)), len(asked))
        asked += [known] if same == len(asked) else []
        of.append(same)
    first = OptionSets(tuple(np.flatnonzero(one) for one, _ in options), (), ())
    return first, replace(first, asked=tuple(np.flatnonzero(one) for one in asked), of=tuple(of))
