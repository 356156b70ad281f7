"""Slices of a crosstab: the groups of one head as domains, whether they exclude each other or overlap.

Groups of a single choice are one split of the sample. Options of a multiple choice overlap: those who chose an option
are compared with those who did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy.typing as npt

from analysis.design.counts.counting import Bools, among
from analysis.design.counts.option_counts import inside_of, option_sets
from analysis.design.domains import make_domains
from analysis.design.overlapping import OPTION, AnyDomains, Overlapping, make_overlapping
from reports.crosstab.answers import INSIDE, Answers, key_of
from reports.crosstab.variables import Kind, Variable
from reports.selection import Selection
from survey.instrument.question import BLANK
from survey.instrument.rate import Terms


@dataclass(frozen=True, slots=True)
class Chosen:
    """One option of a multiple choice, or of two nested ones, as a group.

    Attributes:
        fixed: labels of the options, each with its place among the groups of the head.
        terms: stored column and codes of the option, after those of the outer one.
    """

    fixed: tuple[tuple[int, str], ...]
    terms: Terms

    def members(self, given: Callable[[str], npt.NDArray[Any]]) -> tuple[Bools, Bools]:
        """Return who chose the option, and who was asked for it: of two nested ones, those who chose the outer one.

        Args:
            given: returns the codes of a column [N], `BLANK` without an answer.
        """
        *outer, (column, codes) = self.terms
        asked = given(column) != BLANK
        for name, some in outer:
            asked &= among(given(name), some)
        return asked & among(given(column), codes), asked


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

    def domains(self, answers: Answers) -> tuple[AnyDomains, Overlapping | None]:
        """Return the groups, and for overlapping ones, in the same order, those who did not choose the option."""
        split, numbered = make_domains(answers.sample.cells, self.by, self.where), answers.numbered
        if not self.options:
            return split, None
        assert numbered is not None, "options of a multiple choice are counted among responses"
        inside = inside_of(numbered, split.code)
        given = cache(lambda name: inside.values(numbered.rows[name], BLANK))
        sets = option_sets(inside, [one.members(given) for one in self.options])
        return make_overlapping(numbered, sets, split, answers.items, every=not self.by)

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
        if len(several) == 1:
            yield Chosen(((place, option.label),), option.terms[:1])
            continue
        inner_place, inner = several[1]
        for second in inner.options:
            fixed = ((place, option.label), (inner_place, second.label))
            yield Chosen(fixed, (*option.terms[:1], *second.terms[:1]))
