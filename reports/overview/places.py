"""The tile map of 总览: the cell of every district, placed once for a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.areas.tile_grid import Cell, place
from survey.study.places import read_places
from survey.study.study import Study


@dataclass(frozen=True, slots=True)
class TileMap:
    """Where tiles stand.

    Attributes:
        cells: district -> row and column, from 1; empty where the study states nothing about places.
        notes: faults of neighbours.csv and tiles.csv in Chinese.
    """

    cells: Mapping[str, Cell]
    notes: tuple[str, ...] = ()


def tile_map_of(study: Study) -> TileMap:
    """Return the map of the districts of a study, from its frame, neighbours.csv and tiles.csv."""
    places = read_places(study.root, study.areas)
    if not places.known:
        return TileMap({}, places.notes)
    cells = place(study.areas.districts, centres=places.centres, neighbours=places.neighbours, fixed=places.tiles)
    return TileMap(cells, places.notes)
