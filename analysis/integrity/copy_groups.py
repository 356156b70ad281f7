"""Copy groups: groups of copies in each of several sets of answers, such as those of the districts.

The texts of all sets are cut into pieces once. Where the sets say much the same, so that all different texts have no
more pairs than those of each set by itself, texts meet once for all sets as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.text.duplicates import Meetings, copies_of, meetings_of

Ints = npt.NDArray[np.int64]


def groups_apart(texts: Sequence[str], number: Ints, item: Ints, sets: Sequence[Ints]) -> Iterator[Ints]:
    """Yield the group of each answer of a set [n], -1 for an answer that is no copy; question by question.

    Args:
        texts: different plain texts, see `plain_texts`.
        number: [N] position of each answer's text.
        item: [N] number of its question.
        sets: positions of the answers of each set.
    """
    questions = {
        one: _question(texts, [number[rows[item[rows] == one]] for rows in sets])
        for one in np.unique(np.concatenate([item[:0], *(item[rows] for rows in sets)])).tolist()
    }
    for rows in sets:
        group, own = np.full(len(rows), -1, dtype=np.int64), item[rows]
        for one in np.unique(own).tolist():
            mine = np.flatnonzero(own == one)
            copies = questions[one].groups(number[rows[mine]])
            group[mine] = np.where(copies >= 0, copies + group.max(initial=-1) + 1, -1)
        yield group


@dataclass(frozen=True, slots=True)
class _Question:
    """The answers to a question.

    Attributes:
        said: their texts by number, ascending.
        meetings: of these texts.
        apart: whether the texts of each set meet each other alone.
    """

    said: Ints
    meetings: Meetings
    apart: bool

    def groups(self, number: Ints) -> Ints:
        """Return the groups of a set, given the text of each answer."""
        _, first, own = np.unique(number, return_index=True, return_inverse=True)
        order = np.argsort(first)
        at, texts = np.argsort(order)[own], np.searchsorted(self.said, number[first[order]])
        if self.apart:
            return copies_of(at, np.arange(len(texts)), self.meetings.among(texts)).group
        return copies_of(at, texts, self.meetings).group


def _question(texts: Sequence[str], sets: Sequence[Ints]) -> _Question:
    there, pairs = np.zeros(len(texts), dtype=np.bool_), 0
    for one in sets:
        own = np.zeros(len(texts), dtype=np.bool_)
        own[one] = True
        there |= own
        pairs += int(np.count_nonzero(own)) ** 2
    said = np.flatnonzero(there)
    meetings = meetings_of([texts[one] for one in said.tolist()])
    apart = len(said) ** 2 > pairs and not meetings.met.all()
    if len(sets) > 1 and not apart:
        meetings.meet(np.arange(len(said)))
    return _Question(said, meetings, apart)
