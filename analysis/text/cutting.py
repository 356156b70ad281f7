"""Cutting: the short runs of characters of many texts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_MOST = 2**31
"""Runs are numbered anew from here on, so that two of them make a number of 64 bits."""


def cut(texts: Sequence[str], width: int) -> tuple[list[str], Ints, Ints]:
    """Return the different pieces of texts, and which text has which.

    Args:
        texts: the texts, none of them empty; one that is shorter than a piece is a piece itself.
        width: characters of a piece, 2 or 4; with a width of 2 single characters are pieces as well.

    Returns:
        The pieces; [P] text and [P] position of its piece, each once, ascending by text and piece.
    """
    whole = "".join(texts)
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    row, first = np.repeat(np.arange(len(texts)), size), np.cumsum(size) - size
    left = (first + size)[row] - np.arange(len(row))
    runs = _characters(whole)
    alone = runs * (int(runs.max(initial=0)) + 2)  # as a run of two whose second is beyond the text
    for reach in (1, 2)[: width // 2]:
        runs = _numbered(runs) if runs.max(initial=0) >= _MOST else runs
        runs = runs * (int(runs.max(initial=0)) + 2) + _further(runs, reach, left)
    start = np.flatnonzero((left >= width) | (np.arange(len(row)) == first[row]))
    key, length = runs[start], np.minimum(left[start], width)
    if width == 2:
        key, start = np.concatenate([key, alone]), np.concatenate([start, np.arange(len(row))])
        length = np.concatenate([length, np.ones_like(row)])
    _, at, piece = np.unique(key, return_index=True, return_inverse=True)
    names = [whole[one : one + more] for one, more in zip(start[at].tolist(), length[at].tolist(), strict=True)]
    both = np.sort(row[start] * max(1, len(names)) + piece)  # several times as fast as np.unique
    text, piece = np.divmod(both[np.diff(both, prepend=-1) > 0], max(1, len(names)))
    return names, text, piece


def _characters(text: str) -> Ints:
    """Return small numbers of the characters of a text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    there = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.bool_)
    there[codes] = True
    return np.asarray((np.cumsum(there) - 1)[codes], dtype=np.int64)


def _further(runs: Ints, by: int, left: Ints) -> Ints:
    """Return one more than the run some characters further on, 0 beyond the end of the text."""
    found = np.zeros(len(runs), dtype=np.int64)
    found[: max(len(runs) - by, 0)] = runs[by:] + 1
    found[left <= by] = 0
    return found


def _numbered(runs: Ints) -> Ints:
    return np.unique(runs, return_inverse=True)[1].astype(np.int64)
