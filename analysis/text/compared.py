"""Compared texts: what is kept of a comparison, so that later answers are compared with earlier ones only once.

Not every text meets all others, see `duplicates`. What is asked later of texts that have not is kept as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import Digests, digests
from analysis.text.copy_pieces import Pieces, more_pieces, no_pieces
from analysis.text.copy_rule import Flags, Ints
from analysis.text.duplicates import SHORTEST, WIDTHS, Copies, Meetings, Pairs, copies_of, inside_of, plain_texts


@dataclass(frozen=True, slots=True)
class Compared:
    """Texts that are known; U of them differ once signs are removed.

    Attributes:
        names: [M] digests of the raw texts, ascending.
        place: [M] position of each text among the different ones.
        plain: [U] digests of the different texts.
        long: [U] whether a text is long enough to be a copy.
        row: positions of the short texts, and of the long ones.
        pieces: of the short texts, and of the long ones.
        pairs: [2, pairs] positions of copies.
        met: [U] whether all copies of a text are among the pairs.
        asked: digests that were looked up last, and where they are among the names.
    """

    names: Digests
    place: Ints
    plain: Digests
    long: Flags
    row: tuple[Ints, Ints]
    pieces: tuple[Pieces, Pieces]
    pairs: Pairs
    met: Flags
    asked: tuple[Digests, Ints] | None = field(default=None, repr=False, compare=False)

    def at(self, names: Digests) -> Ints:
        """Return where texts are among the names, -1 for those that have not been compared."""
        if self.asked is not None and self.asked[0] is names:
            return self.asked[1]
        found = pc.fill_null(pc.index_in(pa.array(names), value_set=pa.array(self.names)), -1)
        return np.asarray(found.to_numpy(), dtype=np.int64)

    def copies(self, names: Digests) -> tuple[Compared, Copies]:
        """Return the groups of copies among answers whose texts are all known, as `find_copies` would.

        The comparison is returned with what had to be looked for, or as it is.
        """
        at = self.place[self.at(names)]
        # Numbered in the order of the answers, which decides between equal texts.
        first = np.full(len(self.plain), -1, dtype=np.int64)
        first[at[::-1]] = np.arange(len(at))[::-1]
        answer = np.flatnonzero(first >= 0)
        answer = answer[np.argsort(first[answer])]
        number = np.full(len(self.plain), -1, dtype=np.int64)
        number[answer] = np.arange(len(answer))
        meetings = Meetings(self.sides, self.long, self.pairs, self.met)
        found = copies_of(number[at], answer, meetings)
        after = self if meetings.met is self.met else replace(self, pairs=meetings.pairs, met=meetings.met)
        return after, found

    @property
    def sides(self) -> list[tuple[Ints, Pieces]]:
        """The short texts, and the long ones, with their pieces."""
        return list(zip(self.row, self.pieces, strict=True))


def nothing_compared() -> Compared:
    """Return the comparison of no text."""
    none, no_flags = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    short, long = map(no_pieces, WIDTHS)
    pairs = np.empty((2, 0), dtype=np.int32)
    return Compared(none, none, none, no_flags, (none, none), (short, long), pairs, no_flags)


def with_texts(before: Compared, names: Digests, texts_of: Callable[[Ints], Sequence[str]]) -> Compared:
    """Return the comparison with the texts of answers; only those not known are looked at.

    Args:
        before: what has been compared.
        names: [N] digests of the raw texts.
        texts_of: returns the normalised texts at positions in `names`.
    """
    known = before.at(names)
    at = np.flatnonzero(known < 0)
    if not len(at):
        return before
    different, first, which = np.unique(names[at], return_index=True, return_inverse=True)
    plain = plain_texts(texts_of(at[first]))
    named = digests(plain)
    place, rows = _placed(before.plain, named)
    new = [plain[one] for one in rows.tolist()]
    size = np.array([len(text) for text in new], dtype=np.int64)
    sides = []
    for (known_row, known_pieces), inside in zip(before.sides, inside_of(size), strict=True):
        mine = np.flatnonzero(inside)
        pieces = more_pieces(known_pieces, [new[one] for one in mine.tolist()])
        sides.append((np.concatenate([known_row, mine + len(before.plain)]), pieces))
    fresh = np.repeat([False, True], [len(before.plain), len(new)])
    long, met = np.concatenate([before.long, size >= SHORTEST]), np.concatenate([before.met, np.zeros_like(size, bool)])
    meetings = Meetings(sides, long, before.pairs, met)
    meetings.introduce(fresh)
    into = np.searchsorted(before.names, different)
    known = known + np.cumsum(np.bincount(into, minlength=len(before.names) + 1))[known]
    known[at] = (into + np.arange(len(into)))[which]
    (short, short_pieces), (long_row, long_pieces) = sides
    return Compared(
        np.insert(before.names, into, different),
        np.insert(before.place, into, place),
        np.concatenate([before.plain, named[rows]]),
        long,
        (short, long_row),
        (short_pieces, long_pieces),
        meetings.pairs,
        met,
        (names, known),
    )


def _placed(known: Digests, named: Digests) -> tuple[Ints, Ints]:
    """Return the position of each text among the different ones, and which are the first of those that are not known.

    New texts follow the known ones, in their order.
    """
    different, first, which = np.unique(named, return_index=True, return_inverse=True)
    order = np.argsort(known)
    at = np.searchsorted(known, different, sorter=order)
    there = np.zeros(len(different), dtype=np.bool_)
    inside = at < len(known)
    there[inside] = known[order[at[inside]]] == different[inside]
    new = np.flatnonzero(~there)
    new = new[np.argsort(first[new])]
    position = np.empty(len(different), dtype=np.int64)
    position[there] = order[at[there]]
    position[new] = len(known) + np.arange(len(new))
    return position[which], first[new]
