"""Calibration, tests, models and replicates beside svy, in CPU seconds (all threads), median of three.

    python -m benchmarks.inference [N ...]        (default 100000 1000000)

"cells" starts from the stored table of sums (coding not counted), "rows" from one row per response. Both give the same
figures; in the same run svy is checked against them where it has the same task.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.inference.association import associate
from analysis.inference.observations import observe
from analysis.inference.regression import regress
from analysis.inference.tallies import ratios
from analysis.weights.calibrate import calibrate_cells
from analysis.weights.replicates import make_replicates
from analysis.weights.totals import margins
from benchmarks.cpu_seconds import cpu

AGE = {"18-29": 0.24, "30-44": 0.31, "45-59": 0.27, "60+": 0.18}
SEX = {"F": 0.52, "M": 0.48}
KEYS = ["district", "age", "sex"]


def population(n: int) -> pd.DataFrame:
    """Make 200 strata of 10 PSUs in 40 districts, 4 ages, 2 sexes, lognormal weights, one 0/1 answer."""
    random = np.random.default_rng(n)
    unit = random.integers(0, 2000, n)
    age, sex = random.integers(0, 4, n), random.integers(0, 2, n)
    chance = 0.75 + 0.1 * np.sin(unit) - 0.04 * age + 0.02 * sex
    return pd.DataFrame(
        {
            "stratum": unit // 10,
            "psu": unit % 10,
            "district": np.char.add("D", np.char.zfill((unit // 50).astype(str), 2)),
            "age": np.array(list(AGE))[age],
            "sex": np.array(list(SEX))[sex],
            "w": random.lognormal(0, 0.5, n),
            "y": (random.random(n) < chance).astype(float),
        }
    )


def ours(cells: Cells, tasks: list[str]) -> dict[str, tuple[float, float]]:
    """Return CPU seconds and one figure of every task."""
    size = float(cells.weight.sum())
    known = {name: {k: v * size for k, v in shares.items()} for name, shares in {"age": AGE, "sex": SEX}.items()}
    design = make_design(cells)
    obs = observe(cells, design, item="y")

    def greg(distance: str, bounds: tuple[float, float] | None = None) -> float:
        made = calibrate_cells(cells, margins(cells.keys, known), distance=distance, bounds=bounds)
        return float(made.diagnostics["design_effect"])

    def jackknife() -> float:
        repeated = observe(cells, design, item="y", replicates=make_replicates(design))
        return float(ratios(repeated, repeated.answer, np.ones(len(repeated.cell))).errors[0])

    def model() -> float:
        return float(regress(obs, obs.answer, {"age": obs.key("age"), "sex": obs.key("sex")}).coefficients.errors[1])

    work: dict[str, Callable[[], float]] = {
        "GREG, 2 margins": lambda: greg("linear"),
        "logit calibration, bounds": lambda: greg("logit", (0.3, 3.0)),
        "Rao-Scott F, 40 districts": lambda: associate(obs, obs.key("district"), obs.answer).test.statistic,
        "logistic regression": model,
        "JKn, 2000 replicates": jackknife,
    }
    return {name: cpu(work[name]) for name in tasks}


def theirs(frame: pd.DataFrame, tasks: list[str]) -> dict[str, tuple[float, float]]:
    """Return the same with svy, where it has the task."""
    import polars as pl
    import svy

    data = pl.from_pandas(frame.assign(psu=frame.stratum * 10 + frame.psu))
    sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="w"))
    dummies = np.column_stack([frame.age == level for level in AGE] + [frame.sex == "F"]).astype(float)
    totals = [share * float(frame.w.sum()) for share in [*AGE.values(), SEX["F"]]]

    def greg() -> float:
        new = sample.weighting.calibrate_matrix(aux_vars=dummies, controls=totals, weights_only=True)
        w = np.asarray(new, dtype=np.float64)
        return float(len(w) * np.square(w).sum() / w.sum() ** 2)

    def table() -> float:
        return float(sample.categorical.tabulate("district", "y").stats.f.value)

    def model() -> float:
        fit = sample.glm.fit("y", x=[svy.Cat("age"), svy.Cat("sex")], family="binomial")
        return float(fit.coefs[1].se)

    work = {"GREG, 2 margins": greg, "Rao-Scott F, 40 districts": table, "logistic regression": model}
    found: dict[str, tuple[float, float]] = {}
    for name in tasks:
        if name in work:
            found[name] = cpu(work[name], 1 if len(frame) > 200_000 else 3)
    return found


def main(sizes: list[int]) -> None:
    """Print the table."""
    print("| N | task | cells | rows | svy | figure: cells, rows, svy |")
    print("|---|---|---|---|---|---|")
    for n in sizes:
        frame = population(n)
        cells = cells_from_frame(frame, ["y"], by=KEYS, design={"stratum": "stratum", "psu": "psu"}, weight="w")
        rows = cells_from_frame(
            frame, ["y"], by=KEYS, design={"stratum": "stratum", "psu": "psu"}, weight="w", collapse=False
        )
        names = ["GREG, 2 margins", "logit calibration, bounds", "Rao-Scott F, 40 districts", "logistic regression"]
        from_cells = ours(cells, [*names, "JKn, 2000 replicates"])
        from_rows = ours(rows, names)
        rival = theirs(frame, names)
        for name, (seconds, figure) in from_cells.items():
            others = [source.get(name) for source in (from_rows, rival)]
            times = " | ".join("–" if other is None else f"{other[0]:.3f}" for other in others)
            figures = ", ".join("–" if other is None else f"{other[1]:.9g}" for other in others)
            print(f"| {n:,} | {name} | {seconds:.3f} | {times} | {figure:.9g}, {figures} |", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main([int(text) for text in sys.argv[1:]] or [100_000, 1_000_000])
