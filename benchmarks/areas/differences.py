"""Differences between waves, and between district and city: coverage and width with and without the pooled variance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.contrasts import Comparison, against_whole, between
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from benchmarks.areas.surveys import SCENARIOS, Scenario, answers, simulate, sizes
from benchmarks.areas.verdict_rules import SEED

SHOWN = (0, 1, 2, 3, 10)  # scenarios


def differences_table(surveys: int) -> Iterator[str]:
    """Yield the lines of the table: coverage of the 95 % interval / mean width in points."""
    yield "| scenario | two waves, as in R | two waves | district and city, as in R | district and city |"
    yield "|---|---|---|---|---|"
    for number in SHOWN:
        rng = np.random.default_rng([SEED, 400 + number])
        wanted = max(surveys * 40 // SCENARIOS[number].districts, 1)
        cells = np.mean([_survey(SCENARIOS[number], rng) for _ in range(wanted)], axis=0)
        texts = [f"{cover:.3f} / {100 * width:.1f}" for cover, width in cells]
        yield f"| {SCENARIOS[number].name} | {' | '.join(texts)} |"


def _survey(scenario: Scenario, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return coverage and width of the four intervals in one survey of two waves at the same sampling points."""
    first, truth = simulate(scenario, rng)
    points = scenario.strata * scenario.psus
    n = rng.integers(*scenario.n, scenario.districts, endpoint=True)
    second = answers(scenario, truth, np.concatenate([sizes(one, points, rng) for one in n]), rng)
    frame = pd.concat([first.assign(wave=1), second.assign(wave=2)], ignore_index=True)
    cells = cells_from_frame(
        frame, ["y"], by=["district", "wave"], design={"psu": "psu", "stratum": "stratum"}, weight="w"
    )
    basis = WeightedDesign(cells, make_design(cells), base_weights(cells))
    weight = first.groupby("district")["w"].sum().to_numpy()
    apart = truth - truth @ weight / weight.sum()
    found = []
    for as_in_r in (True, False):
        waves = between(basis, "wave", (1, 2), Comparison(["y"], ("district",), as_in_r=as_in_r)).table
        found.append(_scored(waves, np.zeros(len(waves))))
    for as_in_r in (True, False):
        city = against_whole(basis, Comparison(["y"], ("district",), {"wave": 1}, as_in_r=as_in_r)).table
        found.append(_scored(city, apart[city["district"].to_numpy(int)]))
    return found


def _scored(table: pd.DataFrame, truth: np.ndarray) -> tuple[float, float]:
    low, high = table["conf_low"].to_numpy(float), table["conf_high"].to_numpy(float)
    return float(((low <= truth) & (truth <= high)).mean()), float((high - low).mean())
