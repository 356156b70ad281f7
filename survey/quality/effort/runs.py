"""Runs: repeating patterns and straight lines in the order in which the items of a scale were asked.

Codes are compared, don't know and refused included; items that were not asked or left blank are skipped. All loops run
over columns, never over responses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.quality.effort.ordered import UNGIVEN
from survey.quality.sheet import Codes

PERIODS = (1, 2, 3, 4, 5, 8)
"""Periods of a pattern: up to 4, once through five places (5), and through five places and back (8)."""
Lengths = npt.NDArray[np.int16]


def gathered(given: Codes, *, right: bool = False) -> Codes:
    """Return [N, K] codes with the skipped items moved to the end, or to the start for `right`."""
    gaps = given == UNGIVEN
    rows = np.flatnonzero(gaps.any(axis=1) & ~gaps.all(axis=1))
    if not len(rows):
        return given
    found = given.copy(order="F")
    order = np.argsort(~gaps[rows] if right else gaps[rows], axis=1, kind="stable")
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


def last_line(places: Codes) -> Lengths:
    """Return [N] the number of equal places at the end.

    Args:
        places: [N, K] gathered to the right; negative where an answer cannot be part of a line.
    """
    size, items = places.shape
    going = np.ones(size, dtype=np.bool_)
    length = np.zeros(size, dtype=np.int16)
    for at in range(items - 1, -1, -1):
        going = going & (places[:, at] >= 0) & (places[:, at] == places[:, -1])
        length += going
    return length
