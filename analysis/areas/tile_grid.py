"""Tile maps: give every area one cell of a grid, near its place and beside its neighbours.

The start is the assignment of areas to cells with the least sum of squared distances (Jonker-Volgenant, by
`scipy.optimize.linear_sum_assignment`); moves and swaps then bring neighbours within one cell, as far as no area moves
far from its place. The result depends on the input alone.

scipy is imported inside functions: most studies have no coordinates, and it takes longer to load than all else on 总览.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Cell = tuple[int, int]
"""Row and column of a tile, from 1 at the top left."""

WIDEST = 8
"""Columns at most, so that a tile is wide enough for a finger on a phone."""
FEW = 9
"""Up to this number of areas, a grid is a square of large tiles."""
SPARE = 1.05
"""Cells per area; the spare ones let the grid follow the outline."""
APART = 3.0
"""Cost of two neighbours for each cell between them, in squared cells of displacement."""
SHAPES = (0.0, 0.5, 1.0)
"""Shares of rank, against position, in the coordinates that are tried; ranks spread a dense centre over the grid."""
PASSES = 30
"""Passes of improvement at most; about five are needed."""


def shape(number: int) -> tuple[int, int]:
    """Return rows and columns of the grid for a number of areas."""
    if number <= FEW:
        columns = max(1, math.ceil(math.sqrt(number)))
        return max(1, math.ceil(number / columns)), columns
    columns = min(WIDEST, math.ceil(math.sqrt(1.4 * number)))
    return math.ceil(SPARE * number / columns), columns


def place(
    names: Sequence[str],
    *,
    centres: Mapping[str, tuple[float, float]] | None = None,
    neighbours: Sequence[tuple[str, str]] = (),
    fixed: Mapping[str, Cell] | None = None,
) -> Mapping[str, Cell]:
    """Return the cell of every area; no two share one.

    Args:
        names: the areas, each once.
        centres: name -> longitude and latitude in degrees. Without any, places follow from `neighbours`.
        neighbours: pairs of names; without any, those of the Delaunay triangulation of the centres count.
        fixed: name -> cell of areas whose cells are given; they may lie outside the grid of the others.

    Areas without centre and neighbours take the first free cells, in their order.
    """
    fixed = {name: cell for name, cell in (fixed or {}).items() if name in names}
    rest = [name for name in names if name not in fixed]
    known = [name for name in rest if name in (centres or {})]
    pairs = [pair for pair in neighbours if all(name in rest for name in pair)]
    if not known:
        known = [name for name in rest if any(name in pair for pair in pairs)]
        points = _unfolded(known, pairs)
    else:
        points = _projected([(centres or {})[name] for name in known])
    cells = {**fixed}
    if len(known) > 1:
        cells.update(_arranged(known, points, _edges(known, points, pairs), _free(len(names), set(fixed.values()))))
    left = (name for name in rest if name not in cells)
    return {**cells, **dict(zip(left, _reading_order(len(names), set(cells.values())), strict=False))}


def _arranged(names: Sequence[str], points: Floats, edges: Ints, cells: Sequence[Cell]) -> Mapping[str, Cell]:
    grid = np.array(cells, dtype=np.float64)
    found = [_improved(_on_grid(points, grid, share), grid, edges) for share in SHAPES]
    _, best = min(found, key=lambda one: one[0])
    return {name: cells[at] for name, at in zip(names, best.tolist(), strict=True)}


def _on_grid(points: Floats, grid: Floats, share: float) -> Floats:
    """Return rows and columns of points stretched over the grid, between position and rank by `share`."""
    spread = np.ptp(points, axis=0)
    position = (points - points.min(axis=0)) / np.where(spread > 0, spread, 1)
    ranks = (pd.DataFrame(points).rank().to_numpy() - 1) / max(len(points) - 1, 1)
    unit = np.where(spread > 0, (1 - share) * position + share * ranks, 0.5)
    low, high = grid.min(axis=0), grid.max(axis=0)
    return np.asarray(low + unit * (high - low), dtype=np.float64)


def _improved(wanted: Floats, grid: Floats, edges: Ints) -> tuple[float, Ints]:
    """Return cost and cells: the assignment of least displacement, then moves and swaps while they gain."""
    from scipy.optimize import linear_sum_assignment

    displaced = ((wanted[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
    apart = APART * np.maximum(np.abs(grid[:, None, :] - grid[None, :, :]).max(axis=2) - 1, 0)
    beside = [edges[edges[:, 0] == at, 1] for at in range(len(wanted))]
    cell: Ints = np.asarray(linear_sum_assignment(displaced)[1], dtype=np.int64)
    for _ in range(PASSES):
        gained = [_step(area, cell, displaced, apart, beside) for area in range(len(cell))]
        if not any(gained):
            break
    cost = displaced[np.arange(len(cell)), cell].sum() + apart[cell[edges[:, 0]], cell[edges[:, 1]]].sum() / 2
    return float(cost), cell


def _step(area: int, cell: Ints, displaced: Floats, apart: Floats, beside: Sequence[Ints]) -> bool:
    """Move one area to the cell of the largest gain, swapping it with the area there; return whether there is any."""
    # cost[c]: the area's own cost in cell c while all others stay
    here = cell[area]
    own = displaced[area] + apart[cell[beside[area]]].sum(axis=0)
    gain = own[here] - own
    for other in range(len(cell)):
        if other != area:
            theirs = displaced[other] + apart[cell[beside[other]]].sum(axis=0)
            there = cell[other]
            # two neighbours that swap stay as far apart as they were
            same = 2 * apart[here, there] if area in beside[other] else 0.0
            gain[there] += theirs[there] - theirs[here] - same
    best = int(gain.argmax())
    if gain[best] <= 1e-9:
        return False
    cell[cell == best] = here
    cell[area] = best
    return True


def _edges(names: Sequence[str], points: Floats, pairs: Sequence[tuple[str, str]]) -> Ints:
    """Return neighbours as index pairs, each in both directions."""
    number = {name: at for at, name in enumerate(names)}
    found = {(number[a], number[b]) for a, b in pairs if a in number and b in number} or set(_touching(points))
    both = sorted({pair for a, b in found if a != b for pair in ((a, b), (b, a))})
    return np.array(both, dtype=np.int64).reshape(-1, 2)


def _touching(points: Floats) -> Iterator[Cell]:
    """Yield the edges of the Delaunay triangulation; none where all points lie on a line."""
    if len(points) < 4:
        return
    from scipy.spatial import Delaunay, QhullError

    try:
        triangles = Delaunay(points).simplices
    except QhullError:
        return
    for triangle in triangles.tolist():
        yield from ((triangle[at], triangle[at - 1]) for at in range(3))


def _projected(degrees: Sequence[tuple[float, float]]) -> Floats:
    """Return rows (southward) and columns (eastward) of longitudes and latitudes, in degrees of latitude."""
    longitude, latitude = np.array(degrees, dtype=np.float64).T
    return np.column_stack([-latitude, longitude * np.cos(np.radians(latitude.mean()))])


def _unfolded(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Floats:
    """Return places from adjacency: classical scaling (Torgerson 1952) of the steps between areas.

    Which way is north is not known: signs are fixed so that the first area lies at the top left.
    """
    if len(names) < 2:
        return np.zeros((len(names), 2))
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import shortest_path

    number = {name: at for at, name in enumerate(names)}
    ends = np.array([(number[a], number[b]) for a, b in pairs]).T
    joined = csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(names), len(names)))
    steps = shortest_path(joined, directed=False, unweighted=True)
    steps[np.isinf(steps)] = steps[np.isfinite(steps)].max() + 1
    squared = steps**2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    points = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0))
    return np.asarray(points * np.where(points[0] > 0, -1, 1), dtype=np.float64)


def _free(number: int, taken: set[Cell]) -> list[Cell]:
    rows, columns = shape(number)
    return [cell for cell in product(range(1, rows + 1), range(1, columns + 1)) if cell not in taken]


def _reading_order(number: int, taken: set[Cell]) -> Iterator[Cell]:
    """Yield the free cells row by row, below the grid too."""
    _, columns = shape(number)
    row = 1
    while True:
        yield from (cell for cell in product((row,), range(1, columns + 1)) if cell not in taken)
        row += 1
