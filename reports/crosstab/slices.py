"""Slices of a crosstab: the groups of one head as domains, whether they exclude each other or overlap.

Groups of a single choice are one split of the sample. Options of a multiple choice overlap: those who chose an option
are compared with those who did not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.design.cells import Cells
from analysis.design.domains import OPTION, AnyDomains, Overlapping, make_domains, make_overlapping
from reports.crosstab.answers import INSIDE, Answers, key_of
from reports.crosstab.variables import Kind, Variable
from reports.selection import Selection


@dataclass(frozen=True, slots=True)
class Chosen:
    """One option of a multiple choice, or of two nested ones, as a group.

    Attributes:
        fixed: labels of the options, each with its place among the groups of the head.
        where: the condition of the outer option.
        flag: key column that is 1 for those who chose the option, 0 for those who did not.
    """

    fixed: tuple[tuple[int, str], ...]
    where: Mapping[str, Any]
    flag: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The groups of a head.

    Attributes:
        head: number of the head; -1 for the whole sample.
        by: key columns that split the domain; none for the whole of it.
        where: the domain.
        options: options that split it into overlapping groups; none where groups exclude each other.
    """

    head: int
    by: tuple[str, ...]
    where: Mapping[str, Any]
    options: tuple[Chosen, ...] = ()

    def domains(self, cells: Cells) -> tuple[AnyDomains, Overlapping | None]:
        """Return the groups, and for overlapping ones, in the same order, those who did not choose the option."""
        if not self.options:
            return make_domains(cells, self.by, self.where), None
        return make_overlapping(cells, [(one.where, one.flag) for one in self.options], self.by, self.where)

    def labels(self, domains: AnyDomains) -> list[tuple[str, ...]]:
        """Return the labels of the groups."""
        table = domains.labels
        found = list(map(list, zip(*(table[name].astype(str) for name in self.by), strict=True)))
        if not self.options:
            return [tuple(row) for row in found] if self.by else [()]
        found = found or [[] for _ in range(len(table))]
        for row, option in zip(found, table[OPTION], strict=True):
            for place, label in self.options[option].fixed:
                row.insert(place, label)
        return [tuple(row) for row in found]


def slices(answers: Answers, selection: Selection, *, everywhere: bool) -> Iterator[Slice]:
    """Yield the whole sample, then every head.

    Args:
        answers: the sample.
        selection: waves and people.
        everywhere: whether the condition of the request leaves everybody in.
    """
    where = {**selection.domain, **({} if everywhere else {INSIDE: 1})}
    yield Slice(-1, (), where)
    for number, head in enumerate(answers.heads):
        by = tuple(key_of(one) for one in head if one.kind is not Kind.SEVERAL)
        yield Slice(number, by, where, tuple(_options(head)))


def _options(head: tuple[Variable, ...]) -> Iterator[Chosen]:
    several = [(place, one) for place, one in enumerate(head) if one.kind is Kind.SEVERAL]
    if not several:
        return
    place, variable = several[0]
    for option in variable.options:
        flag = key_of(variable, option.code)
        if len(several) == 1:
            yield Chosen(((place, option.label),), {}, flag)
            continue
        inner_place, inner = several[1]
        for second in inner.options:
            fixed = ((place, option.label), (inner_place, second.label))
            yield Chosen(fixed, {flag: 1}, key_of(inner, second.code))
