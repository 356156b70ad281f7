"""Pass forecast: the probability that the official survey reaches its gates, given the rehearsal.

The gates come from targets and thresholds. Every draw takes true district rates from the posterior
(`beta_binomial.Posterior`) and then the official sample: n answers in clusters of a given size and
correlation, i.e. a binomial on n / deff, over all districts in proportion to their population. A gate passes when the
mean observed rate of its items reaches its line; the city passes when all gates do. Every what-if uses the same random
numbers, so that differences between them are not noise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.areas.models.beta_binomial import Posterior
from analysis.decisions.rehearsal import Rehearsal
from analysis.decisions.sample_size import design_effect
from survey.errors import DesignError
from survey.instrument.rate import Rate

Floats = NDArray[np.float64]
CONFIDENT = 0.9
"""Probability from which on passing is called likely enough."""
RISE = 0.001
"""Smallest rise of a rate, a share, by which `Forecast.needed` is searched."""


@dataclass(frozen=True, slots=True)
class OfficialSample:
    """The sample that the official survey is expected to draw; the defaults are those of pages, commands and documents.

    Attributes:
        n: total answers.
        take: answers per cluster.
        icc: intra-cluster correlation in [0, 1).
    """

    n: int = 1000
    take: int = 20
    icc: float = 0.05

    @property
    def n_eff(self) -> int:
        """The size of the simple random sample with the same precision; at least 1."""
        if self.n < 1:
            raise DesignError("官方样本量至少为 1", got=str(self.n))
        return max(1, round(self.n / design_effect(min(self.take, self.n), self.icc)))


@dataclass(frozen=True, slots=True)
class Gate:
    """A line that the mean observed rate of some items (positions in the list of posteriors) must reach."""

    name: str
    items: tuple[int, ...]
    line: float


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
    seed: int = 1,
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
    from scipy.special import ndtri

    share = _shares(population)
    _check(posteriors, gates)
    rng = np.random.default_rng(seed)
    truth = np.stack([_draw(posterior, draws, rng) for posterior in posteriors], axis=2)  # draws, districts, items
    city = np.einsum("d,ndk->nk", share, truth)
    noise = ndtri(rng.random(city.shape))
    passed = _gates(_observe(city, noise, sample.n_eff), gates)
    everything = float(passed.all(axis=1).mean())

    def chance(rates: Floats) -> float:
        return float(_gates(_observe(rates, noise, sample.n_eff), gates).all(axis=1).mean())

    def gain(rates: Floats) -> float:
        return chance(rates) - everything

    items = np.array([gain(_raised(city, np.eye(city.shape[1])[k] * step)) for k in range(city.shape[1])])
    districts = np.array([gain(_raised(city, np.full(city.shape[1], part * step))) for part in share])
    error = float(np.sqrt(everything * (1.0 - everything) / draws))
    expected = np.array([city[:, list(gate.items)].mean() for gate in gates])
    alone, together = _at_line(truth, share, gates, chance)
    needed = _needed(city, int(items.argmax()), chance)
    return Forecast(passed.mean(axis=0), everything, error, items, districts, step, expected, alone, together, needed)


def _draw(posterior: Posterior, draws: int, rng: np.random.Generator) -> Floats:
    """Draw true rates of all districts, (draws, districts): one grid point per draw, so districts move together."""
    point = rng.choice(len(posterior.weight), size=draws, p=posterior.weight)
    return np.asarray(rng.beta(posterior.a[:, point].T, posterior.b[:, point].T), dtype=float)


def _observe(rates: Floats, noise: Floats, n_eff: int) -> Floats:
    """Draw observed rates of a simple random sample of n_eff from standard normal noise, so equal noise keeps order."""
    spread = np.sqrt(rates * (1.0 - rates) / n_eff)
    # Normal quantile, continuity-corrected to the grid of possible counts: accurate enough from n_eff = 30.
    return np.clip(np.rint((rates + noise * spread) * n_eff) / n_eff, 0.0, 1.0)


def _gates(observed: Floats, gates: Sequence[Gate]) -> NDArray[np.bool_]:
    columns = [observed[:, list(gate.items)].mean(axis=1) >= gate.line - 1e-12 for gate in gates]
    return np.stack(columns, axis=1)


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


def _at_line(
    truth: Floats, share: Floats, gates: Sequence[Gate], chance: Callable[[Floats], float]
) -> tuple[Floats, Floats]:
    """Return the probability of all gates if one district, or it and all lower ones, reached the line of one item.

    Args:
        truth: true rates, (draws, districts, items); draws above the line stay as they are.
        share: share of each district in the residents.
        gates: the lines; items without a gate of their own have NaN.
        chance: probability of all gates for rates of the city, (draws, items).

    Returns:
        `Forecast.at_line` and `Forecast.together`.
    """
    found, together = np.full(truth.shape[1:], np.nan), np.full(truth.shape[1:], np.nan)
    city = np.einsum("d,ndk->nk", share, truth)
    for gate in gates:
        if len(gate.items) > 1:
            continue
        item = gate.items[0]
        rises = share * np.maximum(gate.line - truth[:, :, item], 0.0)
        for district, rise in enumerate(rises.T):
            rates = city.copy()
            rates[:, item] += rise
            found[district, item] = chance(rates)
        rates, level = city.copy(), truth[:, :, item].mean(axis=0)
        for district in np.argsort(level, kind="stable")[: int((level < gate.line).sum())]:
            rates[:, item] = np.minimum(rates[:, item] + rises[:, district], 1.0)
            together[district, item] = chance(rates)
    return found, together


def _shares(population: Floats) -> Floats:
    residents = np.asarray(population, dtype=float)
    if residents.size == 0 or (residents < 0).any() or residents.sum() <= 0:
        raise DesignError("各区人口不能为负，且合计应大于 0", cure="检查抽样框里的人口一列")
    return np.asarray(residents / residents.sum(), dtype=float)


def _check(posteriors: Sequence[Posterior], gates: Sequence[Gate]) -> None:
    if not posteriors or not gates:
        raise DesignError("没有可以预测的项目或达标线", cure="先在 targets.csv 里写明各项目标")
    wrong = [gate for gate in gates if not 0.0 <= gate.line <= 1.0 or not gate.items]
    if wrong:
        raise DesignError("达标线应在 0% 与 100% 之间，且至少对应一个项目", got=f"{wrong[0].name}：{wrong[0].line:.1%}")


DRAWS = 10_000


def gates_of(
    rates: Sequence[Rate], lines: Mapping[str, float], whole: Mapping[str, float] | None = None
) -> tuple[Gate, ...]:
    """Return one gate for each rate that has a line.

    Args:
        rates: the rates, in the order of the posteriors.
        lines: rate -> line (share); NaN or absent for none.
        whole: gates on the mean of all headline rates: name -> line (share), such as a gate of 85 points.

    Raises:
        DesignError: no rate has a line, or one lies outside 0 to 100 %.
    """
    heads = tuple(at for at, rate in enumerate(rates) if rate.overall)
    found = [
        Gate(rate.name, (at,), lines[rate.name])
        for at, rate in enumerate(rates)
        if not np.isnan(lines.get(rate.name, float("nan")))
    ]
    found += [Gate(name, heads, line) for name, line in (whole or {}).items() if heads]
    for gate in found:
        if not 0 <= gate.line <= 1:
            raise DesignError("达标线应在 0% 与 100% 之间", where=gate.name, got=f"{gate.line:.1%}")
    if not found:
        raise DesignError("没有任何达标线，不能预测", cure="在 targets.csv 写明各项目标，或在页面上填写达标线")
    return tuple(found)


def foresee(
    rehearsal: Rehearsal, gates: Sequence[Gate], official: OfficialSample, *, draws: int = DRAWS, step: float = 0.02
) -> tuple[Forecast, pd.DataFrame]:
    """Forecast the city, and each district as if the official survey drew its share of the sample there.

    Returns:
        The forecast of the city; a table of districts: district, population, n (official answers there), seen (answers
        in the model), gain (what `step` more in all rates of the district adds to the city's probability), everything,
        and one column per gate. Districts that are not in the model have no probabilities and no gain.
    """
    city = forecast(rehearsal.posteriors, rehearsal.population, official, gates, draws=draws, step=step)
    share = rehearsal.population / rehearsal.population.sum()
    rows = []
    for at, name in enumerate(rehearsal.districts):
        size = max(1, round(official.n * share[at]))
        rows.append(
            {"district": name, "population": rehearsal.population[at], "n": size, "seen": int(rehearsal.seen[at])}
            | _district(rehearsal.of(at), gates, replace(official, n=size), draws // 4, float(city.district_gain[at]))
        )
    return city, pd.DataFrame(rows)


def _district(
    own: Rehearsal, gates: Sequence[Gate], official: OfficialSample, draws: int, gain: float
) -> dict[str, float]:
    """Return gain and probabilities of one district; NaN where the model has no answers of it."""
    if not own.seen[0]:
        return dict.fromkeys(("gain", "everything", *(gate.name for gate in gates)), float("nan"))
    found = forecast(own.posteriors, own.population, official, gates, draws=draws)
    gated = {gate.name: float(value) for gate, value in zip(gates, found.gate, strict=True)}
    return {"gain": gain, "everything": found.everything, **gated}
