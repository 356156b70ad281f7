"""False verdicts where the model holds: binomial answers of known effective size, with no design to estimate.

Truth either comes from the prior of the beta-binomial model, or from the scenarios in which more than q of all
confirmed districts are false: what remains there is no error of the variance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit, logit

from analysis.areas.models.beta_binomial import SPREAD_SCALE, fit
from analysis.areas.verdict import Verdict, decide
from benchmarks.areas.surveys import SCENARIOS, SHIFT, SHIFTED, Scenario
from benchmarks.areas.verdict_rules import SEED

Q = 0.10
EFFECTS = {0: 1.5, 5: 1.5, 7: 1.5, 8: 1.5, 9: 4.6}  # scenario -> design effect by which its answers are divided
Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray, float]]


def exact_table(surveys: int) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| truth | districts | confirmed | false among all confirmed | mean FDR | false among all 达标 |"
    yield "|---|---|---|---|---|---|"
    draws: list[tuple[str, int, Draw]] = [(f"prior, {count} districts", count, _prior(count)) for count in (5, 8, 40)]
    draws += [(SCENARIOS[at].name, SCENARIOS[at].districts, _scenario(SCENARIOS[at], EFFECTS[at])) for at in EFFECTS]
    for seed, (name, count, draw) in enumerate(draws):
        rng = np.random.default_rng([SEED, 500 + seed])
        rows = np.array([_counts(draw(rng), rng) for _ in range(max(surveys * 40 // count, 1))])
        called, false, met, wrong = rows.sum(axis=0)
        fdr = (rows[:, 1] / np.maximum(rows[:, 0], 1)).mean()
        yield (
            f"| {name} | {len(rows) * count:,} | {called:,} | {false / max(called, 1):.3f} | {fdr:.3f} "
            f"| {wrong / max(met, 1):.3f} |"
        )


def _counts(drawn: tuple[np.ndarray, np.ndarray, float], rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Return the districts confirmed, falsely confirmed, called met, and falsely so."""
    truth, n, line = drawn
    share = rng.binomial(n.astype(int), truth) / n
    verdict = decide(fit(share, n).below(line), share, line, Q)
    weak, met = verdict == str(Verdict.WEAK), verdict == str(Verdict.MET)
    return int(weak.sum()), int((weak & (truth >= line)).sum()), int(met.sum()), int((met & (truth < line)).sum())


def _prior(districts: int) -> Draw:
    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
        spread, mean = min(max(abs(rng.normal(0, SPREAD_SCALE)), 0.01), 0.5), rng.uniform(0.5, 0.97)
        size = 1 / spread**2 - 1
        truth = rng.beta(mean * size, (1 - mean) * size, districts)
        line = float(np.clip(mean + rng.normal(0, 0.05), 0.05, 0.99))
        return truth, rng.integers(40, 130, districts).astype(float), line

    return draw


def _scenario(scenario: Scenario, effect: float) -> Draw:
    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
        count = scenario.districts
        level = logit(scenario.city) + scenario.spread * rng.standard_normal(count)
        if scenario.shifted:
            level[rng.permutation(count)[: max(round(SHIFTED * count), 1)]] += SHIFT
        n = np.round(rng.integers(*scenario.n, count, endpoint=True) / effect)
        return expit(level), n, scenario.target

    return draw
