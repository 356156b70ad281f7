"""再访约 N 份: surveys are continued by the number promised, and judged again through the public interface.

The further interviews come from a true rate equal to the posterior mean, with the clusters and weights of the survey.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.areas.further_interviews import further_interviews, future_effect
from analysis.areas.models.beta_binomial import fit
from analysis.areas.verdict import UNDECIDED, Verdict, decide
from benchmarks.areas.surveys import SCENARIOS, Scenario, answers, simulate, sizes, table_of
from benchmarks.areas.verdict_rules import SEED

Q = 0.10
EACH = 4  # undecided districts of a survey that are continued


def continued_table(surveys: int) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| scenario | districts continued | interviews, median | verdict reached | beyond 20,000 |"
    yield "|---|---|---|---|---|"
    for number, scenario in enumerate(SCENARIOS):
        rng = np.random.default_rng([SEED, 200 + number])
        parts = [_survey(scenario, rng) for _ in range(surveys)]
        reached = np.concatenate([one for one, _, _ in parts])
        more = np.concatenate([one for _, one, _ in parts])
        beyond = np.concatenate([one for _, _, one in parts])
        yield (
            f"| {scenario.name} | {len(reached)} | {np.median(more):,.0f} | {reached.mean():.3f} "
            f"| {beyond.mean():.2f} |"
        )


def _survey(scenario: Scenario, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return whether each continued district got a verdict, its interviews, and which are beyond reach."""
    frame, _ = simulate(scenario, rng)
    table, line = table_of(frame), scenario.target
    share, n_eff = table["estimate"].to_numpy(), table["n_pooled"].to_numpy()
    posterior = fit(share, n_eff)
    effect = future_effect(table["n"].to_numpy(float), n_eff)
    more = further_interviews(posterior.beta, (share, n_eff), effect, np.full(len(share), line), Q)
    undecided = np.isin(decide(posterior.below(line), share, line, Q), [str(one) for one in UNDECIDED])
    open_ = np.flatnonzero(undecided & np.isfinite(more))
    chosen = rng.permutation(open_)[:EACH]
    reached = [
        _continue(scenario, frame, (int(one), int(more[one])), float(posterior.mean[one]), rng) for one in chosen
    ]
    return np.array(reached, dtype=float), more[chosen], np.isnan(more[undecided]).astype(float)


def _continue(
    scenario: Scenario, frame: pd.DataFrame, plan: tuple[int, int], rate: float, rng: np.random.Generator
) -> bool:
    """Ask further people of one district and judge it again; the new sampling points are as large as the old ones."""
    district, number = plan
    old = frame[frame["district"] == district]
    take = len(old) / old["psu"].nunique()
    points = max(round(number / take / scenario.strata), 1) * scenario.strata
    new = answers(scenario, np.array([rate]), sizes(number, points, rng), rng)
    new["stratum"] += old["stratum"].min()
    new["psu"] += frame["psu"].max() + 1
    new["district"] = district
    table = table_of(pd.concat([frame, new], ignore_index=True))
    share = table["estimate"].to_numpy()
    below = fit(share, table["n_pooled"].to_numpy()).below(scenario.target)[district]
    return str(decide(below, share[district], scenario.target, Q)) in (Verdict.WEAK, Verdict.MET)
