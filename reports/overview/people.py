"""Groups of people whose rates are confirmed weak in the whole city: what 总览 and documents say beside districts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict, worst_first
from analysis.estimation.estimates import Estimates
from reports.causes import PEOPLE_BY
from reports.overview.problems import units_of_items, worst_items
from reports.owners import local
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Row, rows_of
from reports.verdicts import judged
from survey.instrument.measure import knowledge

People = tuple[str, Row]
"""The column that names a group, and the verdict of one of its rates."""


def people_tables(gathered: StudySample, selection: Selection) -> tuple[Estimates, ...]:
    """Return the verdicts of the rates of a selection by each kind of group that the sample knows.

    Args:
        gathered: the sample.
        selection: the rates of one wave for all residents.
    """
    there = [name for name in PEOPLE_BY if name in gathered.sample.cells.keys.columns]
    return tuple(judged(gathered, selection.asking(selection.items, (name,))) for name in there)


def weak_people(tables: Sequence[Estimates]) -> tuple[People, ...]:
    """Return the group farthest below its line in each rate, if confirmed; knowledge first."""
    found = [
        (one.by[0], row)
        for one in tables
        for row in rows_of(one, worst_first(one.table[one.table["verdict"] == Verdict.WEAK]), one.by[0], "item")
    ]
    first: dict[str, People] = {}
    for column, row in sorted(found, key=lambda pair: float(str(pair[1]["gap"]))):
        first.setdefault(str(row["item"]), (column, row))
    return tuple(sorted(first.values(), key=lambda pair: pair[1]["measure"] not in knowledge()))


def units_of(gathered: StudySample, selection: Selection, one: People) -> tuple[str, ...]:
    """Return who is in charge of a weakness of a group: the units of its lowest items, else of the rate itself.

    Args:
        gathered: the sample.
        selection: as for `people_tables`.
        one: from `weak_people`.
    """
    units = units_of_items(gathered, gathered.rate(str(one[1]["item"])), lowest_items_of(gathered, selection, one))
    return local(units, [point.street for point in gathered.study.areas.points])


def lowest_items_of(gathered: StudySample, selection: Selection, one: People) -> tuple[Row, ...]:
    """Return the items with the lowest shares among the people of a group; none where the rate has no items."""
    column, row = one
    rate = gathered.rate(str(row["item"]))
    return worst_items(gathered, selection.within(**{column: str(row[column])}), rate)


def weak_people_of(gathered: StudySample, selection: Selection) -> tuple[People, ...]:
    """Return `weak_people` of a selection; arguments as for `people_tables`."""
    return weak_people(people_tables(gathered, selection))


def units_of_people(
    gathered: StudySample, selection: Selection, found: Sequence[People]
) -> tuple[tuple[str, ...], ...]:
    """Return who is in charge of each of the weaknesses `found` by `weak_people_of`."""
    return tuple(units_of(gathered, selection, one) for one in found)
