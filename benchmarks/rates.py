"""Rates of many domains: ours, svy, pandas without weights or design, and R `survey` where Rscript is found.

    python -m benchmarks.rates [N ...]        (default 10000 100000 1000000 10000000)

200 strata of 10 PSUs in 40 districts, 4 ages, 2 sexes, four rates with 3 to 25 % missing, lognormal weights. CPU
seconds of all threads, median of three, data and design objects in memory. "one pass": rows -> estimates with
intervals, from a cell number per row made beforehand. "query": the SQL pass from an Arrow table, coding included.
"kept": from cells.
svy is run up to 1,000,000 rows on one rate x 40 districts and up to 100,000 on four; R up to 100,000.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import stats

from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from analysis.design.design import make_design
from analysis.design.from_frame import sum_rows
from analysis.estimation.linear import means
from analysis.estimation.rates import rates
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from benchmarks.__main__ import machine
from benchmarks.cpu_seconds import cpu
from survey.instrument.rate import Rate

MISSING = (0.03, 0.05, 0.10, 0.25)
LEVELS = (0.8, 0.9, 0.5, 0.6)
SCALE = 1 << 20
BY = {40: ["district"], 320: ["district", "age", "sex"]}


def population(n: int) -> pd.DataFrame:
    """Make rows sorted by PSU, as the store keeps them; y is -1 where it is missing."""
    random = np.random.default_rng(n)
    psu = np.sort(random.integers(0, 2000, n))
    frame = pd.DataFrame({"psu": psu, "stratum": psu // 10, "district": psu // 50})
    frame["age"], frame["sex"] = random.integers(0, 4, n), random.integers(0, 2, n)
    frame["w_fx"] = (random.lognormal(0, 0.5, n) * SCALE).astype(np.int64)
    for at, (level, missing) in enumerate(zip(LEVELS, MISSING, strict=True), start=1):
        y = (random.random(n) < level).astype(np.int8)
        y[random.random(n) < missing] = -1
        frame[f"y{at}"] = y
    return frame


def cell_keys(domains: int) -> pd.DataFrame:
    """Return the cells of PSU x age x sex, or of PSU alone."""
    each = domains // 40
    at = np.arange(2000 * each)
    keys = pd.DataFrame({"psu": at // each, "stratum": at // (10 * each), "district": at // (50 * each)})
    return keys if each == 1 else keys.assign(age=at % 8 // 2, sex=at % 2)


def one_pass(frame: pd.DataFrame, items: int, domains: int) -> tuple[float, Cells]:
    """Return the CPU of rows -> sums -> table, and the cells."""
    code = frame["psu"].to_numpy()
    if domains == 320:
        code = code * 8 + frame["age"].to_numpy() * 2 + frame["sex"].to_numpy()
    w, keys = frame["w_fx"].to_numpy(), cell_keys(domains)
    answers = {f"y{k}": frame[f"y{k}"].to_numpy() for k in range(1, items + 1)}

    def task() -> Cells:
        cells = sum_rows(keys, code, w, answers, scale=SCALE)
        rates(cells, by=BY[domains])
        return cells

    return cpu(task)


def query(frame: pd.DataFrame, domains: int) -> float:
    """Return the CPU of Arrow table -> SQL -> cells -> table."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    items = [Rate(f"y{k}", "", "awareness", ((f"y{k}", (1,)),), "valid", (-1,)) for k in range(1, 5)]
    points = pd.DataFrame({"psu": np.arange(2000), "stratum": np.arange(2000) // 10, "district": np.arange(2000) // 50})
    by = [name for name in BY[domains] if name != "district"]
    return cpu(lambda: rates(build_cells(table, items, by).attach(points), by=BY[domains]))[0]


def naive(frame: pd.DataFrame, items: int, domains: int) -> float:
    """Return group means with exact binomial limits, ignoring weights and design."""

    def task() -> None:
        for k in range(1, items + 1):
            known = frame[frame[f"y{k}"] >= 0]
            found = known.groupby(BY[domains])[f"y{k}"].agg(["sum", "count"])
            yes, n = found["sum"], found["count"]
            stats.beta.ppf(0.025, yes, n - yes + 1), stats.beta.ppf(0.975, yes + 1, n - yes)

    return cpu(task)[0]


def with_svy(frame: pd.DataFrame, items: int) -> tuple[float, pd.DataFrame]:
    """Return the CPU of svy's proportions with logit limits by district, and its first rate for the check."""
    import polars as pl
    import svy

    data = pl.from_pandas(frame.assign(w=frame["w_fx"] / SCALE).astype({"district": str}))
    data = data.with_columns([pl.when(pl.col(f"y{k}") >= 0).then(pl.col(f"y{k}")).alias(f"y{k}") for k in range(1, 5)])
    sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="w"))
    found: list[Any] = []

    def task() -> None:
        found[:] = [
            sample.estimation.prop(f"y{k}", by="district", ci_method="logit", drop_nulls=True)
            for k in range(1, items + 1)
        ]

    seconds, _ = cpu(task, 1)
    return seconds, found[0]


