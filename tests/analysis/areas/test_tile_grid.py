"""Tile grids: neighbours of invented maps stay neighbours, north stays up, and given cells are kept."""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from analysis.areas.tile_grid import FEW, WIDEST, Cell, place, shape

Map = tuple[list[str], dict[str, tuple[float, float]], list[tuple[str, str]]]


def invented(number: int, seed: int) -> Map:
    """Return names, centres in degrees and true neighbours: areas that share a border of a rasterised map."""
    rng = np.random.default_rng(seed)
    raster = np.stack(np.meshgrid(np.linspace(0, 1, 90), np.linspace(0, 1, 90)), axis=-1)
    centres = rng.random((number, 2))
    for _ in range(3):  # districts of like size: each centre moves to the middle of its area
        owner = ((raster[:, :, None] - centres) ** 2).sum(axis=3).argmin(axis=2)
        centres = np.array([raster[owner == at].mean(axis=0) for at in range(number)])
    owner = ((raster[:, :, None] - centres) ** 2).sum(axis=3).argmin(axis=2)
    sides = ((owner[1:], owner[:-1]), (owner[:, 1:], owner[:, :-1]))
    beside = {(int(a), int(b)) for x, y in sides for a, b in zip(x.ravel(), y.ravel(), strict=True) if a != b}
    names = [f"区{at}" for at in range(number)]
    places = {name: (100 + x * 0.6, 30 + y * 0.5) for name, (x, y) in zip(names, centres.tolist(), strict=True)}
    return names, places, sorted({(names[min(pair)], names[max(pair)]) for pair in beside})


def kept(cells: dict[str, Cell], pairs: list[tuple[str, str]]) -> float:
    """Return the share of neighbours that are at most one cell apart, diagonally too."""
    apart = [max(abs(a - b) for a, b in zip(cells[one], cells[other], strict=True)) for one, other in pairs]
    return float(np.mean([distance <= 1 for distance in apart]))


@pytest.mark.parametrize(("number", "seed"), [(8, 1), (8, 2), (40, 1), (40, 2), (60, 1)])
def test_four_of_five_neighbours_are_within_one_cell(number: int, seed: int) -> None:
    names, centres, pairs = invented(number, seed)
    rows, columns = shape(number)
    for more in ({"centres": centres}, {"neighbours": pairs}):
        cells = dict(place(names, **more))  # type: ignore[arg-type]
        assert kept(cells, pairs) >= 0.8, more.keys()
        assert len(set(cells.values())) == len(cells) == number
        assert all(1 <= row <= rows and 1 <= column <= columns for row, column in cells.values())
    assert place(names, centres=centres) == place(names, centres=centres)


def test_improvement_is_what_keeps_neighbours() -> None:
    names, centres, pairs = invented(60, 1)
    _, columns = shape(60)
    unplaced = {name: (at // columns, at % columns) for at, name in enumerate(names)}
    assert kept(dict(place(names, centres=centres)), pairs) > kept(unplaced, pairs) + 0.5


def test_north_is_up_and_east_is_right() -> None:
    names, centres, _ = invented(40, 3)
    cells = place(names, centres=centres)
    rows = [cells[name][0] for name in names]
    columns = [cells[name][1] for name in names]
    assert np.corrcoef(rows, [centres[name][1] for name in names])[0, 1] < -0.9
    assert np.corrcoef(columns, [centres[name][0] for name in names])[0, 1] > 0.9


def test_the_order_of_areas_does_not_matter() -> None:
    names, centres, pairs = invented(8, 4)
    assert kept(dict(place(names[::-1], centres=centres)), pairs) == kept(dict(place(names, centres=centres)), pairs)


def test_given_cells_are_kept_and_the_others_stand_around_them() -> None:
    names, centres, pairs = invented(8, 5)
    free = place(names, centres=centres)
    first, other = names[0], next(name for name in names if free[name] != free[names[0]])
    cells = place(names, centres=centres, neighbours=pairs, fixed={first: free[other], "别处": (1, 1)})
    assert cells[first] == free[other]
    assert len(set(cells.values())) == 8
    outside = place(names, centres=centres, fixed={first: (7, 9)})
    assert outside[first] == (7, 9)
    assert len(set(outside.values())) == 8


def test_areas_of_which_nothing_is_known_take_the_free_cells_in_order() -> None:
    assert place(["甲", "乙", "丙", "丁"], fixed={"丙": (1, 1)}) == {
        "丙": (1, 1), "甲": (1, 2), "乙": (2, 1), "丁": (2, 2),
    }  # fmt: skip
    names, centres, _ = invented(8, 6)
    cells = place([*names, "远区"], centres=centres)
    assert len(set(cells.values())) == 9


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_few_areas_and_areas_on_a_line(number: int) -> None:
    names = [f"区{at}" for at in range(number)]
    cells = place(names, centres={name: (100.0 + at, 30.0) for at, name in enumerate(names)})
    assert len(set(cells.values())) == number
    same = place(names, centres=dict.fromkeys(names, (100.0, 30.0)))
    assert len(set(same.values())) == number


def test_parts_that_do_not_touch_are_placed_too() -> None:
    cells = place(["甲", "乙", "丙", "丁"], neighbours=[("甲", "乙"), ("丙", "丁")])
    assert kept(dict(cells), [("甲", "乙"), ("丙", "丁")]) == 1


def test_the_grid_holds_every_area_and_is_narrow_enough_for_a_phone() -> None:
    assert [shape(number) for number in (1, 4, 8, 40, 60)] == [(1, 1), (2, 2), (3, 3), (6, 8), (8, 8)]
    for number in range(1, 200):
        rows, columns = shape(number)
        assert rows * columns >= number
        assert columns <= (3 if number <= FEW else WIDEST)


def test_a_map_that_is_no_plane_is_placed_as_well_as_the_grid_allows() -> None:
    """Delaunay neighbours of scattered points, denser in the middle, are the hardest maps there are."""
    rng = np.random.default_rng(9)
    points = rng.normal(size=(40, 2)) * 0.1 + (100, 30)
    names = [f"区{at}" for at in range(40)]
    corners = Delaunay(points).simplices.tolist()
    pairs = sorted({(names[one[at]], names[one[at - 1]]) for one in corners for at in range(3)})
    cells = place(names, centres=dict(zip(names, map(tuple, points.tolist()), strict=True)))
    assert kept(dict(cells), pairs) > 0.7
