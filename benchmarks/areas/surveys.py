"""Simulated surveys of districts with a known truth.

Districts differ on the logit scale; 15 % of them (at least one) are shifted down by .6. Clusters have correlation .05
(beta), strata lie .45 logits apart, weights are lognormal and independent of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.design.cells import Cells
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.rates import rates

SHIFT, SHIFTED, ICC, STRATUM_SPREAD = -0.6, 0.15, 0.05, 0.45


@dataclass(frozen=True)
class Scenario:
    """The sizes of one scenario.

    Attributes:
        name: its heading.
        n: smallest and largest number of answers of a district.
        strata, psus: strata of a district, sampling points of a stratum.
        city, target: rate of the city's middle, and the line.
        spread: standard deviation of the districts in logits.
        shifted: whether some districts are shifted down.
        districts: number of districts.
        weight_cv: coefficient of variation of the weights.
    """

    name: str
    n: tuple[int, int] = (60, 200)
    strata: int = 5
    psus: int = 10
    city: float = 0.85
    target: float = 0.80
    spread: float = 0.25
    shifted: bool = True
    districts: int = 40
    weight_cv: float = 0.5


SCENARIOS = (
    Scenario("1 base: n 60-200, 5x10 PSU, target .80"),
    Scenario("2 small: n 20-60", n=(20, 60)),
    Scenario("3 few PSU: 2x4", strata=2, psus=4),
    Scenario("4 high: .95, target .93", city=0.95, target=0.93),
    Scenario("5 large: n 300-600", n=(300, 600)),
    Scenario("6 nearly equal (SD .02), target .8499", target=0.8499, spread=0.02, shifted=False),
    Scenario("7 nearly equal (SD .02), target .80", spread=0.02, shifted=False),
    Scenario("8 SD .10, target at the centre", target=0.85, spread=0.10, shifted=False),
    Scenario("9 SD .05, target at the centre", target=0.85, spread=0.05, shifted=False),
    Scenario("10 five districts, weights of CV 2", districts=5, weight_cv=2.0),
    Scenario("11 eight districts, weights of CV 2", districts=8, weight_cv=2.0),
)


def simulate(scenario: Scenario, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Simulate one survey: a frame of answers, and the true rate of every district."""
    count = scenario.districts
    level = logit(scenario.city) + scenario.spread * rng.standard_normal(count)
    if scenario.shifted:
        level[rng.permutation(count)[: max(round(SHIFTED * count), 1)]] += SHIFT
    truth = expit(level)
    units = scenario.strata * scenario.psus
    n = rng.integers(*scenario.n, count, endpoint=True)
    take = np.concatenate([sizes(number, units, rng) for number in n])
    return answers(scenario, truth, take, rng), truth


def sizes(number: int, points: int, rng: np.random.Generator) -> np.ndarray:
    """Spread answers over sampling points, the remainder at random: otherwise the first strata would have too many."""
    return np.maximum(number // points + (rng.permutation(points) < number % points), 1)


def answers(scenario: Scenario, truth: np.ndarray, take: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Draw answers: psu, stratum, district, y, w.

    Args:
        scenario: strata, weights.
        truth: rate of each district; the strata average to it.
        take: answers of each sampling point, sorted by district and stratum; as many points in every district.
        rng: the generator.
    """
    points = len(take) // len(truth)
    stratum = expit(logit(truth)[:, None] + np.linspace(-STRATUM_SPREAD, STRATUM_SPREAD, scenario.strata))
    stratum = np.minimum(stratum * (truth / stratum.mean(axis=1))[:, None], 0.999)
    rate = np.repeat(stratum.ravel(), points // scenario.strata)
    size = 1 / ICC - 1
    rate = rng.beta(rate * size, (1 - rate) * size)
    psu = np.repeat(np.arange(len(take)), take)
    frame = pd.DataFrame({"psu": psu, "stratum": psu // (points // scenario.strata), "district": psu // points})
    frame["y"] = (rng.random(len(psu)) < rate[psu]).astype(float)
    frame["w"] = rng.lognormal(0.0, np.sqrt(np.log1p(scenario.weight_cv**2)), len(psu))
    return frame


def cells_of(frame: pd.DataFrame, by: str = "district") -> Cells:
    """Return the cells of a simulated survey."""
    return cells_from_frame(frame, ["y"], by=[by], design={"psu": "psu", "stratum": "stratum"}, weight="w")


def table_of(frame: pd.DataFrame, by: str = "district") -> pd.DataFrame:
    """Return the rates of the areas in order of their number, through the public interface."""
    return rates(cells_of(frame, by), item="y", by=[by]).table.sort_values(by).reset_index(drop=True)
