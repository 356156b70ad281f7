"""Areas beside and below one: each with the row of its verdicts that a list shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.areas.verdict import SILENT, Reason, Verdict
from analysis.estimation.estimates import Estimates
from reports.areas.places import Area, siblings
from reports.sentences.sentence import Row, rows_of
from survey.study.places import Places, read_places
from survey.study.study import Study

NEAR = 4
"""Number of areas that are compared with one."""
ORDER = (*Verdict, *Reason)
"""Verdicts and reasons for none, the one that speaks for an area first."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The areas that are compared with one.

    Attributes:
        word: how they are chosen: 相邻, 邻近 or 其他.
        areas: at most `NEAR`, in order of code.
    """

    word: str
    areas: tuple[Area, ...]


def beside(study: Study, area: Area) -> Beside:
    """Return the areas beside one: districts with a common border in neighbours.csv, else those nearest by coordinates.

    Without either, and for smaller areas, those of the same parent that are nearest in order of code.
    """
    others = [one for one in siblings(study.areas, area) if one != area]
    places = read_places(study.root, study.areas) if area.level == "district" else Places({})
    known = {name for pair in places.neighbours if area.name in pair for name in pair}
    if known:
        return Beside("相邻", tuple(one for one in others if one.name in known)[:NEAR])
    centres = places.centres
    if area.name in centres and len(centres) > 1:
        some = [one for one in others if one.name in centres]
        return Beside("邻近", _first(others, some, lambda one: _distance(centres[one.name], centres[area.name])))
    every = siblings(study.areas, area)
    at = every.index(area)
    return Beside("其他", _first(others, others, lambda one: abs(every.index(one) - at)))


def _first(order: Sequence[Area], some: Sequence[Area], far: Callable[[Area], float]) -> tuple[Area, ...]:
    near = sorted(some, key=far)[:NEAR]
    return tuple(one for one in order if one in near)


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two places given as longitude and latitude, in degrees of latitude."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(east, one[1] - other[1])


def lowest(rows: Mapping[Area, Row], whole: Row) -> Row | None:
    """Return the row of the lowest part of an area that is confirmed weak and lower than the whole; None where none is.

    Args:
        rows: the parts of the area by one rate, from `rows_by_area`.
        whole: the row of the area.
    """
    weak = {float(str(row["estimate"])): row for row in rows.values() if row["verdict"] == Verdict.WEAK}
    least = min(weak, default=float("inf"))
    return weak[least] if least < float(str(whole["estimate"])) else None


def lowest_first(rows: Mapping[Area, Row]) -> Mapping[Area, Row]:
    """Return the rows in order of their rate, those that may not be compared last."""
    silent = {area: row["reason"] in SILENT or pd.isna(row["estimate"]) for area, row in rows.items()}  # type: ignore[call-overload]
    order = sorted(rows, key=lambda area: (silent[area], 0.0 if silent[area] else float(str(rows[area]["estimate"]))))
    return {area: rows[area] for area in order}


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
