"""Areas beside and below one: each with the row of its verdicts that a list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.areas.verdict import Reason, Verdict
from analysis.estimation.estimates import Estimates
from reports.areas.places import Area, siblings
from reports.sentences.sentence import Row, rows_of
from survey.study.areas import Areas

NEAR = 6
"""Number of areas that are compared with one."""
ORDER = (*Verdict, *Reason)
"""Verdicts and reasons for none, the one that speaks for an area first."""


def nearest(areas: Areas, area: Area) -> tuple[Area, ...]:
    """Return the areas of the same parent nearest in order of code, which follows the map; the area itself left out."""
    every = siblings(areas, area)
    at = every.index(area)
    near = sorted((one for one in every if one != area), key=lambda one: abs(every.index(one) - at))[:NEAR]
    return tuple(one for one in every if one in near)


def rows_by_area(found: Estimates, some: Sequence[Area], item: str = "") -> Mapping[Area, Row]:
    """Return the row that speaks for each area; areas without answers are left out.

    Args:
        found: verdicts of the four rates by all areas of the level, from `reports.verdicts.judged`.
        some: the areas.
        item: name of the rate; the worst verdict, and the largest shortfall of several, where empty.
    """
    if not some:
        return {}
    level = some[0].level
    table = found.table.assign(item=found.table["item"].astype(str), _area=found.table[level].astype(str))
    table = table[table["_area"].isin([one.name for one in some]) & ((table["item"] == item) if item else True)]
    states = table["verdict"].where(table["verdict"] != "", table["reason"])
    table = table.assign(
        _place=states.map({str(one): at for at, one in enumerate(ORDER)}), _gap=table["gap"].astype(float)
    )
    first = table.sort_values(["_place", "_gap"], kind="stable").drop_duplicates("_area")
    rows = dict(zip(first["_area"], rows_of(found, first, level, "item"), strict=True))
    return {one: rows[one.name] for one in some if one.name in rows}
