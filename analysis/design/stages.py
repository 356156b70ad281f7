"""Stages: one stage of selection and the sums of squares it adds to a variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray, IntArray
from analysis.design.influence import Influence, group_codes, rowsum

CANCELLED = 1e-3
"""Share left of the sum of squares below which a variance is computed again without cancellation."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of selection: units in groups (PSUs in strata, SSUs in PSUs).

    Attributes:
        unit: [C] unit of each cell.
        group: [U] group of each unit.
        count: [G] units of each group in the whole sample.
        scale: [G] factor of the sum of squares: (1 - f) m/(m - 1), for later stages times the share sampled before.
            For a lonely group (1 - f).
        lonely: [G] groups of one unit that are not self-representing.
        cache: what the left sides of low-rank parts give, which are the same for most estimates of a sample.
    """

    unit: IntArray
    group: IntArray
    count: IntArray
    scale: FloatArray
    lonely: npt.NDArray[np.bool_]
    cache: dict[str, tuple[Any, Any]] = field(init=False, default_factory=dict, repr=False, compare=False)

    def units(self, influence: Influence) -> Influence:
        """Return the totals of the units [U, K] of an influence of cells."""
        size = len(self.group)
        return influence.gather(
            self.unit, size, lambda left: self.known("summed", left, lambda: rowsum(self.unit, left, size))
        )

    def known(self, name: str, left: Any, make: Callable[[], Any]) -> Any:
        """Return what is made of the left side of a low-rank part; the last one is kept."""
        source, found = self.cache.get(name, (None, None))
        if source is not left:
            found = make()
            self.cache[name] = (left, found)
        return found


def by_group(stage: Stage, values: FloatArray) -> FloatArray:
    """Sum unit rows [U, K] by group [G, K]."""
    starts = np.searchsorted(stage.group, np.arange(len(stage.count)))  # units are numbered group by group
    return np.asarray(np.add.reduceat(values, starts, axis=0))


def parts(stage: Stage, block: FloatArray) -> FloatArray:
    """Return the scaled sum of squares about the group mean, by group and estimate."""
    sums = by_group(stage, block)
    return np.asarray(stage.scale[:, None] * (by_group(stage, block**2) - sums**2 / stage.count[:, None]))


def spread(stage: Stage, units: Influence) -> FloatArray:
    """Return the variance of one stage without the lonely groups, for each estimate."""
    scale = counting_scale(stage)
    if not units.sparse and units.left.shape[1] > min(units.shape):
        return _blockspread(stage, units)
    squares, alone = _sparsespread(stage, scale, units)
    if units.sparse:
        return alone
    value = alone + _lowrank(stage, scale, units)
    dubious = np.flatnonzero(value < CANCELLED * squares)  # nearly all of it cancels: rounding error would show
    if len(dubious):
        value[dubious] = _blockspread(stage, units.only(dubious))
    return value


def _blockspread(stage: Stage, units: Influence) -> FloatArray:
    parts = [dense_spread(stage, block) for _, block in units.blocks()]
    return np.concatenate(parts) if parts else np.zeros(0)


def _lowrank(stage: Stage, scale: FloatArray, units: Influence) -> FloatArray:
    """Return what Z = S - L R adds to the quadratic form of S: the diagonal of -2 S'QL R + R'L'QL R.

    Use sparse products and einsum, because BLAS starts all its threads even for matrices this small. L'QL is sparse:
    most post-strata have no group of units in common.
    """
    weighted, inner = stage.known("weighted", units.left, lambda: _weighted(stage, scale, units.left))
    right = np.asarray(units.right)
    across = np.asarray(units.matrix().T @ weighted)
    within = np.asarray(inner @ right)
    return np.asarray(np.einsum("ik,ik->k", within - 2 * across.T, right))


def _weighted(stage: Stage, scale: FloatArray, left: Any) -> tuple[FloatArray, Any]:
    """Return QL [U, r], and L'QL [r, r] as scipy CSR."""
    from scipy.sparse import csr_matrix

    whole = left.toarray()
    centred = whole - (by_group(stage, whole) / stage.count[:, None])[stage.group]
    weighted = scale[stage.group][:, None] * centred
    return weighted, csr_matrix(left.T @ weighted)


