"""The frame of a map: coordinates become places in a box, and rings the paths of its picture and of its links."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from survey.boundaries.stored import Ring, Shape

WIDE = 1000
"""Units across the picture."""
WIDEST = 27.0
"""Width in rem that a map may take: its column on a page."""
MARGIN = 4
"""Units around the outermost borders, for their strokes."""
HANDLE = 48
"""Corners of a link at most; a finger needs no more."""
DRAWN = 2048
"""Shapes of which the last drawing is kept: borders stay as they are whatever is counted inside."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How coordinates are drawn.

    Attributes:
        west, north: the upper left corner, in coordinates.
        across: units of the picture for one unit of x.
        down: the same for y; degrees of latitude are longer than those of longitude.
        high: units of the height; the width is `WIDE`.
        tallest: height in rem that the map may take.
    """

    west: float
    north: float
    across: float
    down: float
    high: float
    tallest: float

    @property
    def rem(self) -> float:
        """Width of the map in rem, so that it fits its room."""
        return min(WIDEST, self.tallest * WIDE / self.high)

    def units(self, ring: Ring) -> list[tuple[int, int]]:
        """Return a ring in whole units, without repeated points."""
        points = [
            (round(MARGIN + (x - self.west) * self.across), round(MARGIN + (self.north - y) * self.down))
            for x, y in ring
        ]
        return [one for at, one in enumerate(points) if at == 0 or one != points[at - 1]]

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return a point as shares of width and height."""
        x, y = point
        left, top = MARGIN + (x - self.west) * self.across, MARGIN + (self.north - y) * self.down
        return left / WIDE, top / self.high


def frame_of(shapes: Sequence[Shape], tallest: float, *, metres: bool) -> Frame:
    """Return the frame that holds all shapes in a height in rem."""
    points = [point for one in shapes for part in one.parts for ring in part[:1] for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    ratio = 1.0 if metres else 1 / math.cos(math.radians((south + north) / 2))
    across = (WIDE - 2 * MARGIN) / max(east - west, 1e-9)
    down = across * ratio
    high = max(1.0, (north - south) * down) + 2 * MARGIN
    return Frame(west, north, across, down, high, tallest)


@lru_cache(DRAWN)
def path(frame: Frame, shape: Shape) -> str:
    """Return the rings of a shape as the data of an SVG path."""
    return "".join(_steps(frame.units(ring)) for part in shape.parts for ring in part)


def _steps(points: list[tuple[int, int]]) -> str:
    """Return a closed ring by its steps, which are shorter than its places."""
    if len(points) < 3:
        return ""
    (x, y), steps = points[0], []
    for east, south in points[1:]:
        steps.append(f"{east - x} {south - y}")
        x, y = east, south
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z".replace(" -", "-")


@dataclass(frozen=True, slots=True)
class Handle:
    """The clickable part of a shape: its box in shares of the map, and its outline in percent of the box."""

    left: float
    top: float
    width: float
    height: float
    corners: str


@lru_cache(DRAWN)
def handle(frame: Frame, shape: Shape) -> Handle:
    """Return the clickable part of a shape; corners are left out where there are many."""
    rings = [_thinned(frame.units(part[0])) for part in shape.parts]
    every = [point for ring in rings for point in ring]
    xs, ys = [x for x, _ in every], [y for _, y in every]
    left, top = min(xs), min(ys)
    width, height = max(max(xs) - left, 1), max(max(ys) - top, 1)
    # Several rings are one outline: from each back to where the first began.
    outline = [point for ring in rings for point in (*ring, ring[0], *rings[0][:1])] if len(rings) > 1 else rings[0]
    corners = ",".join(f"{100 * (x - left) / width:.3g}% {100 * (y - top) / height:.3g}%" for x, y in outline)
    return Handle(left / WIDE, top / frame.high, width / WIDE, height / frame.high, corners)


def _thinned(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    stride = max(1, math.ceil(len(points) / HANDLE))
    return list(points[::stride])


def radius(frame: Frame, shape: Shape) -> float:
    """Return the radius in rem of the circle that a name has inside a shape."""
    return shape.radius * min(frame.across, frame.down) / WIDE * frame.rem
