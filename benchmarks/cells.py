"""Cells at the limit: from stored answers to the sums of 4 rates and of every rate, beside decoding and DuckDB.

    python -m benchmarks.cells [--rates 4 119] [--own] [--in FOLDER] [--keep] [N ...]    (default 1e5 1e6 3e6 1e7 1e8)

A mock city of 40 districts is drawn with its questionnaire; its answers are drawn again, with replacement, into one
part of 500,000, written as the store writes parts, and that part is read and counted as often as N asks for.
Cells are those of every estimate (sampling point, wave, mode, age, sex, education) and of `silu derive`. CPU seconds of
all threads, each row in a process of its own with its peak of memory; "decode" reads the same columns and does nothing
else; DuckDB runs the query of `analysis/design/cube.py` on the same files, which is what another engine runs, too, and
pandas and polars group the same sums of four rates. Weights go with sampling points and modes, as those of the mock
city do; with `--own` each answer has a weight of its own, as in `benchmarks.large_store`.

To measure in pieces, `--in` keeps the drawn part in a folder for the next run, and `--keep` puts the rows into
`benchmarks/results.json` in place of those of the same size; `benchmarks.scale` draws from there.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.design.counts.cell_terms import Remaining, lazy_cells, remaining
from analysis.design.counts.layout import Term
from analysis.design.cube import DuckEngine, build_cells
from analysis.estimation.sample import SampleOptions
from benchmarks import results
from benchmarks.__main__ import machine
from reports.counted.counted_parts import count_parts
from reports.counted.definition import Definition, definition_of
from survey.instrument.question import BLANK
from survey.storage.parquet import write_body
from survey.storage.store import W_SCALE
from survey.storage.stored_parts import StoredPart, stored_parts
from survey.study.study import load_study

PART = 500_000
MOST_QUERY = 10_000_000
"""Answers up to which the query counts every rate; four it counts always."""
MOST_FRAMES = 1_000_000
"""Answers up to which pandas and polars count four rates."""
MOST_EVERY = 10_000_000
"""Answers up to which every rate is counted unless `--rates` says so."""
OWN = ", own weights"
DRAWN = "drawn.pickle"
DRAWN_SIZE = 100_000
SIZE_HEAD = "| store | bytes an answer |\n|---|---|"
HEAD = (
    "| answers x rates | decode s | cells s | ratio to decode | MB | DuckDB s | ratio to DuckDB "
    "| pandas s | ratio to pandas | polars s | ratio to polars |\n" + "|---" * 11 + "|"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The part by whether each answer has a weight of its own, and what is counted."""

    parts: Mapping[bool, StoredPart]
    definition: Definition


def draw(folder: Path) -> Drawn:
    """Draw the city and write the parts, unless the folder holds them."""
    from cli import main as silu

    if (folder / DRAWN).exists():
        found: Drawn = pickle.loads((folder / DRAWN).read_bytes())
        return found
    city = folder / "city"
    silu(["mock", str(city), "--districts", "40", "--responses", str(DRAWN_SIZE)])
    study = load_study(city)
    definition = definition_of(study, 3, SampleOptions.of(study))
    parts = stored_parts(study.root / "store", 3)
    table = pa.concat_tables([part.read(definition.stored) for part in parts]).unify_dictionaries()
    rng = np.random.default_rng(1)
    again = table.take(pa.array(np.sort(rng.integers(0, table.num_rows, PART)))).sort_by("psu")
    kept = pa.schema([(name, parts[0].schema.field(name).type) for name in definition.stored])
    body = again.cast(kept).drop_columns(["wave"])
    own = pa.array(np.round(rng.lognormal(0, 0.5, PART) * W_SCALE).astype(np.int64) + 1)
    written = {}
    for name, weights in (("part", body[definition.weight]), ("own", own)):
        written[name == "own"] = StoredPart(folder / "wave=W1" / f"{name}.parquet", "W1", kept)
        written[name == "own"].path.parent.mkdir(exist_ok=True)
        at = body.schema.get_field_index(definition.weight)
        write_body(body.set_column(at, body.schema.field(at), weights), written[name == "own"].path)
    drawn = Drawn(written, definition)
    (folder / DRAWN).write_bytes(pickle.dumps(drawn))
    return drawn


def stored_bytes(folder: Path) -> float:
    """Return the bytes of a stored answer of the city."""
    return sum(one.stat().st_size for one in (folder / "city/store/responses").rglob("*.parquet")) / DRAWN_SIZE


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
    files = connection.read_parquet([str(part.path)] * times, hive_partitioning=True)
    build_cells(DuckEngine(files), definition.rates[:rates], definition.keys[1:])


