"""Coverage of the intervals in 220 cells of rate, size, design and clustering with a known truth.

    python -m benchmarks.coverage            4,000 samples per cell (Monte Carlo error .0034)
    python -m benchmarks.coverage --quick    400 samples per cell

A cell is one design, true rate and number of answers of a district. Every sample is a district of a survey of 40
districts, estimated by `analysis.estimation.rates` in one call, so the survey-wide design effect is the one a user
gets. Strata differ by +-.45 logits, PSU rates are beta distributed with the ICC, weights are lognormal with CV .5.
An interval that is undefined or has no width counts as a miss. Columns of width are relative to NCHS Korn-Graubard.

A second table has one survey of 400 answers in 40 PSUs with weights of CV .5 to 3, independent of the answers. Widths
are relative to an oracle: the score interval with the true variance given the weights, pq [(1 - icc) A + icc B] of
`analysis.estimation.pooled_deff`, and the normal quantile.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import optimize, special

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import sum_rows
from analysis.estimation.intervals import INTERVALS, Rated, interval, wilson_pooled
from analysis.estimation.linear import means
from analysis.estimation.pooled_deff import pooled
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from benchmarks.__main__ import machine

DISTRICTS = 40
RATES, SIZES = (0.5, 0.8, 0.9, 0.95, 0.98), (20, 30, 50, 100)
DESIGNS = {"A": (5, 10), "B": (4, 4), "C": (2, 3), "D": (5, 4), "E": (2, 5)}
MIXED = (0.005, 0.03, 0.06, 0.12)
SPREAD, CV = 0.45, 0.5
BATCH = 10  # surveys that share their sampling points and weights
HEAVY_CVS, HEAVY_ICCS, HEAVY_RATE = (0.5, 1.0, 2.0, 3.0), (0.0, 0.05), 0.85
ANSWERS, POINTS = 400, 40
SHOWN_HEAVY = ("wilson_pooled", "jeffreys_pooled", "kg_nchs", "logit", "mean")


@dataclass(frozen=True)
class Setting:
    """One survey: a design and the parameters of its 40 districts."""

    part: str
    design: str
    rate: np.ndarray
    size: np.ndarray
    icc: np.ndarray


def settings() -> list[Setting]:
    """Return 100 cells of one kind of district, 60 with different ICCs, 60 with everything mixed."""
    full = np.ones(DISTRICTS)
    made = [
        Setting("ICC .05" if name in "ABC" else "ICC .15", name, p * full, (n * full).astype(int), icc * full)
        for name in DESIGNS
        for icc in ([0.05] if name in "ABC" else [0.15])
        for p in RATES
        for n in SIZES
    ]
    made += [
        Setting("own ICC", name, p * full, (n * full).astype(int), np.resize(MIXED, DISTRICTS))
        for name in "ABC"
        for p in RATES
        for n in SIZES
    ]
    kinds = [(p, n) for p in RATES for n in SIZES] * 2
    rate, size = np.array([p for p, _ in kinds]), np.array([n for _, n in kinds])
    icc = np.repeat(MIXED, DISTRICTS // len(MIXED))
    return made + [Setting("all mixed", name, rate, size, np.random.default_rng(9).permutation(icc)) for name in "ABC"]


def stratum_rates(rate: float, strata: int) -> np.ndarray:
    """Return rates of the strata, spread on the logit scale, with this mean."""
    offsets = np.linspace(-SPREAD, SPREAD, strata)
    centre = optimize.brentq(lambda x: special.expit(x + offsets).mean() - rate, -10, 10)
    return special.expit(centre + offsets)


def unequal(cv: float, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return lognormal weights with mean 1."""
    sigma = np.sqrt(np.log(1 + cv**2))
    return rng.lognormal(-(sigma**2) / 2, sigma, size)


