"""Rules for weak districts compared on the same answers: false discovery rate, power, anyone falsely confirmed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from analysis.areas.models.beta_binomial import fit
from analysis.areas.ranking import rank
from analysis.areas.verdict import Verdict, decide
from analysis.design.design import make_design
from analysis.estimation.contrasts import Comparison, against_whole
from analysis.estimation.linear import means
from analysis.estimation.multiplicity import benjamini_hochberg
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from benchmarks.areas.rivals import bayes_fdr, empirical_bayes, fay_herriot
from benchmarks.areas.surveys import SCENARIOS, Scenario, cells_of, simulate, table_of

QS = (0.05, 0.10, 0.15, 0.20)
SEED = 20_261_128
MARGIN = 0.03


def called(table: pd.DataFrame, line: float) -> dict[str, np.ndarray]:
    """Return which districts each rule confirms as weak."""
    share, n_eff = table["estimate"].to_numpy(), table["n_pooled"].to_numpy()
    below = fit(share, n_eff).below(line)
    score = norm.cdf((share - line) / np.sqrt(line * (1 - line) / n_eff))
    rules = {f"q = {q:.2f}": decide(below, share, line, q) == str(Verdict.WEAK) for q in QS}
    return rules | {
        "list, FDR .10": bayes_fdr(below),
        "list, empirical Bayes": bayes_fdr(empirical_bayes(share, n_eff, line)[0]),
        "BH .10": benjamini_hochberg(score) <= 0.10,
        "95 % interval": table["conf_high"].to_numpy() < line,
        "point below": share < line,
        "达标, q = 0.10": decide(below, share, line, 0.10) == str(Verdict.MET),
    }


def errors(table: pd.DataFrame, truth: np.ndarray) -> dict[str, float]:
    """Return the mean squared error of each model."""
    share, n_eff = table["estimate"].to_numpy(), table["n_pooled"].to_numpy()
    models = {
        "direct": share,
        "Fay-Herriot": fay_herriot(share, n_eff)[0],
        "empirical Bayes": empirical_bayes(share, n_eff, 0.8)[1],
        "silu": fit(share, n_eff).mean,
    }
    return {name: float(((model - truth) ** 2).mean()) for name, model in models.items()}


def scores(flags: np.ndarray, right: np.ndarray) -> tuple[float, float, float, float, float]:
    """Return share of false calls, power (NaN without any right ones), anyone false, false calls, calls."""
    false = float((flags & ~right).sum())
    power = (flags & right).sum() / right.sum() if right.any() else np.nan
    return false / max(flags.sum(), 1), float(power), float(false > 0), false, float(flags.sum())


def run(scenario: Scenario, surveys: int, seed: int) -> tuple[pd.DataFrame, dict[str, float], float]:
    """Run one scenario.

    Returns:
        Per rule FDR, power, any, false and calls (means over surveys); RMSE of each model in points; the share of
        surveys whose rank intervals hold all ranks.
    """
    rng = np.random.default_rng([SEED, seed])
    rows, squares, covered = [], [], []
    for _ in range(surveys):
        frame, truth = simulate(scenario, rng)
        table, weak = table_of(frame), truth < scenario.target
        for rule, flags in called(table, scenario.target).items():
            rows.append((rule, *scores(flags, ~weak if rule.startswith("达标") else weak)))
        squares.append(errors(table, truth))
        ranks, place = rank(table["estimate"].to_numpy(), table["n_pooled"].to_numpy()), truth.argsort().argsort() + 1
        covered.append(bool(((ranks.low <= place) & (place <= ranks.high)).all()))
    found = pd.DataFrame(rows, columns=["rule", "FDR", "power", "any", "false", "calls"])
    rmse = 100 * np.sqrt(pd.DataFrame(squares).mean())
    return found.groupby("rule", sort=False).mean(), rmse.to_dict(), float(np.mean(covered))


def rules_table(surveys: int) -> Iterator[str]:
    """Yield the lines of the table of rules: FDR / power / anyone falsely confirmed."""
    results = {scenario.name: run(scenario, surveys, seed) for seed, scenario in enumerate(SCENARIOS)}
    first = next(iter(results.values()))
    rules = list(first[0].index)
    yield "| scenario | " + " | ".join(rules) + " |"
    yield "|---" * (len(rules) + 1) + "|"
    for name, (table, _, _) in results.items():
        cells = [_cell(row) for _, row in table.iterrows()]
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield (
        "\n| scenario | false among all confirmed, q = .05 / .10 / .15 / .20 | list | RMSE "
        + " | RMSE ".join(first[1])
        + " | all ranks held |"
    )
    yield "|---" * (4 + len(first[1])) + "|"
    for name, (table, rmse, ranks) in results.items():
        share = table["false"] / table["calls"]
        few = table["calls"] * surveys < 20
        shown = ["-" if few[rule] else f"{share[rule]:.3f}" for rule in rules[:5]]
        models = " | ".join(f"{value:.2f}" for value in rmse.values())
        yield f"| {name} | {' / '.join(shown[:4])} | {shown[4]} | {models} | {ranks:.3f} |"


def _cell(row: pd.Series) -> str:
    return f"{row['FDR']:.3f} / {row['power']:.2f} / {row['any']:.2f}"


def margin_table(surveys: int) -> Iterator[str]:
    """Yield the lines of the table of the line "city minus 3 points", which holds the district itself."""
    yield "| scenario | silu: model of the difference | model, line taken as known | t of the difference alone |"
    yield "|---|---|---|---|"
    for number in (0, 1, 4, 7, 9, 10):
        scenario, rows = SCENARIOS[number], []
        rng = np.random.default_rng([SEED, 100 + number])
        for _ in range(surveys):
            frame, truth = simulate(scenario, rng)
            weight = frame.groupby("district")["w"].sum().to_numpy()
            weak = truth < truth @ weight / weight.sum() - MARGIN
            for rule, flags in below_city(frame).items():
                rows.append((rule, *scores(flags, weak)))
        means = pd.DataFrame(rows, columns=["rule", "FDR", "power", "any", "false", "calls"]).groupby("rule").mean()
        cells = [_cell(row) for _, row in means.loc[["model", "known", "alone"]].iterrows()]
        yield f"| {scenario.name} | " + " | ".join(cells) + " |"


def below_city(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return which districts are confirmed below the city minus 3 points, by three rules."""
    cells, table = cells_of(frame), table_of(frame)
    basis = WeightedDesign(cells, make_design(cells), base_weights(cells))
    apart = against_whole(basis, Comparison(["y"], ("district",), as_in_r=True)).table.sort_values("district")
    alone = means(basis, ["y"], by=("district",))
    variance = alone.labels.assign(variance=alone.variance).sort_values("district")["variance"].to_numpy()
    share, n_eff = table["estimate"].to_numpy(), table["n_pooled"].to_numpy()
    line, error = apart["reference"].to_numpy(float) - MARGIN, apart["std_error"].to_numpy(float)
    ratio = np.where((variance > 0) & (error > 0), variance / error**2, 1.0)
    below = {
        "model": fit(share, n_eff * ratio).below(line),
        "known": fit(share, n_eff).below(line),
        "alone": t.cdf((-MARGIN - apart["estimate"].to_numpy(float)) / error, apart["df"].to_numpy(float)),
    }
    return {name: decide(one, share, line, 0.10) == str(Verdict.WEAK) for name, one in below.items()}
