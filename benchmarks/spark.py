"""Spark beside DuckDB: cells of one size after the other, a national study, and the reading of texts.

    python -m benchmarks.spark [--only cells national people texts] [--in FOLDER] [--keep] [ROWS ...] (default 1000000)

A cluster of its own on this machine: master, two workers of one core and 1 GB, Connect server; see `cluster`. CPU
seconds of DuckDB are those of this process, those of Spark those of all its processes, Python workers included; the
first query of a session, which compiles, is apart. Every table is compared bit by bit before it is printed. `people`
is the national study by age and sex, of its last waves only, so that no piece takes more than a minute. To measure in
pieces, `--in` keeps the studies in a folder for the next run.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from analysis.engines.duck import DuckEngine, Limits, limited
from analysis.engines.spark import SparkEngine
from analysis.engines.spark_session import connected
from analysis.text.on_spark import read_on_spark as read_texts_on_spark
from analysis.text.reader import read_texts
from benchmarks import results
from benchmarks.__main__ import machine
from benchmarks.cluster import Cluster, free_ports, running
from benchmarks.large_store import make
from benchmarks.text_speed import answers
from reports.counted.engine_cells import read_on_spark
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import stored_parts
from survey.study.lexicon import load_lexicon
from survey.study.study import load_study

HEADLINES = ("A1", "C1", "D1", "E0")
PROVINCES, CITIES, WAVES, PER_CELL = 31, 100, 50, 10
LAST = 20
"""Waves by age and sex."""
TEXTS = 20_000
PARTS = ("cells", "national", "people", "texts")
HEAD = "| rows x cells | DuckDB s / CPU s | Spark first s | Spark s / CPU s | CPU ratio | shuffle | tasks |"


def main(arguments: Sequence[str]) -> None:
    """Print the rows of the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=float, default=[1e6])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--in", dest="studies", type=Path)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    here = machine()
    print(here)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stops the cluster, too
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = {"spark.sql.files.maxPartitionBytes": "16m"}
        with running(home / "cluster", free_ports(5), settings=settings) as cluster:
            studies = asked.studies or home
            for table in _tables(cluster, home, studies, asked.only, [int(rows) for rows in asked.rows]):
                print(f"\n{table}", flush=True)
                if asked.keep:
                    results.merge(here, "spark", results.tables(table))


def _tables(cluster: Cluster, home: Path, studies: Path, only: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    """Yield the table of each measurement."""
    national = PROVINCES * CITIES * WAVES * PER_CELL
    place = f"{PROVINCES} provinces x {CITIES} cities"
    if "cells" in only:
        for rows in sizes:
            yield _cells(cluster, _study(studies / f"study{rows}", rows), ["wave", "age", "sex"], f"{rows:,}")
    if "national" in only:
        yield _cells(cluster, _national(studies, national), ["wave"], f"{place} x {WAVES} waves, {national:,}")
    if "people" in only:
        last, rows = tuple(f"W{at}" for at in range(WAVES - LAST + 1, WAVES + 1)), national * LAST // WAVES
        name = f"{place} x {LAST} waves, {rows:,}, by age and sex"
        yield _cells(cluster, _national(studies, national), ["wave", "age", "sex"], name, last)
    if "texts" in only:
        yield _texts(cluster, home)


def _study(folder: Path, rows: int) -> Path:
    """Return a study of some responses, made unless the folder holds it."""
    return folder if folder.exists() else make(folder, rows)


def _national(studies: Path, rows: int) -> Path:
    """Return the national study, made unless the folder holds it."""
    folder = studies / "national"
    if folder.exists():
        return folder
    return make(folder, rows, PROVINCES * CITIES, WAVES, districts=PROVINCES)


def _cells(cluster: Cluster, root: Path, by: Sequence[str], name: str, waves: Sequence[str] | None = None) -> str:
    """Return a table of one row: the cells of a study, or of some waves of it, by both engines."""
    study = load_study(root)
    parts = stored_parts(root / "store", ResponseStore(root / "store").version or 0, waves)
    rates = [study.questionnaire.rate(one) for one in HEADLINES]
    files = [str(part.path) for part in parts]
    with limited(Limits()) as connection:
        duck = DuckEngine(connection.read_parquet(files, hive_partitioning=True))
        right, wall, cpu = _timed(lambda: build_cells(duck, rates, by), time.process_time)
    with connected(cluster.url) as session:
        spark = SparkEngine(read_on_spark(session, study, parts))
        _, first, _ = _timed(lambda: build_cells(spark, rates, by), cluster.cpu_seconds)
        before = len(cluster.tasks())
        found, theirs, used = _timed(lambda: build_cells(spark, rates, by), cluster.cpu_seconds)
    tasks = cluster.tasks()[before:]
    if _bits(found) != _bits(right):
        raise AssertionError(f"{name}: the cells differ")
    shuffled = sum(task.shuffled for task in tasks) / 1e6
    return (
        f"{HEAD}\n{'| --- ' * 7}|\n| {name} x {len(right.n):,} | {wall:.1f} / {cpu:.1f} | {first:.1f} "
        f"| {theirs:.1f} / {used:.1f} | {used / cpu:.1f} | {shuffled:.1f} MB | {len(tasks)} |"
    )


def _texts(cluster: Cluster, folder: Path) -> str:
    """Return the cost of reading texts on workers and here."""
    raws, lexicon = answers(TEXTS), load_lexicon()
    none = np.array([], dtype=np.int64)
    here, wall, cpu = _timed(lambda: read_texts(raws, lexicon), time.process_time)
    (folder / "code").mkdir()
    with connected(cluster.url) as session:
        frame = session.createDataFrame(pa.table({"text": raws}))
        there, theirs, used = _timed(
            lambda: read_texts_on_spark(frame, TEXTS, lexicon, "auto", none, folder / "code"), cluster.cpu_seconds
        )
    if _words(here) != _words(there):
        raise AssertionError("the words differ")
    million = 1e6 / TEXTS
    return (
        "| reading of texts, a million | s | CPU s | CPU ratio |\n| --- | --- | --- | --- |\n"
        f"| this process | {wall * million:.0f} | {cpu * million:.0f} | 1.0 |\n"
        f"| Spark, two workers | {theirs * million:.0f} | {used * million:.0f} | {used / cpu:.1f} |"
    )


def _timed(task: Callable[[], Any], clock: Callable[[], float]) -> tuple[Any, float, float]:
    """Return the result of a task, its seconds, and its CPU seconds by a clock."""
    cpu, start = clock(), time.monotonic()
    found = task()
    return found, time.monotonic() - start, clock() - cpu


def _bits(cells: Cells) -> bytes:
    fields = ("n", "w", "ww", "n_i", "wo", "wy", "ny")
    return b"".join(np.asarray(getattr(cells, name)).tobytes() for name in fields)


def _words(read: pa.Table) -> dict[int, Any]:
    rows = read.select(["digest", "words", "themes", "polarity"]).to_pylist()
    return {row.pop("digest"): row for row in rows}


if __name__ == "__main__":
    main(sys.argv[1:])
