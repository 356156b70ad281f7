"""Raking three margins of a million responses: ours, leafblower and weightipy, from the same rows to the same margins.

    python -m benchmarks.raking [N]            (default 1000000)

Rows are those of `benchmarks.rates`, each with a design weight of 1, because weightipy starts from there. "from rows"
sums the rows into cells first, "from cells" finds them made, as pages do. CPU seconds of all threads, median of three;
the error is the largest relative difference between a weighted margin and its target.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from analysis.design.from_frame import sum_rows
from analysis.weights.weights import base_weights, rake
from benchmarks.__main__ import machine
from benchmarks.cpu_seconds import cpu
from benchmarks.rates import SCALE, cell_keys, population

MARGINS = {"district": 40, "age": 4, "sex": 2}
TOLERANCE = 1e-6


def targets(size: int) -> np.ndarray:
    """Return the shares of the categories of a margin."""
    shares = np.linspace(1, 2, size)
    return shares / shares.sum()


def error(frame: pd.DataFrame, weights: np.ndarray) -> float:
    """Return the largest relative difference of a margin from its target."""
    return max(
        float(np.abs(np.bincount(frame[name], weights) / weights.sum() / targets(size) - 1).max())
        for name, size in MARGINS.items()
    )


def summed(frame: pd.DataFrame) -> tuple[Cells, np.ndarray]:
    """Return the cells of rows, and the cell of each row."""
    code = (frame["psu"] * 8 + frame["age"] * 2 + frame["sex"]).to_numpy()
    return sum_rows(cell_keys(320), code, np.full(len(frame), SCALE), {}, scale=SCALE), code


def ours(cells: Cells) -> Any:
    """Rake cells."""
    margins = [pd.DataFrame({name: range(size), "population": targets(size)}) for name, size in MARGINS.items()]
    return rake(cells, base_weights(cells), margins)


def with_leafblower(frame: pd.DataFrame) -> np.ndarray:
    """Return the weights of leafblower's raking, without limits of weights."""
    import leafblower

    wanted = {name: dict(zip(map(str, range(size)), targets(size), strict=True)) for name, size in MARGINS.items()}
    found = leafblower.harvest(
        frame, wanted, method="raking", max_weight=1e9, convergence={"absolute": TOLERANCE}, attach_weights=False
    )
    return np.asarray(found["weights"], dtype=float)


def with_weightipy(frame: pd.DataFrame) -> np.ndarray:
    """Return the weights of weightipy."""
    import weightipy

    wanted = {name: dict(enumerate(100 * targets(size))) for name, size in MARGINS.items()}
    scheme = weightipy.scheme_from_dict(wanted)
    return np.asarray(weightipy.weight_dataframe(frame, scheme, weight_column="weights")["weights"], dtype=float)


def rows_of(frame: pd.DataFrame) -> Mapping[str, Callable[[], tuple[float, float]]]:
    """Return name of a way -> how to measure its CPU seconds and its error."""
    cells, _ = summed(frame)
    plain = frame[list(MARGINS)].astype(str)

    def mine(task: Callable[[], Any]) -> tuple[float, float]:
        seconds, weights = cpu(task)
        return seconds, float(weights.diagnostics["max_error"])

    def theirs(task: Callable[[], np.ndarray]) -> tuple[float, float]:
        seconds, weights = cpu(task)
        return seconds, error(frame, weights)

    return {
        "from cells": lambda: mine(lambda: ours(cells)),
        "from rows": lambda: mine(lambda: ours(summed(frame)[0])),
        "leafblower": lambda: theirs(lambda: with_leafblower(plain)),
        "weightipy": lambda: theirs(lambda: with_weightipy(frame[list(MARGINS)])),
    }


def main(n: int) -> None:
    """Print a row per way."""
    warnings.simplefilter("ignore")
    print(machine())
    print(f"\n| raking 3 margins, {n:,} responses | CPU s | ratio of ours from rows | error |\n|---|---|---|---|")
    made = {name: task() for name, task in rows_of(population(n)).items()}
    for name, (seconds, apart) in made.items():
        ratio = "–" if name.startswith("from") else f"{made['from rows'][0] / seconds:.2f}"
        print(f"| {name} | {seconds:.4f} | {ratio} | {apart:.1e} |")


if __name__ == "__main__":
    main(int(float((sys.argv[1:] or ["1e6"])[0])))