R_SCRIPT = """
suppressMessages(library(survey)); options(survey.lonely.psu="adjust")
d <- read.csv(commandArgs(TRUE)[1]); for (k in 1:4) { y <- paste0("y", k); d[[y]][d[[y]] < 0] <- NA }
s <- svydesign(id=~psu, strata=~stratum, weights=~w_fx, data=d, nest=TRUE)
items <- as.integer(commandArgs(TRUE)[2])
one <- function(k) svyby(as.formula(paste0("~y", k)), ~district, s, svyciprop, vartype="ci", na.rm=TRUE)
t <- system.time(for (k in 1:items) one(k))
cat(t[["user.self"]] + t[["sys.self"]])
"""


def with_r(frame: pd.DataFrame, items: int) -> float | None:
    """Return the CPU of R's svyby(svyciprop); None without Rscript."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        frame.to_csv(path, index=False)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT, str(path), str(items)], capture_output=True, text=True, check=True
        )
    return float(done.stdout)


def row(name: str, *cells: float | None) -> str:
    """Return a line of the table, in seconds."""
    return f"| {name} | " + " | ".join("—" if cell is None else f"{cell:.4f}" for cell in cells) + " |"


def sizes(numbers: list[int]) -> None:
    """Print rates x domains at every size."""
    columns = "1 x 40 | 4 x 40 | 4 x 320"
    for n in numbers:
        frame = population(n)
        print(f"\n**N = {n:,}**, CPU s\n\n| way | {columns} |\n|---|---|---|---|")
        made = [one_pass(frame, items, domains) for items, domains in ((1, 40), (4, 40), (4, 320))]
        print(row("one pass over rows", *(seconds for seconds, _ in made)))
        designs = [make_design(cells) for _, cells in made]
        kept = [
            cpu(lambda c=cells, d=design, by=by: rates(c, by=by, design=d))[0]
            for (_, cells), design, by in zip(made, designs, (BY[40], BY[40], BY[320]), strict=True)
        ]
        print(row("from kept cells", *kept))
        print(row("SQL query and estimates", None, query(frame, 40), query(frame, 320)))
        print(row("pandas, no weights or design", naive(frame, 1, 40), naive(frame, 4, 40), naive(frame, 4, 320)))
        if n <= 1_000_000:
            single, theirs = with_svy(frame, 1)
            print(row("svy prop logit", single, with_svy(frame, 4)[0] if n <= 100_000 else None, None))
            check(made[0][1], theirs)
        if n <= 100_000 and shutil.which("Rscript"):
            print(row("R svyby(svyciprop)", with_r(frame, 1), with_r(frame, 4), None))


def check(cells: Cells, theirs: Any) -> None:
    """Check that svy and this package agree."""
    ours = rates(cells, item="y1", by=["district"], interval="xlogit").table
    rows = theirs.to_polars().to_pandas() if hasattr(theirs, "to_polars") else pd.DataFrame(theirs)
    yes = rows[rows["y1"].astype(str).isin(["1", "1.0"])]
    yes = yes.assign(district=yes["district"].astype(int)).sort_values("district")
    apart = max(
        np.abs(yes[name].to_numpy() / ours[own].to_numpy() - 1).max()
        for name, own in (("est", "estimate"), ("se", "std_error"))
    )
    print(f"\nLargest relative difference from svy, estimate and standard error: {apart:.1e}")


def many_groups() -> None:
    """Estimate 6,760 groups on 50,000 rows, every row its own PSU (srvyr issue 164: 81 s)."""
    random = np.random.default_rng(0)
    keys = pd.DataFrame({"psu": np.arange(50_000), "group": random.integers(0, 6760, 50_000)})
    cells = sum_rows(
        keys, keys["psu"].to_numpy(), np.ones(50_000), {"y": random.integers(0, 2, 50_000).astype(np.int8)}
    )
    design = make_design(cells)
    basis = WeightedDesign(cells, design, base_weights(cells))
    plain, _ = cpu(lambda: means(basis, by=["group"]), 31)
    whole, table = cpu(lambda: rates(cells, by=["group"], design=design), 31)
    print(f"\n{len(table):,} groups on 50,000 rows: {plain:.4f} CPU s with standard errors,", end=" ")
    print(f"{whole:.4f} with intervals and flags")


def main() -> None:
    """Run all and print the tables."""
    warnings.simplefilter("ignore")
    numbers = [int(float(text)) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000, 10_000_000]
    print(machine())
    many_groups()  # first, because a rival's threads spin on after their work, which would count as ours
    sizes(numbers)


if __name__ == "__main__":
    main()
