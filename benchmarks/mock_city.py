"""CPU seconds to draw a mock city of a million answers, with its free text, and to write its answer files.

The rival does the same answers the plain way: one Python call for each cell and each text, on a small share of the
rows, scaled up.
"""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path

from benchmarks.cpu_seconds import cpu
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.mock.folder import write_answers

ROWS = 1_000_000
DISTRICTS = 40
RIVAL_ROWS = 10_000
BUDGET = 30.0


def write_all(mock: MockCity, folder: Path) -> float:
    total = 0.0
    for name, table in mock.files():
        path = folder / f"{name}.csv"
        write_answers(table, path)
        total += path.stat().st_size / 1e6
    return total


def plain_rows(columns: int, words: list[str], path: Path) -> None:
    """Draw the answers row after row, cell after cell (the rival)."""
    rng = random.Random(1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for number in range(RIVAL_ROWS):
            answers = [rng.choices((1, 2, 3, 4, 5, 98), (30, 45, 12, 5, 2, 6))[0] for _ in range(columns)]
            text = "".join(rng.choice(words) for _ in range(4))
            writer.writerow([number, *answers, text])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        drawing, mock = cpu(lambda: draw(MockSpec(districts=DISTRICTS, responses=ROWS)), 1)
        assert isinstance(mock, MockCity)
        writing, size = cpu(lambda: write_all(mock, Path(folder)), 1)
        columns = len(mock.questionnaire.items)
        words = ["希望", "小区里", "多划点停车位", "，谢谢"]
        plain, _ = cpu(lambda: plain_rows(columns, words, Path(folder) / "rival.csv"), 1)
    rival = plain * ROWS / RIVAL_ROWS
    print(f"| mock city, {ROWS:,} responses x {columns} columns, {DISTRICTS} districts | CPU s |")
    print("|---|---|")
    print(f"| draw: city, truth, sample, answers, free text, faults | {drawing:.1f} |")
    print(f"| write the answer files ({size:.0f} MB of CSV) | {writing:.1f} |")
    print(f"| together (budget {BUDGET:.0f}) | {drawing + writing:.1f} |")
    print(f"| rival: plain Python, no routing, truth or faults ({RIVAL_ROWS:,} rows scaled up) | {rival:.0f} |")


if __name__ == "__main__":
    main()
