"""Cells at the limit: from stored answers to the sums of 4 rates and of every rate, beside decoding and DuckDB.

    python -m benchmarks.cells [N ...]         (default 100000 1000000 10000000)

A mock city of 40 districts is drawn with its questionnaire; its answers are drawn again, with replacement, into one
part of 500,000, stored by sampling point as the store does, and that part is read and counted as often as N asks for.
Cells are those of every estimate (sampling point, wave, mode, age, sex, education) and of `silu derive`. CPU seconds of
all threads, each row in a process of its own with its peak of memory; "decode" reads the same columns and does nothing
else; DuckDB runs the query of `analysis/design/cube.py` on the same files, which is what another engine runs, too, and
pandas groups the same sums of four rates.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.design.counts.cell_terms import Remaining, Term, lazy_cells, remaining
from analysis.design.cube import DuckEngine, build_cells
from analysis.estimation.sample import SampleOptions
from benchmarks.__main__ import machine
from reports.counted.cells import count_parts
from reports.counted.definition import Definition
from reports.sample import definition_of
from survey.instrument.question import BLANK
from survey.storage.stored_parts import StoredPart, stored_parts
from survey.study.study import load_study

PART = 500_000
MOST_QUERY = 1_000_000
"""Answers up to which rivals count more: the query every rate, pandas four."""


def draw(folder: Path) -> tuple[StoredPart, Definition]:
    """Draw the city and write the part; return it and what is counted."""
    from cli import main as silu

    city = folder / "city"
    silu(["mock", str(city), "--districts", "40", "--responses", "100000"])
    study = load_study(city)
    definition = definition_of(study, 3, SampleOptions.of(study))
    parts = stored_parts(study.root / "store", 3)
    table = pa.concat_tables([part.read(definition.stored) for part in parts]).unify_dictionaries()
    again = table.take(pa.array(np.sort(np.random.default_rng(1).integers(0, table.num_rows, PART)))).sort_by("psu")
    path = folder / "part.parquet"
    kept = pa.schema([(name, parts[0].schema.field(name).type) for name in definition.stored])
    pq.write_table(again.cast(kept), path, compression="zstd")
    return StoredPart(path, "W1", kept), definition


def counted(part: StoredPart, definition: Definition, times: int) -> Remaining:
    """Return the cells of the part, read `times` times."""
    found = remaining([Term(1, one) for one in count_parts([part] * times, definition)], definition.keys)
    assert found is not None
    return found


def decode(part: StoredPart, definition: Definition, times: int, rates: int) -> None:
    """Read the columns of the first rates, one by one, and the keys."""
    columns = dict.fromkeys(column for rate in definition.rates[:rates] for column in rate.columns)
    for _ in range(times):
        part.read([*definition.keys, definition.weight])
        for column in columns:
            part.read([column])


def count(part: StoredPart, definition: Definition, times: int, rates: int) -> None:
    """Sum the first rates by cell."""
    cells = lazy_cells(counted(part, definition, times), definition.rates[:rates], definition.scale)
    for one in (cells.n_i, cells.wo, cells.wy, cells.ny):
        for at in range(rates):
            one[at]


def query(part: StoredPart, definition: Definition, times: int, rates: int) -> None:
    """Let DuckDB sum the first rates by cell."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    files = connection.read_parquet([str(part.path)] * times)
    build_cells(DuckEngine(files), definition.rates[:rates], definition.keys[1:])


def grouped(part: StoredPart, definition: Definition, times: int, rates: int) -> None:
    """Let pandas sum the first rates by cell."""
    some = definition.rates[:rates]
    names = [*definition.keys, definition.weight, *dict.fromkeys(rate.columns[0] for rate in some)]
    rows = pd.concat([pd.read_parquet(part.path, columns=names) for _ in range(times)], ignore_index=True)
    w, sums = rows[definition.weight], {"n": pd.Series(1, rows.index), "w": rows[definition.weight]}
    for at, rate in enumerate(some):
        answers = rows[rate.columns[0]]
        yes, inside = answers.isin(rate.terms[0][1]), answers.notna()
        if rate.base != "all":
            inside &= yes | ~answers.isin((BLANK, *rate.missing))
        sums |= {f"n{at}": inside, f"ny{at}": yes, f"wo{at}": w.where(inside, 0), f"wy{at}": w.where(yes, 0)}
    pd.DataFrame(sums).groupby([rows[key] for key in definition.keys], dropna=False, sort=False).sum()


Work = Callable[[StoredPart, Definition, int, int], None]


def _child(work: Work, part: StoredPart, definition: Definition, times: int, rates: int) -> tuple[float, float]:
    start = time.process_time()
    work(part, definition, times, rates)
    taken = time.process_time() - start
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return taken, int(peak.split()[1]) / 1024


def measure(work: Work, part: StoredPart, definition: Definition, times: int, rates: int) -> tuple[float, float]:
    """Return CPU seconds and peak MB in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_child, (work, part, definition, times, rates))


def some_of(part: StoredPart, size: int) -> tuple[StoredPart, int]:
    """Return a part and how often to read it for a number of answers."""
    if size >= PART:
        return part, round(size / PART)
    some = StoredPart(part.path.with_name(f"part-{size}.parquet"), part.wave, part.schema)
    pq.write_table(pq.read_table(part.path).slice(0, size), some.path, compression="zstd")
    return some, 1


def main(sizes: list[int]) -> None:
    """Print a row per size and number of rates."""
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        part, definition = draw(Path(scratch))
        print(
            "\n| answers x rates | decode s | cells s | ratio to decode | MB | DuckDB s | ratio to DuckDB "
            "| pandas s | ratio to pandas |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for size in sizes:
            some, times = some_of(part, size)
            for rates in (4, len(definition.rates)):
                floor = measure(decode, some, definition, times, rates)[0]
                ours, memory = measure(count, some, definition, times, rates)
                row = f"{size:,} x {rates} | {floor:.2f} | {ours:.2f} | {ours / floor:.1f} | {memory:.0f}"
                rivals = [(query, rates == 4 or size <= MOST_QUERY), (grouped, rates == 4 and size <= MOST_QUERY)]
                for rival, runs in rivals:
                    other = measure(rival, some, definition, times, rates)[0] if runs else 0
                    row += f" | {other:.2f} | {ours / other:.2f}" if other else " | – | –"
                print(f"| {row} |", flush=True)


if __name__ == "__main__":
    main([int(float(one)) for one in sys.argv[1:]] or [100_000, 1_000_000, 10_000_000])
