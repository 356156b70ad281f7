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

from analysis.design.cells import Cells, FloatArray
from analysis.design.counts.numbered_responses import Marks, NumberedResponses
from analysis.design.counts.option_counts import Inside, OptionSets, OptionSums
from analysis.design.domains import Domains

OPTION = "option"
"""Column of the labels with the number of the option."""


@dataclass(frozen=True, slots=True)
class Overlapping:
    """Options times the domains of a split.

    Attributes:
        responses: with their numbered cells.
        sets: the responses of each option inside the split.
        split: exclusive domains by which each option is split.
        n: [F', D] responses in each option, by numbered cell inside.
        labels: one row per domain, `OPTION` first.
        held: [D S] which pairs of option and domain of the split are domains of the set.
    """

    responses: NumberedResponses
    sets: OptionSets
    split: Domains
    n: FloatArray
    labels: pd.DataFrame
    held: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of domains."""
        return len(self.labels)

    @property
    def inside(self) -> Inside:
        """The responses of the split."""
        return self.sets.inside

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum values of cells [C] over the numbered cells that hold anybody, by domain."""
        return self._by_domain(values[self.inside.cell][self.inside.of], (self.n > 0).astype(np.float64))

    def people(self, cells: Cells, factor: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the number of people, the sum of their final weights, and that of the squares, by domain."""
        inside, responses = self.inside, self.responses
        own = factor[inside.cell][inside.of]
        final = cells.scaled(responses.weight[inside.numbered]) * own
        squares = responses.squares[inside.numbered] * own**2
        people, weight, square = (self._by_domain(one, self.n) for one in (np.ones(len(own)), final, squares))
        return people, weight, square

    def options(self, marks: Marks) -> Iterator[OptionSums]:
        """Yield the sums over the responses of each option inside the split."""
        return self.sets.sums(marks)

    def _by_domain(self, values: FloatArray, n: FloatArray) -> FloatArray:
        return split_sums(self.split, self.inside, values, n)[self.held]


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
        sets: both sets of responses, inside the split.
        split: exclusive domains of the cells of the sample.
        items: what will be estimated.
        every: whether options that nobody chose are domains, too.

    Returns:
        Two sets with the same labels.
    """
    marks, inside = responses.marks(items), sets[0].inside
    chosen, rest = (_numbers(one, marks) for one in sets)
    held = split_sums(split, inside, np.ones(len(inside.of)), chosen) > 0
    held |= every
    at = np.flatnonzero(held)
    labels = split.labels.iloc[at % max(len(split), 1)].reset_index(drop=True)
    labels.insert(0, OPTION, at // max(len(split), 1))
    one, two = (
        Overlapping(responses, some, split, n, labels, held) for some, n in zip(sets, (chosen, rest), strict=True)
    )
    return one, two


def _numbers(sets: OptionSets, marks: Marks) -> FloatArray:
    """Return the responses in each option, by numbered cell [F', D]."""
    found = np.empty((len(sets.inside.of), len(sets.chosen)))
    for option, numbers in enumerate(sets.numbers(marks)):
        found[:, option] = numbers
    return found


def split_sums(split: Domains, inside: Inside, values: FloatArray, n: FloatArray) -> FloatArray:
    """Sum numbers n [F', D] times values [F'] by option and domain [D S]."""
    from scipy.sparse import csc_matrix

    code, ends = split.code[inside.cell][inside.of], np.arange(len(inside.of) + 1)
    into = csc_matrix((values, code, ends), shape=(len(split), len(code)))
    return np.asarray((into @ n).T).reshape(-1)


AnyDomains: TypeAlias = Domains | Overlapping


def labelled(domains: AnyDomains, names: list[str]) -> pd.DataFrame:
    """Return the item and the by-columns of every estimate, item-major."""
    at = np.tile(np.arange(len(domains)), len(names))
    item = pd.Series(np.repeat(np.array(names, dtype=object), len(domains)), dtype=object)
    columns = {str(name): domains.labels[name].array.take(at) for name in domains.labels}
    return pd.DataFrame({"item": item, **columns}, copy=False)
