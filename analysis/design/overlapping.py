"""Overlapping domains: the options of a multiple choice, each split by exclusive domains.

Options as key columns would split the cells until each holds one response. The responses of each option are counted by
numbered cells in their place (`option_counts`), which are as many as the weights need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.counts.numbered_responses import Marks, NumberedResponses
from analysis.design.counts.option_counts import OptionSets
from analysis.design.domains import Domains

OPTION = "option"
"""Column of the labels with the number of the option."""


@dataclass(frozen=True, slots=True)
class Overlapping:
    """Options times the domains of a split.

    Attributes:
        responses: with their numbered cells.
        sets: the responses of each option.
        split: exclusive domains by which each option is split.
        n: [D, F] responses in each option, by numbered cell.
        labels: one row per domain, `OPTION` first.
        held: [D S] which pairs of option and domain of the split are domains of the set.
    """

    responses: NumberedResponses
    sets: OptionSets
    split: Domains
    n: IntArray
    labels: pd.DataFrame
    held: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of domains."""
        return len(self.labels)

    @property
    def code(self) -> IntArray:
        """[F] domain of the split of each numbered cell, -1 outside all."""
        return np.append(self.split.code, -1)[self.responses.cell]

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum values of cells [C] over the numbered cells that hold anybody, by domain."""
        return self._by_domain(np.where(self.n > 0, np.append(values, 0.0)[self.responses.cell], 0.0))

    def people(self, cells: Cells, factor: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the number of people, the sum of their final weights, and that of the squares, by domain."""
        own, weight = np.append(factor, 0.0)[self.responses.cell], cells.scaled(self.responses.weight)
        sums = (self.n * one for one in (np.ones(len(own)), weight * own, self.responses.squares * own**2))
        people, final, square = (self._by_domain(one) for one in sums)
        return people, final, square

    def counts(self, marks: Marks) -> Iterator[FloatArray]:
        """Yield the number of marked responses in each option, by numbered cell [F, L and more], in one array."""
        whole: FloatArray | None = None
        for found in self.sets.counts(self.responses, marks):
            whole = np.empty(found.shape) if whole is None else whole  # new memory takes longer than the numbers
            whole[:] = found
            yield whole

    def _by_domain(self, values: FloatArray) -> FloatArray:
        return split_sums(self.code, len(self.split), values)[self.held]


def make_overlapping(
    responses: NumberedResponses,
    sets: tuple[OptionSets, OptionSets],
    split: Domains,
    items: Sequence[str],
    *,
    every: bool,
) -> tuple[Overlapping, Overlapping]:
    """Return those who chose each option, and those who were asked and did not, as domains.

    Args:
        responses: with their numbered cells.
        sets: both sets of responses.
        split: exclusive domains of the cells of the sample.
        items: what will be estimated.
        every: whether options that nobody chose are domains, too.

    Returns:
        Two sets with the same labels.
    """
    marks = responses.marks(items)
    chosen, rest = (np.array([one[:, 0].astype(np.int64) for one in some.counts(responses, marks)]) for some in sets)
    code = np.append(split.code, -1)[responses.cell]
    held = split_sums(code, len(split), chosen) > 0
    held |= every
    at = np.flatnonzero(held)
    labels = split.labels.iloc[at % max(len(split), 1)].reset_index(drop=True)
    labels.insert(0, OPTION, at // max(len(split), 1))
    one, two = (
        Overlapping(responses, some, split, n.reshape(-1, len(code)), labels, held)
        for some, n in zip(sets, (chosen, rest), strict=True)
    )
    return one, two


def split_sums(code: IntArray, size: int, values: Sequence[FloatArray] | FloatArray) -> FloatArray:
    """Sum rows of values [D, F] by domain [D S], those with code -1 left out."""
    sums = [np.bincount(code + 1, weights=row, minlength=size + 1)[1:] for row in values]
    return np.concatenate([np.zeros(0), *sums])


AnyDomains: TypeAlias = Domains | Overlapping