def sums_of(definition: Definition, rates: int) -> Iterator[tuple[str, list[int], list[int] | None]]:
    """Yield the column of each of the first rates, its codes, and codes outside its base; None where all are inside."""
    for rate in definition.rates[:rates]:
        (column, codes), *_ = rate.terms
        yield column, list(codes), None if rate.base == "all" else [BLANK, *rate.missing]


def grouped(part: StoredPart, definition: Definition, times: int, rates: int) -> None:
    """Let pandas sum the first rates by cell."""
    keys = [key for key in definition.keys if key != "wave"]
    asked = list(sums_of(definition, rates))
    names = [*keys, definition.weight, *dict.fromkeys(column for column, *_ in asked)]
    rows = pd.concat([pd.read_parquet(part.path, columns=names) for _ in range(times)], ignore_index=True)
    w, sums = rows[definition.weight], {"n": pd.Series(1, rows.index), "w": rows[definition.weight]}
    for at, (column, codes, outside) in enumerate(asked):
        answers = rows[column]
        yes, inside = answers.isin(codes), answers.notna()
        if outside is not None:
            inside &= yes | ~answers.isin(outside)
        sums |= {f"n{at}": inside, f"ny{at}": yes, f"wo{at}": w.where(inside, 0), f"wy{at}": w.where(yes, 0)}
    pd.DataFrame(sums).groupby([rows[key] for key in keys], dropna=False, sort=False).sum()


def streamed(part: StoredPart, definition: Definition, times: int, rates: int) -> None:
    """Let polars sum the first rates by cell, streaming."""
    import polars as pl

    w, sums = pl.col(definition.weight), [pl.len().alias("n"), pl.col(definition.weight).sum().alias("w")]
    for at, (column, codes, outside) in enumerate(sums_of(definition, rates)):
        answers = pl.col(column)
        yes, inside = answers.is_in(codes), answers.is_not_null()
        if outside is not None:
            inside &= yes | ~answers.is_in(outside)
        for name, some in (("o", inside), ("y", yes)):
            sums += [some.sum().alias(f"n{name}{at}"), pl.when(some).then(w).sum().alias(f"w{name}{at}")]
    keys = [key for key in definition.keys if key != "wave"]
    pl.scan_parquet([part.path] * times).group_by(keys).agg(sums).collect(engine="streaming")


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
    some = StoredPart(part.path.with_name(f"{part.path.stem}-{size}.parquet"), part.wave, part.schema)
    write_body(pq.read_table(part.path, partitioning=None).slice(0, size), some.path)
    return some, 1


def row(drawn: Drawn, size: int, rates: int, *, own: bool) -> str:
    """Measure one size and number of rates; return the row of the table."""
    (some, times), definition = some_of(drawn.parts[own], size), drawn.definition
    floor = measure(decode, some, definition, times, rates)[0]
    ours, memory = measure(count, some, definition, times, rates)
    cells = [f"{size:,} x {rates}{OWN * own}", f"{floor:.2f}", f"{ours:.2f}", f"{ours / floor:.1f}", f"{memory:.0f}"]
    few = rates == 4 and size <= MOST_FRAMES
    rivals = ((query, rates == 4 or size <= MOST_QUERY), (grouped, few), (streamed, few))
    for rival, runs in rivals:
        other = measure(rival, some, definition, times, rates)[0] if runs else 0
        cells += [f"{other:.2f}", f"{ours / other:.2f}"] if other else ["–", "–"]
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> None:
    """Print a row per size and number of rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=float, default=[1e5, 1e6, 3e6, 1e7, 1e8], metavar="N")
    parser.add_argument("--rates", nargs="+", type=int, metavar="R", help="default: 4, and all up to 1e7")
    parser.add_argument("--own", action="store_true", help="answers with weights of their own")
    parser.add_argument("--in", dest="folder", type=Path)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    here = machine()
    print(here)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        drawn = draw(folder)
        bytes_each = f"{SIZE_HEAD}\n| mock city, {DRAWN_SIZE:,} answers | {stored_bytes(folder):.1f} |"
        print(f"\n{bytes_each}\n\n{HEAD}")
        for size in map(int, asked.sizes):
            for rates in asked.rates or ((4, len(drawn.definition.rates)) if size <= MOST_EVERY else (4,)):
                print(line := row(drawn, size, rates, own=asked.own), flush=True)
                if asked.keep:
                    results.merge(here, "cells", results.tables(f"{bytes_each}\n\n{HEAD}\n{line}"))


if __name__ == "__main__":
    main(sys.argv[1:])
