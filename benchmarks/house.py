"""Draw the packages from their imports: `python -m benchmarks.house` writes docs/images/house.svg.

Rows are the layers of the import contracts in pyproject.toml, boxes are rooms, a line is at least one import between
rooms of one floor, and the counts at the right are imports from the floors below. A line that points upward or sideways
is red, and the exit code is then 1.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "house.svg"
WIDTH, ROW, BOX, TITLE, GAP = 1400, 84, 46, 34, 26
LEFT, RIGHT, SHIFT = 250, 170, (0, -190, 190)
LOWEST = 112
INK, PALE, PAPER, WRONG = "#1f2937", "#94a3b8", "#f8fafc", "#dc2626"


@dataclass(frozen=True, slots=True)
class Room:
    """A package or module one level below a floor, and its position in the picture."""

    name: str
    files: int
    lines: int
    x: float
    y: float
    width: float
    level: int


def floors(contracts: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, list[list[str]]]]:
    """Return each top package with its layers, top down; a package without a contract is one layer."""
    layered = [contract for contract in contracts if contract["type"] == "layers"]
    inner = {next(iter(one["containers"])): one["layers"] for one in layered if "containers" in one}  # type: ignore[arg-type]
    top = next(one["layers"] for one in layered if "containers" not in one)
    for line in top:  # type: ignore[attr-defined]
        for package in split(line):
            yield package, [split(layer) for layer in inner.get(package, [])] or [[""]]  # type: ignore[attr-defined]


def split(layer: str) -> list[str]:
    """Return the names of a layer; "|" and ":" both mean side by side."""
    return [name.strip() for name in layer.replace(":", "|").split("|")]


def measure(package: str, room: str) -> tuple[int, int]:
    """Count files and lines of a room; empty `__init__.py` files do not count."""
    place = ROOT / package / room
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    sizes = [file.read_text(encoding="utf-8").count("\n") for file in files]
    return sum(size > 1 for size in sizes), sum(sizes)


def purpose(package: str) -> str:
    """Return the first line of the docstring of a package."""
    tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").split("\n")[0]


def place(plan: Sequence[tuple[str, list[list[str]]]]) -> tuple[list[Room], list[tuple[str, float, float]], float]:
    """Return rooms, (package, top, height) of each floor, and the height of the picture."""
    rooms: list[Room] = []
    bands: list[tuple[str, float, float]] = []
    y, level = 20.0, 0
    for package, layers in plan:
        height = max(TITLE + ROW * len(layers) - (ROW - BOX) + 20, LOWEST)
        bands.append((package, y, height))
        for row, names in enumerate(layers):
            inside = WIDTH - LEFT - RIGHT
            gaps = GAP * (len(names) - 1)
            width = min((inside - 2 * GAP) / 3, (WIDTH - 2 * GAP - gaps) / len(names))
            taken = width * len(names) + gaps
            start = LEFT + (inside - taken) / 2 if taken <= inside else (WIDTH - taken) / 2
            start += SHIFT[row % len(SHIFT)] if len(names) == 1 and len(layers) > 1 else 0
            for column, name in enumerate(names):
                x = start + column * (width + GAP)
                full = f"{package}.{name}" if name else package
                rooms.append(Room(full, *measure(package, name), x, y + TITLE + row * ROW, width, level))
            level += 1
        y += height + GAP
    return rooms, bands, y


def arrows(rooms: Sequence[Room]) -> Iterator[tuple[Room, Room, int]]:
    """Return (from, to, imports) between rooms of one floor, or whole floors where one has no inner rooms."""
    graph = grimp.build_graph(*{room.name.split(".")[0] for room in rooms}, include_external_packages=False)
    by_name = {room.name: room for room in rooms}
    counts: dict[tuple[str, str], int] = {}
    for module in graph.modules:
        for target in graph.find_modules_directly_imported_by(module):
            a, b = (next((name for name in parents(one) if name in by_name), "") for one in (module, target))
            if a and b and a != b:
                counts[a, b] = counts.get((a, b), 0) + 1
    for (a, b), count in sorted(counts.items()):
        yield by_name[a], by_name[b], count


def parents(module: str) -> Iterator[str]:
    """Return the module and every package that holds it, innermost first."""
    while module:
        yield module
        module = module.rpartition(".")[0]


def line(a: Room, b: Room, count: int) -> str:
    """Draw an arrow from the lower edge of a room to the upper edge of another; red unless it points down."""
    x1, y1, x2, y2 = a.x + a.width / 2, a.y + BOX, b.x + b.width / 2, b.y - 5
    wrong = b.level <= a.level
    colour, opacity = (WRONG, 1.0) if wrong else (INK, 0.6)
    bend = (y2 - y1) / 2
    path = f"M{x1:.0f},{y1:.0f} C{x1:.0f},{y1 + bend:.0f} {x2:.0f},{y2 - bend:.0f} {x2:.0f},{y2:.0f}"
    size = 0.6 + min(count, 60) ** 0.5 / 4
    return f'<path d="{path}" stroke="{colour}" stroke-opacity="{opacity}" stroke-width="{size:.1f}" fill="none"/>'


def floor(room: Room) -> str:
    """Return the top package of a room."""
    return room.name.split(".")[0]


def between_floors(bands: Sequence[tuple[str, float, float]], found: Sequence[tuple[Room, Room, int]]) -> Iterator[str]:
    """Draw the imports of each floor from the floors below it, as counts at the right edge."""
    for package, y, _ in bands:
        counts: Counter[str] = Counter()
        for a, b, count in found:
            if floor(a) == package != floor(b):
                counts[floor(b)] += count
        for at, (below, count) in enumerate(counts.most_common()):
            yield text(WIDTH - 28, y + 28 + 18 * at, f"↓ {below} {count}", 13, anchor="end")


def text(x: float, y: float, words: str, size: int, *, weight: int = 400, anchor: str = "start") -> str:
    """Draw a line of text."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{INK}">{escape(words)}</text>'
    )


