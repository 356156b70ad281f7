"""Slices of a crosstab: the groups of one head as domains, whether they exclude each other or overlap.

Groups of a single choice are one split of the sample. Options of a multiple choice overlap: each is a slice of its own,
with those who did not choose it as its rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.crosstab.answers import INSIDE, Answers, key_of
from reports.crosstab.variables import Kind, Variable
from reports.selection import Selection


@dataclass(frozen=True, slots=True)
class Slice:
    """Some groups of a head.

    Attributes:
        head: number of the head; -1 for the whole sample.
        by: key columns that split the domain; none for the whole of it.
        where: the domain.
        fixed: labels of the options that the slice stands for, each with its place among the groups of the head.
        chosen: key column that is 1 in the slice and 0 in its rest; "" where the split has its own rest.
    """

    head: int
    by: tuple[str, ...]
    where: Mapping[str, Any]
    fixed: tuple[tuple[int, str], ...] = ()
    chosen: str = ""

    def labels(self, table: pd.DataFrame) -> list[tuple[str, ...]]:
        """Return the labels of the groups of the first item of a table of this slice."""
        first = table[table["item"] == table["item"].iloc[0]]
        found = [list(map(str, row)) for row in first[list(self.by)].itertuples(index=False, name=None)]
        for row in found:
            for place, label in self.fixed:
                row.insert(place, label)
        return [tuple(row) for row in found]


def slices(answers: Answers, selection: Selection, *, everywhere: bool) -> Iterator[Slice]:
    """Yield the whole sample, then the slices of every head.

    Args:
        answers: the sample.
        selection: waves and people.
        everywhere: whether the condition of the request leaves everybody in.
    """
    where = {**selection.domain, **({} if everywhere else {INSIDE: 1})}
    yield Slice(-1, (), where)
    for number, head in enumerate(answers.heads):
        yield from _of_head(number, head, where)


def _of_head(number: int, head: tuple[Variable, ...], where: Mapping[str, Any]) -> Iterator[Slice]:
    several = [(place, one) for place, one in enumerate(head) if one.kind is Kind.SEVERAL]
    by = tuple(key_of(one) for one in head if one.kind is not Kind.SEVERAL)
    if not several:
        yield Slice(number, by, where)
        return
    place, variable = several[0]
    for option in variable.options:
        key = key_of(variable, option.code)
        if len(several) == 1:
            yield Slice(number, by, {**where, key: 1}, ((place, option.label),), key)
            continue
        other_place, other = several[1]
        for second in other.options:
            inner = key_of(other, second.code)
            fixed = ((place, option.label), (other_place, second.label))
            yield Slice(number, by, {**where, key: 1, inner: 1}, fixed, inner)
