"""Rules for weak districts compared on simulated surveys with a known truth; every rule sees the same answers.

40 districts on the logit scale (SD .25) of which 15 % are shifted down by .6; clusters with correlation .05 (beta),
stratum rates .45 logits apart, lognormal weights (CV .5); variances by linearisation through the public API. A district
is truly weak when its true rate lies below the target. FDR = mean share of false calls, power = share of truly weak
districts that are called, RMSE of the district rates in percentage points. `--surveys N` (600 in the documents).
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm

from analysis.areas.beta_binomial import fit
from analysis.areas.ranking import rank
from analysis.areas.verdict import Verdict, decide
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.multiplicity import benjamini_hochberg
from analysis.estimation.rates import rates
from benchmarks.area_rivals import bayes_fdr, empirical_bayes, fay_herriot

DISTRICTS, SPREAD, SHIFT, SHIFTED = 40, 0.25, -0.6, 0.15
ICC, STRATUM_SPREAD, WEIGHT_SD = 0.05, 0.45, 0.4724  # lognormal sd of a CV of .5


@dataclass(frozen=True)
class Scenario:
    """The sizes of one row of the table."""

    name: str
    n: tuple[int, int]
    strata: int
    psus: int
    city: float
    target: float
    equal: bool = False


SCENARIOS = (
    Scenario("1 base: n 60-200, 5x10 PSU", (60, 200), 5, 10, 0.85, 0.80),
    Scenario("2 small: n 20-60", (20, 60), 5, 10, 0.85, 0.80),
    Scenario("3 few PSU: 2x4", (60, 200), 2, 4, 0.85, 0.80),
    Scenario("4 high: .95, target .93", (60, 200), 5, 10, 0.95, 0.93),
    Scenario("5 large: n 300-600", (300, 600), 5, 10, 0.85, 0.80),
    Scenario("6 nearly equal, target .8499", (60, 200), 5, 10, 0.85, 0.8499, equal=True),
    Scenario("7 all equal at .85, target .80", (60, 200), 5, 10, 0.85, 0.80, equal=True),
)


def simulate(scenario: Scenario, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Simulate one survey: a frame of answers, and the true rate of every district."""
    spread = 0.02 if scenario.equal else SPREAD
    level = logit(scenario.city) + spread * rng.standard_normal(DISTRICTS)
    if not scenario.equal:
        level[rng.permutation(DISTRICTS)[: round(SHIFTED * DISTRICTS)]] += SHIFT
    stratum_level = level[:, None] + np.linspace(-STRATUM_SPREAD, STRATUM_SPREAD, scenario.strata)
    truth_by_stratum = expit(stratum_level)
    truth_by_stratum *= (expit(level) / truth_by_stratum.mean(axis=1))[
        :, None
    ]  # the strata average to the district rate
    size = 1 / ICC - 1
    p = np.minimum(truth_by_stratum, 0.999)[:, :, None]
    psu_rate = rng.beta(p * size, (1 - p) * size, (DISTRICTS, scenario.strata, scenario.psus))
    n = rng.integers(*scenario.n, DISTRICTS, endpoint=True)
    units = scenario.strata * scenario.psus
    take = np.maximum(n[:, None] // units + (np.arange(units) < n[:, None] % units), 1).ravel()
    psu = np.repeat(np.arange(DISTRICTS * units), take)
    frame = pd.DataFrame({"psu": psu, "stratum": psu // scenario.psus, "district": psu // units})
    frame["y"] = (rng.random(len(psu)) < psu_rate.ravel()[psu]).astype(float)
    frame["w"] = rng.lognormal(0.0, WEIGHT_SD, len(psu))
    return frame, truth_by_stratum.mean(axis=1)


def judge(
    frame: pd.DataFrame, line: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return flags of each rule, estimates of each model, shares and effective sizes."""
    cells = cells_from_frame(frame, ["y"], by=["district"], design={"psu": "psu", "stratum": "stratum"}, weight="w")
    table = rates(cells, item="y", by=["district"]).table.sort_values("district")
    share, n_eff = table["estimate"].to_numpy(), table["n_pooled"].to_numpy()
    score = norm.cdf((share - line) / np.sqrt(line * (1 - line) / n_eff))
    classical, eb_mean = empirical_bayes(share, n_eff, line)
    posterior = fit(share, n_eff)
    below = posterior.below(line)
    flags = {
        "point below target": share < line,
        "95 % interval below target": table["conf_high"].to_numpy() < line,
        "BH .10, score + pooled deff": benjamini_hochberg(score) <= 0.10,
        "empirical Bayes, FDR .10": bayes_fdr(classical),
        "integrated, list with FDR .10": bayes_fdr(below) & (below > 0.5),
        "**silu: P >= .90, own rate below**": decide(below, share, line, 0.10) == str(Verdict.WEAK),
    }
    models = {
        "direct": share,
        "Fay-Herriot": fay_herriot(share, n_eff)[0],
        "empirical Bayes": eb_mean,
        "silu": posterior.mean,
    }
    return flags, models, share, n_eff


def run(scenario: Scenario, surveys: int, seed: int) -> tuple[pd.DataFrame, dict[str, float], float]:
    """Run all rules on one scenario: FDR, power, calls; RMSE of each model; joint coverage of the rank intervals."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, float, float, int]] = []
    squares: dict[str, list[float]] = {}
    covered = []
    for _ in range(surveys):
        frame, truth = simulate(scenario, rng)
        flags, models, share, n_eff = judge(frame, scenario.target)
        weak = truth < scenario.target
        for name, flag in flags.items():
            false = (flag & ~weak).sum() / max(flag.sum(), 1)
            power = (flag & weak).sum() / weak.sum() if weak.any() else np.nan
            rows.append((name, false, power, int(flag.sum())))
        for name, model in models.items():
            squares.setdefault(name, []).append(float(((model - truth) ** 2).mean()))
        ranks, place = rank(share, n_eff), truth.argsort().argsort() + 1
        covered.append(bool(((ranks.low <= place) & (place <= ranks.high)).all()))
    table = pd.DataFrame(rows, columns=["rule", "FDR", "power", "called"]).groupby("rule", sort=False).mean()
    return table, {name: 100 * np.sqrt(np.mean(values)) for name, values in squares.items()}, float(np.mean(covered))


def speed() -> None:
    """Return CPU seconds of all verdicts from given rates."""
    rng = np.random.default_rng(1)
    for areas, items, label in ((40, 4, "40 districts x 4 rates"), (400, 60, "400 streets x 60 items")):
        share, n = rng.beta(17, 3, (items, areas)), rng.uniform(20, 200, areas)
        start = time.process_time()
        for row in share:
            posterior = fit(row, n)
            decide(posterior.below(0.8), row, 0.8)
            posterior.interval()
            rank(row, n)
        print(f"| {label} | {time.process_time() - start:.3f} CPU s |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--surveys", type=int, default=100)
    surveys = parser.parse_args().surveys
    results = {scenario.name: run(scenario, surveys, seed) for seed, scenario in enumerate(SCENARIOS)}
    print(f"{surveys} surveys a scenario; FDR / power / number called\n")
    print("| rule | " + " | ".join(results) + " |\n|---" * 1 + "|---" * (len(results)) + "|")
    for rule in next(iter(results.values()))[0].index:
        cells = [table.loc[rule] for table, _, _ in results.values()]
        print(
            f"| {rule} | " + " | ".join(f"{c['FDR']:.3f} / {c['power']:.2f} / {c['called']:.1f}" for c in cells) + " |"
        )
    for model in next(iter(results.values()))[1]:
        print(f"| RMSE {model} | " + " | ".join(f"{errors[model]:.2f}" for _, errors, _ in results.values()) + " |")
    print("| rank intervals hold all ranks | " + " | ".join(f"{cover:.3f}" for _, _, cover in results.values()) + " |")
    print("\n| verdicts | time |\n|---|---|")
    speed()


if __name__ == "__main__":
    main()