def _sparsespread(stage: Stage, scale: FloatArray, units: Influence) -> tuple[FloatArray, FloatArray]:
    """Return the sum of squares and the variance of the sparse part alone."""
    groups, size = len(stage.count), units.shape[1]
    group = stage.group[units.row]
    squares = np.bincount(units.column, weights=scale[group] * units.value**2, minlength=size)
    code, shrink = units.column * groups + group, scale / stage.count
    if groups * size <= 4 * len(code):  # few empty places: sum all of them without looking up which are occupied
        sums = np.bincount(code, weights=units.value, minlength=groups * size).reshape(size, groups)
        return np.asarray(squares), np.asarray(squares - np.einsum("ij,ij,j->i", sums, sums, shrink))
    places, inverse = group_codes(code, groups * size)
    sums = np.bincount(inverse, weights=units.value, minlength=len(places))
    means = np.bincount(places // groups, weights=shrink[places % groups] * sums**2, minlength=size)
    return np.asarray(squares), np.asarray(squares - means)


def dense_spread(stage: Stage, block: FloatArray) -> FloatArray:
    """Return the variance of one stage without the lonely groups, from totals [U, K], each column by itself."""
    scale = counting_scale(stage)
    centred = block - (by_group(stage, block) / stage.count[:, None])[stage.group]
    return np.asarray((scale[stage.group][:, None] * centred**2).sum(axis=0))


def counting_scale(stage: Stage) -> FloatArray:
    """Return the factor of the sum of squares of each group [G], 0 for groups of one unit."""
    return np.where(stage.lonely | (stage.count == 1), 0.0, stage.scale)


def crossed(stage: Stage, dense: FloatArray) -> FloatArray:
    """Return the covariance matrix of one stage without the lonely groups."""
    scale = counting_scale(stage)
    centred = dense - (by_group(stage, dense) / stage.count[:, None])[stage.group]
    return np.asarray(centred.T @ (scale[stage.group][:, None] * centred))


def rooted(stage: Stage, block: FloatArray) -> FloatArray:
    """Return totals [U, K] about the mean of their group, times the root of its factor, 0 in groups of one unit."""
    found = (by_group(stage, block) / stage.count[:, None])[stage.group]
    np.subtract(block, found, out=found)
    found *= np.sqrt(counting_scale(stage))[stage.group][:, None]
    return found


def rooted_alone(stage: Stage, block: FloatArray) -> FloatArray:
    """Return totals of lonely units about the mean of all, times the root of their factor, from totals [U, K]."""
    alone = stage.lonely[stage.group]
    return np.asarray(np.sqrt(stage.scale[stage.group][alone])[:, None] * (block[alone] - block.mean(axis=0)))


def recentred(stage: Stage, block: FloatArray) -> FloatArray:
    """Return what lonely units add, centred at the mean of all, from totals [U, K], each column by itself."""
    alone = stage.lonely[stage.group]
    moved = block[alone] - block.mean(axis=0)
    return np.asarray((stage.scale[stage.group][alone][:, None] * moved**2).sum(axis=0))


def share_left(present: npt.ArrayLike, lonely: npt.ArrayLike) -> FloatArray:
    """Return the factor by which rule "average" scales the other strata up for the lonely ones; 0 if all are lonely."""
    present = np.asarray(present, dtype=np.float64)
    left = present - np.asarray(lonely, dtype=np.float64)
    return np.asarray(np.where(left > 0, present / np.maximum(left, 1), np.where(present > 0, 0.0, 1.0)))


def average_factor(stage: Stage, units: Influence | None) -> FloatArray:
    """Return `share_left` of each estimate, counting only the strata in which it has members; all strata for None."""
    groups = len(stage.count)
    if units is None or not units.sparse:
        return np.asarray(share_left(groups, stage.lonely.sum()))
    size = units.shape[1]
    places, _ = group_codes(units.column * groups + stage.group[units.row], groups * size)
    present = np.bincount(places // groups, minlength=size)
    return share_left(present, np.bincount(places // groups, weights=stage.lonely[places % groups], minlength=size))
