"""Mentions: who mentions what, and their sums by sampling point and group, which is all that a comparison needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy import sparse

from analysis.design.cells import FloatArray, IntArray, Named
from analysis.estimation.respondents import ItemSums, Marks, cell_of, with_sums
from analysis.estimation.sample import Sample
from survey.errors import ArgumentError
from survey.study.areas import Areas

SAMPLING = ("stratum", "psu")


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which respondent mentions what.

    Attributes:
        present: CSR [R, V] 0/1, one row per respondent.
        names: [V] words or themes.
        keys: [R] rows: `psu`, `stratum` (where known) and the columns to compare by.
        weight: [R] survey weights.
    """

    present: Any
    names: tuple[str, ...]
    keys: pd.DataFrame
    weight: FloatArray

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.present.shape != (len(self.keys), len(self.names)) or len(self.weight) != len(self.keys):
            raise ArgumentError("提及表的行列与名单不一致", got=str(self.present.shape))

    def select(self, keep: npt.NDArray[np.bool_]) -> Mentions:
        """Select rows: for another population (a wave, without copies), never for a domain."""
        return Mentions(self.present[keep], self.names, self.keys[keep].reset_index(drop=True), self.weight[keep])

    def summed(self, by: str) -> Mentioned:
        """Sum respondents of one sampling point and group; without sampling points, everybody alone."""
        every = self.present.tocsr().astype(np.float64)
        weighted = sparse.diags_array(np.asarray(self.weight, dtype=np.float64), format="csr") @ every
        return mentioned(self.names, self.keys, by, (np.ones(len(self.keys)), self.weight), (every, weighted))


@dataclass(frozen=True, slots=True)
class MentionSums:
    """Mentions summed over respondents with equal keys; they hold for every sample that has these respondents.

    Attributes:
        items: [V] words or themes.
        keys: [U] the columns by which a sample groups its cells, with the codes as stored.
        n, wo: [1 or V, U] respondents in the base and their fixed-point base weights, one row where all items have the
            same base; empty [0, U] where everybody who was asked is in it, whether they have a key here or not.
        ny, wy: CSR [U, V] mentions in the base, and the base weights of those who mention.
    """

    items: tuple[Named, ...]
    keys: pd.DataFrame
    n: IntArray
    wo: IntArray
    ny: Any
    wy: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The words or theme codes."""
        return tuple(item.name for item in self.items)

    def over(self, sample: Sample, asked: tuple[IntArray, IntArray] | None = None) -> Sample:
        """Return a sample with these items in place of its own.

        Args:
            sample: cells, design and weights.
            asked: [C] everybody who was asked in each of its cells, and their base weights; only for sums without a
                base.
        """
        cell, size = self._cells(sample), (len(self.items), len(sample.cells))
        at = np.flatnonzero(cell >= 0)
        hits = (_spread(one.toarray().T, cell, at, size[1]) for one in (self.ny, self.wy))
        if asked is None or len(self.n):
            asked_of = (_spread(one, cell, at, size[1]) for one in (self.n, self.wo))
        else:
            asked_of = (one[None] for one in asked)
        n, wo = (np.broadcast_to(one, size) for one in asked_of)
        return with_sums(sample, self.items, ItemSums(n, wo, *hits))

    def mentioned(self, sample: Sample, areas: Areas, by: str) -> Mentioned:
        """Return mentions by sampling point and area of those who count, for `keyness`; none of opt-in modes.

        Args:
            sample: cells, design and weights.
            areas: the sampling frame.
            by: a column of it.
        """
        frame = areas.frame.drop_duplicates("psu").set_index("psu")
        cell, (n, wo) = self._cells(sample), (sums[0] for sums in (self.n, self.wo))
        factor = np.append(sample.weights.factor, 0.0)[cell]
        keep = np.argsort(cell)  # numbers depend on the order of sums: on that of the cells, not of the keys
        keep = keep[(self.keys["psu"].isin(frame.index).to_numpy() & (wo * factor > 0))[keep]]
        keep = keep[:0] if sample.opt_in else keep
        described = [name for name in dict.fromkeys((*SAMPLING, by)) if name in frame.columns]
        keys = self.keys[["psu"]].iloc[keep].reset_index(drop=True).join(frame[described], on="psu")
        final = factor[keep] / sample.cells.scale
        count, y = (sums[keep].astype(np.float64) for sums in (self.ny, self.wy))
        weighted = sparse.diags_array(final, format="csr") @ y
        people = n[keep].astype(np.float64), wo[keep] * final
        return mentioned(self.names, keys, by, people, (count, weighted))

    def _cells(self, sample: Sample) -> IntArray:
        """Return the cell of each key [U]; -1 for those outside the sample."""
        return cell_of(sample, pa.Table.from_pandas(self.keys, preserve_index=False))


def _spread(sums: IntArray, cell: IntArray, at: IntArray, cells: int) -> IntArray:
    """Return sums by key [V, U] as sums by cell [V, C]."""
    found = np.zeros((len(sums), cells), dtype=np.int64)
    found[:, cell[at]] = sums[:, at]
    return found


def sum_mentions(sample: Sample, sums: tuple[Any, Any], marks: Marks) -> MentionSums:
    """Sum what respondents mention by the keys of the cells that they are in.

    Args:
        sample: the cells.
        sums: from `by_cell` of the respondents.
        marks: who counts, and who mentions what.
    """
    hits = marks.hits.tocsr(copy=True)
    hits.eliminate_zeros()
    ny, wy = ((one @ hits.astype(np.int64)).tocsr() for one in sums)
    n, wo = (_base(one, marks.base) for one in sums)
    there = np.flatnonzero((np.diff(ny.indptr) > 0) | n.any(axis=0))
    keys = sample.grouped.iloc[there].reset_index(drop=True)
    return MentionSums(marks.items, keys, n[:, there], wo[:, there], ny[there], wy[there])


def _base(sums: Any, base: Any) -> IntArray:
    """Return the sums of a base [1 or V, C]."""
    whole = (sums @ base.astype(np.int64))[None] if isinstance(base, np.ndarray) else (sums @ base).toarray().T
    return np.ascontiguousarray(whole, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Mentions summed by sampling point and group; the weights have the mean 1.

    Attributes:
        names: [V] words or themes.
        keys: [C] rows: `psu`, `stratum` (where known) and the column to compare by.
        size: [C] respondents.
        weight: [C] their weights.
        count: CSR [C, V] mentions.
        y: CSR [C, V] weighted mentions.
    """

    names: tuple[str, ...]
    keys: pd.DataFrame
    size: FloatArray
    weight: FloatArray
    count: Any
    y: Any


