"""Mentions: who mentions what, and their sums by sampling point and group, which is all that a comparison needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.design.cells import FloatArray, IntArray
from survey.errors import ArgumentError

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
