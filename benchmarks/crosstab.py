"""CPU seconds of crosstabs, beside svy: tables of the demonstration city and of large cities, and a banner workbook.

    python -m benchmarks.crosstab                  # the demonstration city
    python -m benchmarks.crosstab --rows 1e6       # a mock city of a million answers instead
    python -m benchmarks.crosstab --study DIR --large
    python -m benchmarks.crosstab --sweep          # every question by district and by street: the slowest tables

Run it with OPENBLAS_NUM_THREADS=1, which `silu` sets: threads of BLAS double the CPU of small matrices.

"first" reads the answers, weights them, and estimates all shares with intervals, marks and tests, with nothing kept of
earlier tables; "next" is the same table after one of these groups, whose weights are kept. svy takes the answers and
weights in memory and estimates the same shares by group, the test of the table, and a t test for each pair where
letters are asked for; it makes no marks against the rest, and no multiple choices. "again" is the same table from what
the page keeps (`views.cached.crosstab`); the command keeps nothing. "first of a process" is `silu crosstab` as a whole,
Python and its packages included. Of a large city the tables that grow with it are made, and nothing beside svy.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pandas as pd
import polars as pl
import svy

from benchmarks.__main__ import machine
from benchmarks.cpu_seconds import cpu
from documents.banner import workbook
from reports.crosstab.crosstab import Crosstab, crosstab
from reports.crosstab.numbered import WEIGHTED
from reports.crosstab.request import Marks, Net, Request
from reports.crosstab.variables import Kind, groups, questions
from reports.sample import read_counted
from reports.selection import Selection
from survey.study.study import Study, load_study

START = "import sys; from cli import main; sys.exit(main(sys.argv[1:]))"
BANNER = 60
"""Questions of the workbook."""
SINGLE = ("single x district", Request(("A1",), (("district",),)))
SEVEN = ("multiple x multiple (7 groups)", Request(("B1",), (("C2",),)))
SEVENTEEN = ("multiple x multiple (17 groups)", Request(("B1",), (("B1",),)))
TABLES = (
    SINGLE,
    ("single x district, letters", Request(("A1",), (("district",),), marks=Marks.LETTERS)),
    ("single x age x sex", Request(("A1",), (("age", "sex"),))),
    SEVEN,
    SEVENTEEN,
    ("multiple x street, letters", Request(("B1",), (("street",),), marks=Marks.LETTERS)),
    (
        "22 rows with nets x district",
        Request(("E",), (("district",),), nets=(Net("E", "满意", ("很满意", "比较满意")),)),
    ),
    ("6 rows x street", Request(("G",), (("street",),))),
    ("22 rows x street", Request(("E",), (("street",),))),
)
LARGE = (SINGLE, SEVEN, SEVENTEEN)
RIVALED = 3
"""Tables of single choices, which svy can make."""
SWEPT = ("district", "street")
SLOWEST = 5
"""Tables of the sweep that are named."""


def rival(study: Study, request: Request) -> float:
    """Return the CPU seconds of svy for the shares, the test and, with letters, the pairs of a table."""
    data = _frame(study, request)

    def task() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
            for label in data["answer"].drop_nulls().unique().to_list():
                marked = data.with_columns((pl.col("answer") == label).cast(pl.Int8).alias("y"))
                one = svy.Sample(marked, sample.design)
                one.estimation.mean("y", by="group", drop_nulls=True)
                if request.marks is Marks.LETTERS:
                    _pairs(one, data["group"].drop_nulls().unique().to_list())
            known = svy.col("answer").is_not_null() & svy.col("group").is_not_null()
            sample.categorical.tabulate("answer", "group", where=known)

    return cpu(task, 1)[0]


def _pairs(sample: svy.Sample, labels: Sequence[str]) -> None:
    known = svy.col("y").is_not_null() & svy.col("group").is_not_null()
    for at, first in enumerate(labels):
        for second in labels[at + 1 :]:
            sample.categorical.ttest("y", group="group", where=known & svy.col("group").is_in([first, second]))


def _frame(study: Study, request: Request) -> pl.DataFrame:
    """Return the answers with stratum, psu and a weight of 1: svy's time does not depend on the weights."""
    rows = read_counted(study, Selection()).rows.to_pandas()
    frame = study.areas.frame.set_index("psu")
    names = request.heads[0]
    parts = [rows["psu"].map(frame[name]) if name in frame else rows[name] for name in names]
    group = parts[0].astype(str)
    for part in parts[1:]:
        group = group + " " + part.astype(str)
    answer = rows[request.rows[0]].astype(str)
    found = rows.assign(stratum=rows["psu"].map(frame["stratum"]), weight=1.0, answer=answer, group=group)
    found = found[found["stratum"].notna()][["stratum", "psu", "weight", "answer", "group"]]
    return pl.DataFrame(pl.from_pandas(found.astype({"psu": str})))


