"""Runs: repeating patterns and straight lines in the order in which the items of a scale were asked.

Codes are compared, don't know and refused included; items that were not asked or left blank are skipped. All loops run
over columns, never over responses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.quality.effort.ordered import UNGIVEN, Ints, Places
from survey.quality.sheet import Codes

PERIODS = (1, 2, 3, 4, 5, 8)
"""Periods of a pattern: up to 4, once through five places (5), and through five places and back (8)."""
Lengths = npt.NDArray[np.int16]


def gathered(given: Codes) -> Codes:
    """Return [N, K] codes with the skipped items moved to the end."""
    gaps = given == UNGIVEN
    rows = np.flatnonzero(gaps.any(axis=1) & ~gaps.all(axis=1))
    if not len(rows):
        return given
    found = given.copy(order="F")
    order = np.argsort(gaps[rows], axis=1, kind="stable")
    found[rows] = np.take_along_axis(given[rows], order, axis=1)
    return found


def longest_repeat(codes: Codes, period: int) -> Lengths:
    """Return [N] the length of the longest stretch of answers equal to the one `period` items before.

    For periods above 1 a stretch counts only while the pattern has more than one code, so that a straight line has
    period 1 and no other.

    Args:
        codes: [N, K] as from `gathered`.
        period: number of items.
    """
    size, items = codes.shape
    run, longest = np.zeros((2, size), dtype=np.int16)
    still = np.zeros(size, dtype=np.int16)  # items since the last change of code
    for at in range(1, items):
        now = codes[:, at]
        still = (still + 1) * (now == codes[:, at - 1])
        if at >= period:
            run = (run + 1) * ((now == codes[:, at - period]) & (now != UNGIVEN))
            longest = np.maximum(longest, run if period == 1 else run * (still < period))
    return longest


def last_line(given: Codes, place: Places, items: Ints) -> Lengths:
    """Return [N] the number of equal places at the end of some items; skipped ones do not count.

    Args:
        given: [N, K] codes, `UNGIVEN` for skipped items.
        place: [N, K] places; negative where an answer cannot be part of a line.
        items: the items, in the order in which they were asked.
    """
    size = len(place)
    going, begun = np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    length, last = np.zeros(size, dtype=np.int16), np.zeros(size, dtype=place.dtype)
    for at in items[::-1].tolist():
        there, now = given[:, at] != UNGIVEN, place[:, at]
        if not begun.all():
            np.copyto(last, now, where=there & ~begun)
            begun |= there
        going &= ~there | ((now == last) & (now >= 0))
        length += there & going
    return length
