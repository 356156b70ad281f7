"""Places: which districts lie beside which, and the tiles that people have given them by hand.

Both files are optional and only lay out the map of tiles: a faulty row is noted and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from survey.errors import StudyError
from survey.storage.tables import SHOWN, Table, read_table
from survey.study.areas import Areas

NEIGHBOURS, TILES = "neighbours.csv", "tiles.csv"
NEIGHBOUR_COLUMNS: Mapping[str, str] = {"区县": "name", "相邻区县": "neighbour"}
TILE_COLUMNS: Mapping[str, str] = {"区县": "name", "行": "row", "列": "column"}
"""Chinese heading -> canonical heading."""
LAST_ROW, LAST_COLUMN = 40, 12
"""The largest row and column of a tile: a wider map does not fit its place on the page."""


@dataclass(frozen=True, slots=True)
class Places:
    """What a study states about the places of its districts.

    Attributes:
        centres: district -> longitude and latitude in degrees, from the frame.
        neighbours: pairs of districts that share a border.
        tiles: district -> row and column of its tile, from 1 at the top left.
        notes: faults of the two files in Chinese, each with its row.
    """

    centres: Mapping[str, tuple[float, float]]
    neighbours: tuple[tuple[str, str], ...] = ()
    tiles: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything is stated."""
        return bool(self.centres or self.neighbours or self.tiles)


def read_places(root: Path, areas: Areas) -> Places:
    """Read what the folder of a study states about places: coordinates of the frame, neighbours.csv, tiles.csv."""
    pairs: list[tuple[str, str]] = []
    tiles: dict[str, tuple[int, int]] = {}
    notes: list[str] = []
    for name, columns, take in (
        (NEIGHBOURS, NEIGHBOUR_COLUMNS, lambda table: pairs.extend(_neighbours(table, areas.districts))),
        (TILES, TILE_COLUMNS, lambda table: tiles.update(_tiles(table, areas.districts))),
    ):
        if (root / name).is_file():
            notes += _taken(root / name, columns, take)
    return Places(areas.centres, tuple(pairs), tiles, tuple(notes))


def _taken(path: Path, columns: Mapping[str, str], take: Callable[[Table], None]) -> list[str]:
    """Take the rows of a file that are right; return notes on the others, or on the whole file."""
    try:
        table = read_table(path, columns, required=tuple(columns.values()), may_be_empty=True)
    except StudyError as error:
        return [" ".join(str(error).split())]
    take(table)
    more = [f"{path.name} 另有 {len(table.problems) - SHOWN} 处"] if len(table.problems) > SHOWN else []
    return [*(f"{path.name} {problem}" for problem in table.problems[:SHOWN]), *more]


def _neighbours(table: Table, districts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line, row in table:
        right = [_known(table, line, column, row[column], districts) for column in ("name", "neighbour")]
        if row["name"] == row["neighbour"]:
            table.problem(line, "neighbour", got=row["neighbour"], expected="另一个区县")
        elif all(right):
            yield row["name"], row["neighbour"]


def _tiles(table: Table, districts: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    cells: dict[str, tuple[int, int]] = {}
    lines: dict[str | tuple[int, int], int] = {}
    for line, row in table:
        cell = _cell(table, line, row)
        known = _known(table, line, "name", row["name"], districts)
        earlier = lines.get(row["name"]) or (cell and lines.get(cell))
        if earlier:
            column, what = ("name", "区县") if row["name"] in lines else ("column", "格子")
            table.problem(line, column, got=row[column], expected=f"没有用过的{what}（与第 {earlier} 行相同）")
        elif known and cell:
            cells[row["name"]] = cell
            lines |= {row["name"]: line, cell: line}
    if missing := [name for name in districts if name not in cells]:
        table.note(f"没有写到“{'、'.join(missing[:SHOWN])}”，共 {len(missing)} 个区县；这些由程序放到空格里")
    return cells


def _known(table: Table, line: int, column: str, name: str, districts: Sequence[str]) -> bool:
    if name in districts:
        return True
    table.problem(line, column, got=name[:20], expected="抽样框里的区县：" + "、".join(districts[:SHOWN]))
    return False


def _cell(table: Table, line: int, row: Mapping[str, str]) -> tuple[int, int] | None:
    """Return row and column, None where one of them is no number of the grid."""
    numbers = []
    for column, last in (("row", LAST_ROW), ("column", LAST_COLUMN)):
        text = row[column]
        number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else 0
        if not 1 <= number <= last:
            table.problem(line, column, got=text[:20], expected=f"1 到 {last} 的整数")
        numbers.append(number if 1 <= number <= last else 0)
    return (numbers[0], numbers[1]) if all(numbers) else None
