"""Variance of the difference between each group and the rest of the sample, for all groups and words at once.

The influence of sampling point p on the comparison of group g is, with the sums of p inside and outside of g,
    u = A (y_in - s w_in) - B (y_out - r w_out),
where A and B are the slopes of the two sides, s and r their shares. In sampling points without members of g it is
-B (y - r w). Sums of u^2, and squares of its sums by stratum, are therefore those of -B (y - r w) over the whole
sample, which need three sums for all groups together, and a correction for the sampling points of g.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.design import Design
from analysis.design.stages import CANCELLED, counting_scale, dense_spread, recentred
from analysis.text.mentioned import indicator

HELD = 1 << 21
"""Numbers of a dense block at a time: 16 MB."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of the comparisons of G groups in V words, each [G, V].

    Attributes:
        slope, slope_rest: derivatives of the difference by the mentions, the second with its sign reversed.
        share, share_rest: weighted shares of those who mention a word.
    """

    slope: FloatArray
    slope_rest: FloatArray
    share: FloatArray
    share_rest: FloatArray

    def only(self, part: slice, centre: FloatArray) -> Sides:
        """Return some words, their shares as distances from a share [v]."""
        return Sides(
            self.slope[:, part],
            self.slope_rest[:, part],
            self.share[:, part] - centre,
            self.share_rest[:, part] - centre,
        )


def side_variance(design: Design, group: IntArray, weight: FloatArray, y: Any, sides: Sides) -> FloatArray:
    """Return the variances [G, V].

    Args:
        design: of one stage, with the rule "adjust" for strata of one sampling point.
        group: [C] group of each row, -1 for none.
        weight: [C] weights of the respondents.
        y: sparse [C, V] weighted mentions.
        sides: what is compared.
    """
    found, y = np.zeros(sides.slope.shape), y.tocsc()
    width = max(1, HELD // max(1, len(weight)))
    for start in range(0, y.shape[1], width):
        part = slice(start, start + width)
        block = y[:, part].toarray()
        centre = block.sum(axis=0) / weight.sum()  # distances from it, so that little cancels
        block -= centre * weight[:, None]
        found[:, part] = _variance(design, group, weight, block, sides.only(part, centre))
    return found


def _variance(design: Design, group: IntArray, weight: FloatArray, y: FloatArray, sides: Sides) -> FloatArray:
    stage = design.stages[0]
    # The influences add up to 0, so that a lonely stratum, centred at the mean of all, adds its square.
    square = np.where(stage.lonely, stage.scale, counting_scale(stage))
    squares = _squares(design.psu, square[design.stratum], group, weight, y, sides)
    means = _squares(design.stratum[design.psu], counting_scale(stage) / stage.count, group, weight, y, sides)
    found = np.maximum(squares - means, 0.0)
    for at in np.flatnonzero((found < CANCELLED * squares).any(axis=1)).tolist():  # rounding error would show
        found[at] = _one_by_one(design, group == at, weight, y, sides, at)
    return found


def _squares(
    unit: IntArray, factor: FloatArray, group: IntArray, weight: FloatArray, y: FloatArray, sides: Sides
) -> FloatArray:
    """Return the sum over units of factor times the squared influence [G, V]."""
    size = len(sides.slope)
    pair, at = np.unique(unit * (size + 1) + group + 1, return_inverse=True)
    y, w = (indicator(at, len(pair)) @ one for one in (y, weight[:, None]))
    unit, group = pair // (size + 1), pair % (size + 1) - 1
    whole = indicator(unit, len(factor))
    all_y, all_w = whole @ y, whole @ w
    r, slope = sides.share_rest, sides.slope_rest
    every = factor @ all_y**2 - 2 * r * (factor @ (all_y * all_w)) + r**2 * (factor @ all_w**2)
    mine = np.flatnonzero(group >= 0)
    unit, group, y, w = unit[mine], group[mine], y[mine], w[mine]
    outside = slope[group] * (all_y[unit] - y - r[group] * (all_w[unit] - w))
    own = sides.slope[group] * (y - sides.share[group] * w) - outside
    without = slope[group] * (all_y[unit] - r[group] * all_w[unit])
    return np.asarray(slope**2 * every + indicator(group, size) @ (factor[unit][:, None] * (own**2 - without**2)))


def _one_by_one(design: Design, inside: Any, weight: FloatArray, y: FloatArray, sides: Sides, at: int) -> FloatArray:
    """Return the variances [v] of one group from the influence of every sampling point."""
    own = sides.slope[at] * (y - sides.share[at] * weight[:, None])
    rest = -sides.slope_rest[at] * (y - sides.share_rest[at] * weight[:, None])
    units = indicator(design.psu, len(design.stratum)) @ np.where(inside[:, None], own, rest)
    return dense_spread(design.stages[0], units) + recentred(design.stages[0], units)