def banner(study: Study) -> tuple[float, Crosstab]:
    """Return the CPU seconds of a workbook of many questions by district, age and sex."""
    known = groups(study)
    rows = tuple(name for name, one in questions(study.questionnaire).items() if one.kind is not Kind.NUMBER)[:BANNER]
    heads = tuple((name,) for name in ("district", "age", "sex") if name in known)
    request = Request(rows, heads)

    def task() -> Crosstab:
        found = crosstab(study, Selection(), request)
        workbook(found, ())
        return found

    return cpu(task, 1)


def again(study: Study, request: Request) -> float:
    """Return the CPU seconds of a table that the page has made before."""
    from views.cached.crosstab import tabulated
    from views.visitor.session import Loaded

    loaded = Loaded(study, 1, (str(study.root), "benchmark", 1, False), pd.DataFrame())
    tabulated(loaded, Selection(), request)
    return cpu(lambda: tabulated(loaded, Selection(), request))[0]


def first_of_a_process(root: Path) -> float:
    """Return the CPU seconds of `silu crosstab` as a whole."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    asked = ["crosstab", "--study", str(root), "--rows", "A1", "--by", "district"]
    subprocess.run([sys.executable, "-c", START, *asked], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(study: Study, *, large: bool = False) -> None:
    """Print the tables."""
    names = ("table", "lines", "groups", "first s", "next s", "again s", "svy s", "ratio to svy")
    print(f"| {' | '.join(names)} |\n{'|---' * len(names)}|")
    crosstab(study, Selection(), SINGLE[1])  # loads packages
    for number, (name, request) in enumerate(LARGE if large else TABLES):
        first, found = cpu(lambda request=request: _alone(study, request))  # type: ignore[misc]
        following, _ = cpu(lambda request=request: crosstab(study, Selection(), request))  # type: ignore[misc]
        theirs = rival(study, request) if number < RIVALED and not large else None
        beside = f"{theirs:.2f} | {first / theirs:.2f}" if theirs else "| "
        size = f"{len(found.lines)} | {len(found.columns)}"
        own = f"{first:.3f} | {following:.3f} | {again(study, request):.4f}"
        print(f"| {name} | {size} | {own} | {beside} |", flush=True)
    if not large:
        seconds, found = banner(study)
        size = f"{len(found.lines)} | {len(found.columns)}"
        print(f"| banner of {BANNER} questions to XLSX | {size} | {seconds:.2f} | | | | |")
    print(f"| first of a process: single x district | | | {first_of_a_process(study.root):.2f} | | | | |")


def _alone(study: Study, request: Request) -> Crosstab:
    """Make a table with nothing kept of earlier ones."""
    WEIGHTED.clear()
    return crosstab(study, Selection(), request)


def sweep(study: Study) -> None:
    """Print the slowest of the tables of every question by place, each made once, after a table that loads packages."""
    crosstab(study, Selection(), SINGLE[1])
    found = []
    for name in questions(study.questionnaire):
        for head in SWEPT:
            request = Request((name,), ((head,),))
            found.append((cpu(lambda request=request: crosstab(study, Selection(), request), 1)[0], name, head))  # type: ignore[misc]
    seconds = sorted(one for one, _, _ in found)
    print(f"{len(found)} tables: median {median(seconds):.3f} s, 95 % below {seconds[int(len(seconds) * 0.95)]:.3f} s")
    for one, name, head in sorted(found, reverse=True)[:SLOWEST]:
        print(f"{name} x {head}: {one:.3f} s")


def main(arguments: Sequence[str]) -> int:
    """Measure a study, or a mock city."""
    from cli import main as silu

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--rows", type=float, default=0)
    parser.add_argument("--large", action="store_true", help="only the tables that grow with the city")
    parser.add_argument("--sweep", action="store_true", help="every question by district and by street")
    asked = parser.parse_args(arguments)
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        city = asked.study or Path(scratch) / "city"
        size = ["--districts", "40", "--responses", f"{asked.rows:.0f}"] if asked.rows else []
        if not asked.study and silu(["mock", str(city), *size]):
            return 1
        study = load_study(city)
        if asked.sweep:
            sweep(study)
        else:
            table(study, large=asked.large or asked.rows > 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
