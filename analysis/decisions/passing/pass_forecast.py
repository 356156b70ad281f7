"""Pass forecast: the probability that the official survey reaches its gates, given the rehearsal.

The gates come from targets and thresholds, the draws from `official_survey`. A gate passes when the mean observed rate
of its items reaches its line; the city passes when all gates do. Every what-if uses the same random numbers, so that
differences between them are not noise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.areas.models.beta_binomial import Posterior
from analysis.decisions.passing.official_survey import SEED, DrawnSurveys, Gate, OfficialSample
from analysis.decisions.passing.rehearsal import Rehearsal
from survey.errors import DesignError

Floats = NDArray[np.float64]
CONFIDENT = 0.9
"""Probability from which on passing is called likely enough."""
RISE = 0.001
"""Smallest rise of a rate, a share, by which `Forecast.needed` is searched."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities of passing, in [0, 1].

    Attributes:
        gate: probability of each gate.
        everything: probability of all gates together.
        error: Monte Carlo standard error of `everything`.
        item_gain: change of `everything` if one item were `step` higher everywhere; one value per item.
        district_gain: the same if all items of one district were `step` higher; one value per district.
        step: the what-if improvement, a share.
        expected: expected share of the city on each gate, in [0, 1].
        at_line: `everything` if one district reached the line of the city in one item, (districts, items); NaN for
            items without a gate of their own.
        together: `everything` if one district and all that are expected to lie lower reached the line of the city in
            one item, (districts, items); NaN for districts expected at the line or above, and as in `at_line`.
        needed: rise of the item with the largest gain, the same everywhere and a multiple of `RISE`, with which
            `everything` reaches `CONFIDENT`; 0 where it does already, NaN where no rise of this item suffices.
    """

    gate: Floats
    everything: float
    error: float
    item_gain: Floats
    district_gain: Floats
    step: float
    expected: Floats
    at_line: Floats
    together: Floats
    needed: float = float("nan")

    @property
    def raised(self) -> Floats:
        """Probability of all gates if one item were `step` higher everywhere, at most 1; one value per item."""
        return np.asarray(np.minimum(self.everything + self.item_gain, 1.0), dtype=float)

    @property
    def of_ten(self) -> int:
        """How many of ten such surveys would pass everything, rounded."""
        return round(10 * self.everything)


def forecast(
    posteriors: Sequence[Posterior],
    population: Floats,
    sample: OfficialSample,
    gates: Sequence[Gate],
    *,
    draws: int = 10_000,
    step: float = 0.02,
    seed: int = SEED,
) -> Forecast:
    """Simulate the official survey.

    Args:
        posteriors: one per item, all over the same districts.
        population: residents of each district.
        sample: the official sample.
        gates: the lines to reach.
        draws: simulated surveys.
        step: the what-if improvement, a share.
        seed: random seed; the same seed gives the same forecast.

    Raises:
        DesignError: no items, no gates, a line outside [0, 1], or no residents.
    """
    share = _shares(population)
    drawn = DrawnSurveys.of(posteriors, share, sample, gates, draws, seed)
    city, passed, everything = drawn.city, drawn.passed, drawn.everything

    def gain(rates: Floats) -> float:
        return drawn.chance(rates) - everything

    items = np.array([gain(_raised(city, np.eye(city.shape[1])[k] * step)) for k in range(city.shape[1])])
    districts = np.array([gain(_raised(city, np.full(city.shape[1], part * step))) for part in share])
    error = float(np.sqrt(everything * (1.0 - everything) / draws))
    expected = np.array([city[:, list(gate.items)].mean() for gate in gates])
    alone, together = _at_line(drawn, share)
    needed = _needed(city, int(items.argmax()), drawn.chance)
    return Forecast(passed.mean(axis=0), everything, error, items, districts, step, expected, alone, together, needed)


def _raised(city: Floats, step: Floats) -> Floats:
    return np.minimum(city + step, 1.0)


def _needed(city: Floats, item: int, chance: Callable[[Floats], float]) -> float:
    """Return `Forecast.needed` of one item by bisection; rates are raised to 1 at most.

    Args:
        city: true rates of the city, (draws, items).
        item: position of the item.
        chance: probability of all gates for rates of the city.
    """
    steps, single = range(round(1 / RISE) + 1), np.eye(city.shape[1])[item]
    found = bisect_left(steps, CONFIDENT, key=lambda many: chance(_raised(city, single * many * RISE)))
    return found * RISE if found < len(steps) else float("nan")


def _at_line(drawn: DrawnSurveys, share: Floats) -> tuple[Floats, Floats]:
    """Return the probability of all gates if one district, or it and all lower ones, reached the line of one item.

    Args:
        drawn: the surveys; draws above the line stay as they are, items without a gate of their own have NaN.
        share: share of each district in the residents.

    Returns:
        `Forecast.at_line` and `Forecast.together`.
    """
    truth = drawn.truth
    found, together = np.full(truth.shape[1:], np.nan), np.full(truth.shape[1:], np.nan)
    for gate in drawn.gates:
        if len(gate.items) > 1:
            continue
        item, own = gate.items[0], truth[:, :, gate.items[0]]
        city, level = drawn.city[:, item], own.mean(axis=0)
        rises = np.maximum(gate.line - own.T, 0.0) * share[:, None]
        found[:, item] = list(drawn.chances(item, (city + rise for rise in rises)))
        lower = np.argsort(level, kind="stable")[: int((level < gate.line).sum())]
        raised = accumulate(rises[lower], lambda rates, rise: np.minimum(rates + rise, 1.0), initial=city)
        together[lower, item] = list(drawn.chances(item, islice(raised, 1, None)))
    return found, together


def _shares(population: Floats) -> Floats:
    residents = np.asarray(population, dtype=float)
    if residents.size == 0 or (residents < 0).any() or residents.sum() <= 0:
        raise DesignError("各区人口不能为负，且合计应大于 0", cure="检查抽样框里的人口一列")
    return np.asarray(residents / residents.sum(), dtype=float)


DRAWS = 10_000


def foresee(
    rehearsal: Rehearsal, gates: Sequence[Gate], official: OfficialSample, *, draws: int = DRAWS, step: float = 0.02
) -> Forecast:
    """Forecast the city; see `forecast`."""
    return forecast(rehearsal.posteriors, rehearsal.population, official, gates, draws=draws, step=step)


def foresee_districts(
    rehearsal: Rehearsal, gates: Sequence[Gate], official: OfficialSample, city: Forecast, *, draws: int = DRAWS
) -> pd.DataFrame:
    """Forecast each district as if the official survey drew its share of the sample there.

    Args:
        rehearsal: posteriors of all districts.
        gates: the lines to reach.
        official: the official sample of the city.
        city: the forecast of the city.
        draws: simulated surveys of the city; a district has a quarter of them.

    Returns:
        One row per district: district, population, n (official answers there), seen (answers in the model), gain (what
        a step more in all rates of the district adds to the city's probability), everything, and one column per gate.
        Districts that are not in the model have no probabilities and no gain.
    """
    share = rehearsal.population / rehearsal.population.sum()
    rows = []
    for at, name in enumerate(rehearsal.districts):
        size = max(1, round(official.n * share[at]))
        rows.append(
            {"district": name, "population": rehearsal.population[at], "n": size, "seen": int(rehearsal.seen[at])}
            | _district(rehearsal.of(at), gates, replace(official, n=size), draws // 4, float(city.district_gain[at]))
        )
    return pd.DataFrame(rows)


def _district(
    own: Rehearsal, gates: Sequence[Gate], official: OfficialSample, draws: int, gain: float
) -> dict[str, float]:
    """Return gain and probabilities of one district; NaN where the model has no answers of it."""
    if not own.seen[0]:
        return dict.fromkeys(("gain", "everything", *(gate.name for gate in gates)), float("nan"))
    found = DrawnSurveys.of(own.posteriors, _shares(own.population), official, gates, draws)
    gated = {gate.name: float(value) for gate, value in zip(gates, found.passed.mean(axis=0), strict=True)}
    return {"gain": gain, "everything": found.everything, **gated}
