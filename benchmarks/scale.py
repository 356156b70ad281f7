"""Past one machine: what cells cost at 1e5 to 1e7 answers (1e8 when asked), fitted, and what more would take.

    python -m benchmarks.scale [N ...]         (default 100000 300000 1000000 3000000 10000000)

Measured as `benchmarks.cells` does: reading stored answers and summing the four rates and every rate of the
questionnaire by cell, in a process of its own. log(CPU) = a + b log(answers) is fitted to the sizes from 1e6 on;
the table and `docs/images/scale.svg` carry it to 1e10 (dashed). Bytes are those of the mock city's store and files.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.__main__ import machine
from benchmarks.cells import count, decode, draw, measure, some_of

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "scale.svg"
SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
FROM = 1_000_000
"""Sizes from which the line is fitted: below, what a process costs at all weighs more than its answers."""
FAR = (10**8, 10**9, 10**10)
COLOURS = ("#1F4E79", "#B4532A")
WIDE, HIGH, EDGE = 760, 420, 76


@dataclass(frozen=True)
class Line:
    """Costs of one kind of work: CPU seconds by number of answers, and the fitted line."""

    name: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    def fit(self) -> tuple[float, float]:
        """Return exponent and factor: CPU seconds = factor * answers ** exponent."""
        far = [(n, s) for n, s in zip(self.sizes, self.seconds, strict=True) if n >= FROM]
        slope, start = np.polyfit(np.log([n for n, _ in far]), np.log([s for _, s in far]), 1)
        return float(slope), float(np.exp(start))

    def at(self, size: float) -> float:
        """Return the CPU seconds that the line gives for a number of answers."""
        exponent, factor = self.fit()
        return factor * size**exponent


def lines(sizes: Sequence[int], folder: Path) -> tuple[list[Line], float]:
    """Measure; return the lines, and the bytes of a stored answer."""
    part, definition = draw(folder)
    found = []
    for rates in (4, len(definition.rates)):
        took = []
        for size in sizes:
            some, times = some_of(part, size)
            floor = measure(decode, some, definition, times, rates)[0]
            seconds, memory = measure(count, some, definition, times, rates)
            print(f"| {size:,} | {rates} | {floor:.2f} | {seconds:.2f} | {memory:.0f} |", flush=True)
            took.append(seconds)
        found.append(Line(f"{rates} rates", tuple(sizes), tuple(took)))
    store = sum(path.stat().st_size for path in (folder / "city" / "store" / "responses").rglob("*.parquet"))
    return found, store / 100_000


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
    for line, colour in zip(found, COLOURS, strict=True):
        last = line.sizes[-1]
        for start, end, dash in ((FROM, last, ""), (last, 1e10, ' stroke-dasharray="6 5"')):
            (a, b), (c, d) = place(start, line.at(start)), place(end, line.at(end))
            parts += [f'<path d="M{a} {b}L{c} {d}" stroke="{colour}" stroke-width="2" fill="none"{dash}/>']
        for size, seconds in zip(line.sizes, line.seconds, strict=True):
            x, y = place(size, seconds)
            parts += [f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>']
        x, y = place(1e10, line.at(1e10))
        parts += [f'<text x="{x - 6}" y="{y - 10}" font-size="15" fill="{colour}" text-anchor="end">{line.name}</text>']
    parts += [f'<text x="{EDGE}" y="32" font-size="16">CPU seconds from stored answers to cells</text>']
    parts += [f'<text x="{WIDE - EDGE}" y="{HIGH - 14}" font-size="14" text-anchor="end">answers</text></svg>']
    return "\n".join(parts) + "\n"


def main(sizes: Sequence[int]) -> None:
    """Measure, print the tables and draw the plot."""
    print(machine())
    print("\n| answers | rates | decode s | cells s | MB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        found, size_of_answer = lines(sizes, Path(scratch))
    print("\n| answers | " + " | ".join(f"{line.name}, CPU s" for line in found) + " | store GB |")
    print("|---" * (len(found) + 2) + "|")
    for size in FAR:
        costs = " | ".join(f"{line.at(size):,.0f}" for line in found)
        print(f"| 1e{np.log10(size):.0f} | {costs} | {size * size_of_answer / 2**30:,.0f} |")
    for line in found:
        print(f"\n{line.name}: exponent {line.fit()[0]:.2f}")
    PICTURE.write_text(drawing(found), encoding="utf-8")


if __name__ == "__main__":
    main([int(float(one)) for one in sys.argv[1:]] or SIZES)
