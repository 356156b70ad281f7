"""Compared texts: what is kept of a comparison, so that later answers are compared with earlier ones only once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.text.answers import Digests, digests
from analysis.text.copy_pairs import extended
from analysis.text.copy_pieces import Pieces, no_pieces
from analysis.text.copy_rule import Flags, Ints
from analysis.text.duplicates import SHORTEST, WIDTHS, Copies, Pairs, copies_of, inside_of, plain_text


@dataclass(frozen=True, slots=True)
class Compared:
    """Texts of which every pair has been compared; U of them differ once signs are removed.

    Attributes:
        names: [M] digests of the raw texts, ascending.
        place: [M] position of each text among the different ones.
        plain: [U] digests of the different texts.
        long: [U] whether a text is long enough to be a copy.
        row: positions of the short texts, and of the long ones.
        pieces: of the short texts, and of the long ones.
        pairs: [2, pairs] positions of copies.
    """

    names: Digests
    place: Ints
    plain: Digests
    long: Flags
    row: tuple[Ints, Ints]
    pieces: tuple[Pieces, Pieces]
    pairs: Pairs

    def knows(self, names: Digests) -> Flags:
        """Return whether texts have been compared."""
        at = np.searchsorted(self.names, names).clip(max=max(0, len(self.names) - 1))
        return self.names[at] == names if len(self.names) else np.zeros(len(names), dtype=np.bool_)

    def copies(self, names: Digests) -> Copies:
        """Return the groups of copies among answers whose texts are all known, as `find_copies` would."""
        at = self.place[np.searchsorted(self.names, names)]
        # Numbered in the order of the answers, which decides between equal texts.
        first = np.full(len(self.plain), -1, dtype=np.int64)
        first[at[::-1]] = np.arange(len(at))[::-1]
        answer = np.flatnonzero(first >= 0)
        answer = answer[np.argsort(first[answer])]
        number = np.full(len(self.plain), -1, dtype=np.int32)  # millions of pairs: half the memory, half the time
        number[answer] = np.arange(len(answer))
        pairs = number[self.pairs]
        if len(answer) < len(self.plain):
            pairs = pairs[:, (pairs[0] >= 0) & (pairs[1] >= 0)]
        return copies_of(number[at].astype(np.int64), self.long[answer], pairs)


def nothing_compared() -> Compared:
    """Return the comparison of no text."""
    none = np.empty(0, dtype=np.int64)
    short, long = map(no_pieces, WIDTHS)
    return Compared(none, none, none, np.empty(0, np.bool_), (none, none), (short, long), np.empty((2, 0), np.int64))


def with_texts(before: Compared, names: Digests, texts_of: Callable[[Ints], Sequence[str]]) -> Compared:
    """Return the comparison with the texts of answers; only those not known are looked at.

    Args:
        before: what has been compared.
        names: [N] digests of the raw texts.
        texts_of: returns the normalised texts at positions in `names`.
    """
    at = np.flatnonzero(~before.knows(names))
    if not len(at):
        return before
    different, first = np.unique(names[at], return_index=True)
    plain = [plain_text(text) for text in texts_of(at[first])]
    place, new = _placed(before.plain, plain)
    size = np.array([len(text) for text in new], dtype=np.int64)
    sides, pairs = [], [before.pairs]
    for known_row, known_pieces, inside in zip(before.row, before.pieces, inside_of(size), strict=True):
        mine = np.flatnonzero(inside)
        pieces, more = extended(known_pieces, [new[one] for one in mine.tolist()])
        row = np.concatenate([known_row, mine + len(before.plain)])
        sides.append((row, pieces))
        pairs.append(row[more])
    into = np.searchsorted(before.names, different)
    (short, short_pieces), (long, long_pieces) = sides
    return Compared(
        np.insert(before.names, into, different),
        np.insert(before.place, into, place),
        np.concatenate([before.plain, digests(new)]),
        np.concatenate([before.long, size >= SHORTEST]),
        (short, long),
        (short_pieces, long_pieces),
        np.hstack(pairs),
    )


def _placed(known: Digests, plain: Sequence[str]) -> tuple[Ints, list[str]]:
    """Return the position of each text among the different ones, and those that are not known; these come last."""
    named = digests(plain)
    there = np.flatnonzero(np.isin(known, named))
    found: dict[int, int] = dict(zip(known[there].tolist(), there.tolist(), strict=True))
    place, last = np.empty(len(plain), dtype=np.int64), len(known)
    new: list[str] = []
    for number, (name, text) in enumerate(zip(named.tolist(), plain, strict=True)):
        place[number] = found.setdefault(name, last + len(new))
        if place[number] == last + len(new):
            new.append(text)
    return place, new
