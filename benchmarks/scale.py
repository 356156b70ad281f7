"""Past one machine: the costs of cells that `benchmarks.cells` has kept, fitted, and what more answers would take.

    python -m benchmarks.cells --keep          (measures; see there how to measure in pieces)
    python -m benchmarks.scale

Nothing is measured here: CPU seconds of the four rates and of every rate are the rows of `benchmarks/results.json`.
CPU = a + b answers is fitted; the table and `docs/images/scale.svg` carry it to 1e10 (dashed). Bytes are those of the
mock city's store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import results
from benchmarks.cells import OWN

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "scale.svg"
FEWEST = 3
"""Sizes that a line is fitted to, at least."""
FAR = (10**8, 10**9, 10**10)
COLOURS = ("#1F4E79", "#B4532A")
BESIDE = (44, -10)
"""How far below the end of its line each name stands: that of the lower line must not touch the upper one."""
WIDE, HIGH, EDGE = 760, 420, 76


@dataclass(frozen=True)
class Line:
    """Costs of one kind of work: CPU seconds by number of answers, and the fitted line."""

    name: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    def fit(self) -> tuple[float, float]:
        """Return fixed CPU seconds and those of an answer, with the least squared relative errors."""
        each, start = np.polyfit(self.sizes, self.seconds, 1, w=1 / np.array(self.seconds))
        return float(start), float(each)

    def at(self, size: float) -> float:
        """Return the CPU seconds that the line gives for a number of answers."""
        start, each = self.fit()
        return start + each * size


def kept() -> tuple[list[Line], float]:
    """Return the lines of the kept rows, and the bytes of a stored answer.

    Raises:
        RuntimeError: no rows were kept.
    """
    costs, size_of_answer = dict[int, dict[int, float]](), 0.0
    for table in results.read().get("cells", ()):
        if table.columns[0] == "store":
            size_of_answer = float(table.rows[0][1])
        if table.columns[0] == "answers x rates":
            for row in (one for one in table.rows if not one[0].endswith(OWN)):
                size, rates = (int(part.replace(",", "")) for part in row[0].split(" x "))
                costs.setdefault(rates, {})[size] = float(row[table.columns.index("cells s")])
    if not costs:
        raise RuntimeError("no kept rows: run python -m benchmarks.cells --keep first")
    found = [
        Line(f"{rates} rates", tuple(sorted(some)), tuple(some[size] for size in sorted(some)))
        for rates, some in sorted(costs.items())
        if len(some) >= FEWEST
    ]
    return found, size_of_answer


def drawing(found: Sequence[Line]) -> str:
    """Return the plot as SVG: both axes logarithmic, measured points, the fit, dashed beyond what was measured."""
    low, high = np.log10(found[0].sizes[0]), 10.0
    least, most = -2.0, np.ceil(np.log10(max(line.at(1e10) for line in found)))

    def place(size: float, seconds: float) -> tuple[float, float]:
        across = EDGE + (np.log10(size) - low) / (high - low) * (WIDE - 2 * EDGE)
        up = HIGH - EDGE - (np.log10(seconds) - least) / (most - least) * (HIGH - 2 * EDGE)
        return round(float(across), 1), round(float(up), 1)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif">']
    parts += [f'<title>CPU seconds by number of answers</title><rect width="{WIDE}" height="{HIGH}" fill="#fff"/>']
    for power in range(int(np.ceil(low)), 11):
        x, _ = place(10.0**power, 1)
        parts += [f'<path d="M{x} {EDGE}V{HIGH - EDGE}" stroke="#ddd"/>']
        parts += [f'<text x="{x}" y="{HIGH - EDGE + 22}" font-size="14" text-anchor="middle">1e{power}</text>']
    for power in range(int(least), int(most) + 1):
        _, y = place(1e5, 10.0**power)
        parts += [f'<path d="M{EDGE} {y}H{WIDE - EDGE}" stroke="#ddd"/>']
        parts += [f'<text x="{EDGE - 8}" y="{y + 5}" font-size="14" text-anchor="end">{10.0**power:,g}</text>']
    for line, colour, beside in zip(found, COLOURS, BESIDE, strict=True):
        last = line.sizes[-1]
        for start, end, dash in ((line.sizes[0], last, ""), (last, 1e10, ' stroke-dasharray="6 5"')):
            way = " ".join("{} {}".format(*place(size, line.at(size))) for size in np.geomspace(start, end, 20))
            parts += [f'<path d="M{way}" stroke="{colour}" stroke-width="2" fill="none"{dash}/>']
        for size, seconds in zip(line.sizes, line.seconds, strict=True):
            x, y = place(size, seconds)
            parts += [f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>']
        x, y = place(1e10, line.at(1e10))
        parts += [
            f'<text x="{x - 6}" y="{y + beside}" font-size="15" fill="{colour}" text-anchor="end">{line.name}</text>'
        ]
    parts += [f'<text x="{EDGE}" y="32" font-size="16">CPU seconds from stored answers to cells</text>']
    parts += [f'<text x="{WIDE - EDGE}" y="{HIGH - 14}" font-size="14" text-anchor="end">answers</text></svg>']
    return "\n".join(parts) + "\n"


def main() -> None:
    """Print the table and draw the plot."""
    found, size_of_answer = kept()
    print("\n| answers | " + " | ".join(f"{line.name}, CPU s" for line in found) + " | store GB |")
    print("|---" * (len(found) + 2) + "|")
    for size in FAR:
        costs = " | ".join(f"{line.at(size):,.0f}" for line in found)
        print(f"| 1e{np.log10(size):.0f} | {costs} | {size * size_of_answer / 2**30:,.0f} |")
    for line in found:
        print(f"\n{line.name}: {line.fit()[0]:.2f} s and {line.fit()[1] * 1e6:.3f} s a million")
    PICTURE.write_text(drawing(found), encoding="utf-8")


if __name__ == "__main__":
    main()