def batch(setting: Setting, rng: np.random.Generator) -> Rated:
    """Simulate some surveys, one item each, on common sampling points."""
    strata, psus = DESIGNS[setting.design]
    each = strata * psus
    district = np.repeat(np.arange(DISTRICTS), setting.size)
    place = rng.integers(0, each, len(district))
    code = district * each + place
    w = unequal(CV, len(district), rng)
    mean = np.array([stratum_rates(p, strata) for p in setting.rate])
    mean = np.repeat(mean, psus, axis=1).ravel()  # [districts x PSUs]
    spread = np.repeat(1 / setting.icc - 1, each)
    answers = {}
    for survey in range(BATCH):
        chance = rng.beta(mean * spread, (1 - mean) * spread)
        answers[f"y{survey}"] = (rng.random(len(code)) < chance[code]).astype(np.int8)
    at = np.arange(DISTRICTS * each)
    keys = pd.DataFrame({"psu": at, "stratum": at // psus, "district": at // each})
    return rated(sum_rows(keys, code, w, answers), ["district"])


def rated(cells: Cells, by: list[str]) -> Rated:
    """Estimate every item in every domain."""
    basis = WeightedDesign(cells, make_design(cells), base_weights(cells))
    found = means(basis, by=by)
    shrunk = pooled(found, basis)
    n, df = found.n.astype(float), found.df.astype(float)
    return Rated(np.clip(found.estimate, 0, 1), found.variance, n, df, shrunk.n_eff, shrunk.df)


def heavy(cv: float, icc: float, rng: np.random.Generator) -> tuple[Rated, Rated]:
    """Simulate some surveys with common weights of this CV: what a user has, and what the oracle has."""
    code = np.repeat(np.arange(POINTS), ANSWERS // POINTS)
    w = unequal(cv, ANSWERS, rng)
    spread = 1 / icc - 1 if icc else np.inf
    answers = {}
    for survey in range(BATCH):
        chance = np.full(POINTS, HEAVY_RATE)
        if icc:
            chance = rng.beta(HEAVY_RATE * spread, (1 - HEAVY_RATE) * spread, POINTS)
        answers[f"y{survey}"] = (rng.random(ANSWERS) < chance[code]).astype(np.int8)
    keys = pd.DataFrame({"psu": np.arange(POINTS), "stratum": 0})
    seen = rated(sum_rows(keys, code, w, answers), [])
    within, between = (w**2).sum() / w.sum() ** 2, (np.bincount(code, w) ** 2).sum() / w.sum() ** 2
    size = np.full(BATCH, 1 / ((1 - icc) * within + icc * between))
    return seen, replace(seen, n_pooled=size, df_pooled=np.full(BATCH, np.inf))


def heavy_cell(cv: float, icc: float, samples: int, rng: np.random.Generator) -> list[tuple[str, float, float]]:
    """Return (method, coverage, mean width over that of the oracle) of each method, the oracle first."""
    sums: dict[str, np.ndarray] = {}
    for _ in range(-(-samples // BATCH)):
        seen, oracle = heavy(cv, icc, rng)
        found = {"oracle": wilson_pooled(oracle)} | {name: interval(name)(seen) for name in SHOWN_HEAVY}
        for name, (low, high) in found.items():
            good = (high > low) & np.isfinite(low + high)
            hit = good & (low <= HEAVY_RATE) & (high >= HEAVY_RATE)
            width = np.where(good, np.clip(high, 0, 1) - np.clip(low, 0, 1), 0.0)
            sums[name] = sums.get(name, 0.0) + np.array([BATCH, hit.sum(), good.sum(), width.sum()])
    width = {name: row[3] / max(row[2], 1) for name, row in sums.items()}
    return [(name, row[1] / row[0], width[name] / width["oracle"]) for name, row in sums.items()]


def heavy_table(samples: int, rng: np.random.Generator) -> str:
    """Return coverage / relative width of the methods by CV of the weights and ICC, as Markdown."""
    lines = [f"| CV | ICC | oracle | {' | '.join(SHOWN_HEAVY)} |", "|---" * (3 + len(SHOWN_HEAVY)) + "|"]
    for cv in HEAVY_CVS:
        for icc in HEAVY_ICCS:
            texts = [f"{cover:.3f} / {width:.2f}" for _, cover, width in heavy_cell(cv, icc, samples, rng)]
            lines.append(f"| {cv:g} | {icc:g} | {' | '.join(texts)} |")
    return "\n".join(lines)


def simulate(setting: Setting, samples: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return coverage, failure and width of every method, one row per cell and method."""
    kinds = sorted(set(zip(setting.rate, setting.size, strict=True)))
    batches = -(-samples // (BATCH * DISTRICTS // len(kinds)))
    truth, size = np.tile(setting.rate, BATCH), np.tile(setting.size, BATCH)
    sums: dict[tuple[float, int, str], np.ndarray] = {}
    for _ in range(batches):
        rated = batch(setting, rng)
        for name in INTERVALS:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                low, high = interval(name)(rated)
            good = (high > low) & np.isfinite(low) & np.isfinite(high)
            hit = good & (low <= truth) & (truth <= high)
            width = np.where(good, np.clip(high, 0, 1) - np.clip(low, 0, 1), 0.0)
            for p, n in kinds:
                own = (truth == p) & (size == n)
                row = np.array([own.sum(), hit[own].sum(), good[own].sum(), width[own].sum()], dtype=float)
                sums[p, n, name] = sums.get((p, n, name), 0.0) + row
    rows = [
        (setting.part, setting.design, p, n, name, hit / all_, 1 - good / all_, width / max(good, 1))
        for (p, n, name), (all_, hit, good, width) in sums.items()
    ]
    return pd.DataFrame(rows, columns=["part", "design", "p", "n", "method", "cover", "undefined", "width"])


def summary(cells: pd.DataFrame) -> pd.DataFrame:
    """Return one row per method: coverage over the cells, failures, width relative to NCHS Korn-Graubard."""
    key = ["part", "design", "p", "n"]
    reference = cells[cells["method"] == "kg_nchs"].set_index(key)["width"]
    cells = cells.assign(reference=reference.loc[pd.MultiIndex.from_frame(cells[key])].to_numpy())
    groups = cells.groupby("method", sort=False)
    return pd.DataFrame(
        {
            "mean": groups["cover"].mean(),
            "min": groups["cover"].min(),
            "below .93": groups["cover"].apply(lambda cover: int((cover < 0.93).sum())),
            "undefined": groups["undefined"].mean(),
            "width": groups["width"].sum() / groups["reference"].sum(),
        }
    )


def table(found: pd.DataFrame) -> str:
    """Return the summary as Markdown."""
    lines = ["| method | mean | min | cells < .93 | undefined | width / KG-NCHS |", "|---|---|---|---|---|---|"]
    for name, row in found.iterrows():
        lines.append(
            f"| {name} | {row['mean']:.3f} | {row['min']:.3f} | {row['below .93']:.0f} "
            f"| {100 * row['undefined']:.1f} % | {row['width']:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the cells and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--samples", type=int)
    parser.add_argument("--seed", type=int, default=20240611)
    parser.add_argument("--heavy", action="store_true", help="only the table of unequal weights")
    args = parser.parse_args()
    samples = args.samples or (400 if args.quick else 4000)
    rng = np.random.default_rng(args.seed)
    print(f"### {ANSWERS} answers, {POINTS} PSUs, rate {HEAVY_RATE}: coverage / width over the oracle's\n")
    print(heavy_table(samples, np.random.default_rng(args.seed)))
    if args.heavy:
        return
    cells = pd.concat([simulate(setting, samples, rng) for setting in settings()], ignore_index=True)
    print(f"\n{machine()}; {cells.groupby(['part', 'design', 'p', 'n']).ngroups} cells, {samples} samples each\n")
    print("### All cells\n")
    print(table(summary(cells)))
    for part in dict.fromkeys(cells["part"]):
        chosen = cells[cells["part"] == part]
        chosen = chosen[chosen["method"].isin(["wilson_pooled", "jeffreys_pooled", "kg_nchs", "wilson"])]
        print(f"\n### {part}: {chosen.groupby(['design', 'p', 'n']).ngroups} cells\n")
        print(table(summary(chosen)))


if __name__ == "__main__":
    main()
