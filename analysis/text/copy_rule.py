"""The rule by which two texts are copies, and what the counts of their pieces alone say about it.

Two texts are copies when the Jaccard similarity of their pieces is at least .6, or the shorter is contained in the
longer to .85 (.79 where it is shorter than about 14 characters).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
JACCARD, CONTAINED = 0.6, 0.85
# One changed character removes 3 of the 15 pieces of an answer of eight characters.
CONTAINED_SHORT, FEW_PIECES = 0.79, 27
_ROUNDING = 1e-6
WORDS = 4
"""64-bit words of a signature."""


def different(keys: Ints) -> Ints:
    """Sort keys from 0 on in place and return each once; `numpy.unique` takes several times as long."""
    keys.sort()
    return keys[np.diff(keys, prepend=-1) > 0]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the counts of pieces say about each text [n], texts of few pieces first; of a pair the first is the smaller.

    Attributes:
        count: pieces, ascending.
        half: a similar pair shares at least the sum of these.
        inside: a text that is contained in another shares at least so many pieces with it.
        hidden: pieces whose bit of the signature another piece sets; so many more may be shared than the bits show.
    """

    count: Ints
    half: npt.NDArray[np.floating[Any]]
    inside: npt.NDArray[np.floating[Any]]
    hidden: Ints

    @staticmethod
    def of(count: Ints, sketch: npt.NDArray[np.uint64]) -> Sizes:
        """Return what counts and signatures [n, W] of texts say."""
        return Sizes(count, *_least(count), count - bits(sketch))

    def near(self) -> Ints:
        """Return the most pieces of a larger text of which a text may be a copy without being contained in it."""
        return _near(self.count)

    def needed(self) -> tuple[Ints, Ints, Ints]:
        """Return how many pieces a text shares at least with near larger, far larger and near smaller ones."""
        every = np.arange(int(self.count.max(initial=0)) + 1)
        # The smallest text that is near counts, because both bounds ascend.
        half, inside = _least(np.searchsorted(_near(every), every)[self.count])
        bounds = np.minimum(2 * self.half, self.inside), self.inside, np.minimum(half + self.half, inside)
        near, far, smaller = (np.ceil(each).astype(np.int64) for each in bounds)
        return near, far, smaller


def _least(count: Ints) -> tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.floating[Any]]]:
    """Return `half` and `inside` of counts."""
    inside = np.where(count <= FEW_PIECES, CONTAINED_SHORT, CONTAINED) * count - _ROUNDING
    return JACCARD / (1 + JACCARD) * count - _ROUNDING, inside


def _near(count: Ints) -> Ints:
    """Return the most pieces of a near text that is larger than one of so many, with one to spare."""
    share = np.where(count <= FEW_PIECES, CONTAINED_SHORT, CONTAINED)
    return np.floor(count * (share * (1 + JACCARD) / JACCARD - 1)).astype(np.int64) + 1


def bits(sketch: npt.NDArray[np.uint64]) -> Ints:
    """Return the number of bits that are set in each row."""
    counts, total = np.bitwise_count(sketch), np.zeros(len(sketch), dtype=np.int64)
    for word in range(WORDS):
        total += counts[:, word]
    return total


def alike(shared: npt.NDArray[Any], small: npt.NDArray[Any], large: npt.NDArray[Any]) -> Flags:
    """Return whether so many shared pieces make two texts copies, given the pieces of each."""
    similar = shared >= JACCARD * (small + large - shared)
    return np.asarray(similar | (shared >= np.where(small <= FEW_PIECES, CONTAINED_SHORT, CONTAINED) * small))
