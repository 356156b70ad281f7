"""Sums of one rate by cell, in the smallest whole numbers that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.design.cells import IntArray
from analysis.design.counts.counting import Whole
from analysis.design.lazy_sums import Places

ALL = slice(None)
Kind = Literal["n", "wo", "wy", "ny"]


@dataclass(frozen=True, slots=True)
class RateSums:
    """Sums of one rate by cell [C], in the smallest whole numbers that hold them.

    Attributes:
        n: number of responses in the base.
        ny: number of those in the numerator.
        mean: mean weight of the responses of a cell, rounded down.
        more: what the weight of the base exceeds `n` times the mean by: 0 where the weights of a cell are equal.
        moreyes: the same for the numerator.
    """

    n: Whole
    ny: Whole
    mean: IntArray
    more: Whole
    moreyes: Whole

    @classmethod
    def packed(cls, n: Whole, ny: Whole, weights: tuple[IntArray, IntArray], mean: IntArray) -> RateSums:
        """Return the sums given the weight of the base and of the numerator."""
        wo, wy = weights
        return cls(narrowed(n), narrowed(ny), mean, narrowed(wo - n * mean), narrowed(wy - ny * mean))

    def of(self, kind: Kind, cells: Places = ALL) -> IntArray:
        """Return one kind of sums, at some cells."""
        number: IntArray = (self.n if kind in ("n", "wo") else self.ny)[cells].astype(np.int64)
        if kind in ("n", "ny"):
            return number
        return number * self.mean[cells] + (self.more if kind == "wo" else self.moreyes)[cells]


def narrowed(sums: Whole) -> Whole:
    """Return the same whole numbers in the smallest type that holds them."""
    low, high = int(sums.min(initial=0)), int(sums.max(initial=0))
    kinds = (np.int8, np.int16, np.int32, np.int64) if low < 0 else (np.uint8, np.uint16, np.uint32, np.int64)
    return sums.astype(next(one for one in kinds if np.iinfo(one).min <= low and high <= np.iinfo(one).max))
