"""Tables that benchmarks printed, kept in `benchmarks/results.json`, and the ratios that a new run is compared by.

A benchmark prints Markdown tables. Seconds depend on the machine, ratios of two things measured in one run hardly do:
a check compares the columns with "ratio" in their name, row by row, and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path(__file__).parent / "results.json"
RATIO = re.compile(r"\bratio\b", re.IGNORECASE)
ROW = re.compile(r'\[\s*"(?:[^"\\]|\\.)*"(?:,\s*"(?:[^"\\]|\\.)*")*\s*\]')
"""A list of strings in JSON: a row of a table, which stands on one line of the file."""
SLOWER = 1.25
"""A ratio that has grown by more than this factor is named."""


@dataclass(frozen=True)
class Table:
    """A table as it was printed: names of columns, and rows of cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def ratios(self) -> Iterator[tuple[str, str, float]]:
        """Yield the first cell of a row, the name of a column of ratios, and the number in it."""
        for at, column in enumerate(self.columns):
            if not RATIO.search(column):
                continue
            for row in self.rows:
                if number := re.search(r"\d+(?:\.\d+)?", row[at]):
                    yield row[0], f"{column} ({at + 1})", float(number.group())


def tables(printed: str) -> list[Table]:
    """Read the Markdown tables of a text; rows of another length than their header are left out."""
    found, lines = list[Table](), printed.splitlines()
    for at, line in enumerate(lines[1:], start=1):
        if not re.fullmatch(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*", line):
            continue
        columns, rows = _cells(lines[at - 1]), list[tuple[str, ...]]()
        for body in lines[at + 1 :]:
            if not body.lstrip().startswith("|"):
                break
            if len(cells := _cells(body)) == len(columns):
                rows.append(cells)
        found.append(Table(columns, tuple(rows)))
    return found


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


@dataclass(frozen=True)
class Run:
    """What a benchmark printed: the machine and its load, and the tables."""

    machine: str
    tables: list[Table]


def runs(path: Path = KEPT) -> dict[str, Run]:
    """Return benchmark, with its options if it had any -> what it printed last; nothing where there is no file."""
    if not path.exists():
        return {}
    return {
        name: Run(
            entry["machine"], [Table(tuple(one["columns"]), tuple(map(tuple, one["rows"]))) for one in entry["tables"]]
        )
        for name, entry in json.loads(path.read_text(encoding="utf-8")).items()
    }


def read(path: Path = KEPT) -> dict[str, list[Table]]:
    """Return benchmark, with its options if it had any -> its kept tables."""
    return {name: run.tables for name, run in runs(path).items()}


def keep(machine: str, run: Mapping[str, Sequence[Table]], path: Path = KEPT) -> None:
    """Replace the kept tables of the benchmarks that ran; those of others stay."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, found in run.items():
        kept[name] = {"machine": machine, "tables": [asdict(table) for table in found]}
    text = json.dumps(dict(sorted(kept.items())), ensure_ascii=False, indent=1)
    path.write_text(
        ROW.sub(lambda row: json.dumps(json.loads(row.group()), ensure_ascii=False), text) + "\n", encoding="utf-8"
    )


def merge(machine: str, name: str, fresh: Sequence[Table], path: Path = KEPT) -> None:
    """Put the rows of tables in place of the kept ones that begin alike; other rows of the same columns stay."""
    kept = {table.columns: table for table in read(path).get(name, ())}
    for table in fresh:
        before = kept.get(table.columns, Table(table.columns, ()))
        rows = {row[0]: row for row in (*before.rows, *table.rows)}
        kept[table.columns] = Table(table.columns, tuple(rows.values()))
    keep(machine, {name: list(kept.values())}, path)


def slower(before: Mapping[str, Sequence[Table]], now: Mapping[str, Sequence[Table]]) -> list[str]:
    """Describe the ratios that grew by more than `SLOWER`, and the kept rows that are gone."""
    found = []
    for name, kept in before.items():
        if name not in now:
            continue
        fresh = {(row, column): ratio for table in now[name] for row, column, ratio in table.ratios()}
        for row, column, was in (one for table in kept for one in table.ratios()):
            ratio = fresh.get((row, column))
            if ratio is None:
                found.append(f"{name}: the row {row!r} has no {column} any more")
            elif ratio > was * SLOWER:
                found.append(f"{name}: {row!r}, {column}: {was:g} before, {ratio:g} now")
    return found