def mentioned(
    names: tuple[str, ...],
    keys: pd.DataFrame,
    by: str,
    people: tuple[FloatArray, FloatArray],
    mentions: tuple[Any, Any],
) -> Mentioned:
    """Sum rows of respondents by sampling point and group.

    Args:
        names: [V] words or themes.
        keys: [R] rows: `psu` and `stratum`, where known, and the column to compare by.
        by: that column.
        people: [R] respondents and their weights.
        mentions: CSR [R, V] mentions and weighted mentions.
    """
    columns = [name for name in SAMPLING if name in keys]
    keys = keys[list(dict.fromkeys([*columns, by]))].reset_index(drop=True)
    place: IntArray = np.arange(len(keys))
    if "psu" in columns and len(keys):
        groups = keys.groupby(list(keys.columns), sort=False, dropna=False, observed=True)
        place = np.asarray(groups.ngroup(), dtype=np.int64)
    into = indicator(place, int(place.max(initial=-1)) + 1)
    size, weight = (into @ np.asarray(one, dtype=np.float64) for one in people)
    count, y = ((into @ one).tocsr() for one in mentions)
    # Scale weights to mean 1, so that a prior counted in mentions means the same in every study.
    mean = weight.sum() / size.sum() if len(keys) else 1.0
    first = np.unique(place, return_index=True)[1]
    return Mentioned(names, keys.iloc[first].reset_index(drop=True), size, weight / mean, count, y / mean)


def indicator(code: IntArray, size: int) -> Any:
    """Return CSR [size, R] that sums rows by their code; -1 counts nowhere."""
    row = np.flatnonzero(code >= 0)
    return sparse.csr_matrix((np.ones(len(row)), (code[row], row)), shape=(size, len(code)))
