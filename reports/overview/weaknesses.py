"""What 薄弱区域 lists: confirmed weaknesses with what drives them, watched rates, and unclear ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.estimation.estimates import Estimates
from reports.overview.concentration import Concentration, concentration
from reports.overview.problems import Problem, as_entered, problems
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.briefing import of
from survey.study.plans.rectification import Entry

CARDS, WATCHED = 3, 4
"""Number of confirmed weaknesses with a card of their own, and of watched rates with a row."""

Place = tuple[str, str]
"""District and label of a rate."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A confirmed weakness.

    Attributes:
        problem: verdict, start, worst items, units.
        where: in which groups of the district it is concentrated; empty under a condition on people.
    """

    problem: Problem
    where: Concentration


@dataclass(frozen=True, slots=True)
class Weaknesses:
    """The verdicts of a wave that a reader must know, the largest shortfall first.

    Attributes:
        confirmed: the first `CARDS` confirmed weaknesses, explained.
        more_confirmed: district and label of the other ones.
        watched: the first `WATCHED` watched rates, with their units.
        more_watched: district and label of the other ones.
        unclear: district and label of the rates that lie on either side of their line.
    """

    confirmed: tuple[Weakness, ...] = ()
    more_confirmed: tuple[Place, ...] = ()
    watched: tuple[Problem, ...] = ()
    more_watched: tuple[Place, ...] = ()
    unclear: tuple[Place, ...] = ()

    def as_entered(self, entries: Sequence[Entry]) -> Weaknesses:
        """Return the same with the units of the open entries in the ledger."""
        named = as_entered([one.problem for one in self.confirmed], entries)
        confirmed = tuple(replace(one, problem=new) for one, new in zip(self.confirmed, named, strict=True))
        return replace(self, confirmed=confirmed, watched=as_entered(self.watched, entries))


def weaknesses(gathered: StudySample, selection: Selection, found: Estimates) -> Weaknesses:
    """Return what a reader must know of the rates by district of one wave.

    Args:
        gathered: the sample.
        selection: the rates by district of one wave; explanations are left out under a condition on people.
        found: its verdicts, from `reports.verdicts.judged`.
    """
    sure = problems(gathered, selection, found, CARDS, (Verdict.WEAK,))
    return Weaknesses(
        tuple(Weakness(one, _where(gathered, selection, one)) for one in sure),
        _places(of(found.table, Verdict.WEAK))[CARDS:],
        problems(gathered, selection, found, WATCHED, (Verdict.WATCH,)),
        _places(of(found.table, Verdict.WATCH))[WATCHED:],
        _places(of(found.table, Verdict.UNCLEAR)),
    )


def _places(rows: pd.DataFrame) -> tuple[Place, ...]:
    return tuple(zip(rows["district"].astype(str), rows["label"].astype(str), strict=True))


def _where(gathered: StudySample, selection: Selection, one: Problem) -> Concentration:
    district, rate = one.place
    return Concentration() if selection.where else concentration(gathered, selection, rate, district)