def wrap(words: str, width: int) -> list[str]:
    """Wrap words in lines of at most `width` characters."""
    lines = [""]
    for word in words.split():
        fits = len(lines[-1]) + len(word) < width
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if fits else [lines[-1], word]
    return lines


def draw(plan: Sequence[tuple[str, list[list[str]]]]) -> tuple[str, list[str]]:
    """Return the picture as SVG, and the arrows in the wrong direction."""
    rooms, bands, height = place(plan)
    found = list(arrows(rooms))
    parts = [f'<rect width="{WIDTH}" height="{height:.0f}" fill="white"/>']
    for package, y, tall in bands:
        parts.append(
            f'<rect x="10" y="{y}" width="{WIDTH - 20}" height="{tall}" rx="8" fill="{PAPER}" stroke="{PALE}"/>'
        )
        parts.append(text(28, y + 28, f"{package}/", 20, weight=700))
        files, size = measure(package, "")
        parts.append(text(28, y + 50, f"{files} files, {size:,} lines", 13))
        parts += [text(28, y + 70 + 17 * at, words, 13) for at, words in enumerate(wrap(purpose(package), 30)[:3])]
    parts += [line(*one) for one in found if floor(one[0]) == floor(one[1]) or one[1].level <= one[0].level]
    parts += between_floors(bands, found)
    for room in rooms:
        parts.append(
            f'<rect x="{room.x:.0f}" y="{room.y:.0f}" width="{room.width:.0f}" height="{BOX}" rx="5" fill="white" '
            f'stroke="{INK}"/>'
        )
        middle, short = room.x + room.width / 2, room.name.rpartition(".")[2]
        parts.append(text(middle, room.y + 20, short, 16, weight=600, anchor="middle"))
        parts.append(text(middle, room.y + 37, f"{room.files} files, {room.lines:,} lines", 12, anchor="middle"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif">'
    label = "<title>The rooms of the house and the imports between them; every arrow points down</title>"
    wrong = [f"{a.name} -> {b.name}" for a, b, _ in found if b.level <= a.level]
    return "\n".join([head, label, *parts, "</svg>", ""]), wrong


def plan_of(pyproject: Path) -> list[tuple[str, list[list[str]]]]:
    """Return floors and layers as the import contracts state them."""
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    return list(floors(settings["tool"]["importlinter"]["contracts"]))


def main() -> int:
    """Write the picture; return 1 when an arrow points up."""
    plan = plan_of(ROOT / "pyproject.toml")
    picture, wrong = draw(plan)
    PICTURE.write_text(picture, encoding="utf-8")
    rooms = sum(len(names) for _, layers in plan for names in layers)
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {len(plan)} floors, {rooms} rooms, {len(wrong)} arrows upward\n")
    sys.stdout.writelines(f"  upward: {one}\n" for one in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
