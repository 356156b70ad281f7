"""Will the official survey pass? Its sample is drawn again and again from what the rehearsal taught.

Every draw takes true district rates from the posterior (`analysis.areas.beta_binomial.Posterior`), then the official
sample: n answers in clusters of a given size and correlation, i.e. a binomial on n / deff, over all districts in
proportion to their population. A gate passes when the mean observed rate of its items reaches its line; the city passes
when all gates do. The same random numbers serve every what-if, so that differences between them are not noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.areas.beta_binomial import Posterior
from analysis.decisions.sample_size import design_effect
from survey.errors import DesignError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OfficialSample:
    """The sample that the official survey is expected to draw.

    Attributes:
        n: answers in all.
        take: answers a cluster.
        icc: intra-cluster correlation in [0, 1).
    """

    n: int
    take: int = 20
    icc: float = 0.05

    @property
    def n_eff(self) -> int:
        """The simple random sample of the same precision; at least 1."""
        if self.n < 1:
            raise DesignError("官方样本量至少为 1", got=str(self.n))
        return max(1, round(self.n / design_effect(min(self.take, self.n), self.icc)))


@dataclass(frozen=True, slots=True)
class Gate:
    """A line to be reached by the mean observed rate of some items (positions in the list of posteriors)."""

    name: str
    items: tuple[int, ...]
    line: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities of passing, in [0, 1].

    Attributes:
        gate: of each gate.
        everything: of all gates together.
        error: Monte Carlo standard error of `everything`.
        item_gain: change of `everything` if one item were `step` higher everywhere; one an item.
        district_gain: the same if all items of one district were `step` higher; one a district.
        step: the what-if improvement, a share.
    """

    gate: Floats
    everything: float
    error: float
    item_gain: Floats
    district_gain: Floats
    step: float


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
        posteriors: one an item, all over the same districts.
        population: residents of each district.
        sample: the official sample.
        gates: the lines to reach.
        draws: simulated surveys.
        step: the what-if improvement, a share.
        seed: of the random numbers; the same seed gives the same forecast.

    Raises:
        DesignError: no item, no gate, a line outside [0, 1], or no residents.
    """
    share = _shares(population)
    _check(posteriors, gates)
    rng = np.random.default_rng(seed)
    truth = np.stack([_draw(posterior, draws, rng) for posterior in posteriors], axis=2)  # draws, districts, items
    city = np.einsum("d,ndk->nk", share, truth)
    noise = rng.random(city.shape)
    passed = _gates(_observe(city, noise, sample.n_eff), gates)
    everything = float(passed.all(axis=1).mean())

    def gain(rates: Floats) -> float:
        return float(_gates(_observe(rates, noise, sample.n_eff), gates).all(axis=1).mean()) - everything

    items = np.array([gain(_raised(city, np.eye(city.shape[1])[k] * step)) for k in range(city.shape[1])])
    districts = np.array([gain(_raised(city, np.full(city.shape[1], part * step))) for part in share])
    error = float(np.sqrt(everything * (1.0 - everything) / draws))
    return Forecast(passed.mean(axis=0), everything, error, items, districts, step)


def _draw(posterior: Posterior, draws: int, rng: np.random.Generator) -> Floats:
    """True rates of all districts, (draws, districts): one grid point a draw, so that districts move together."""
    point = rng.choice(len(posterior.weight), size=draws, p=posterior.weight)
    return np.asarray(rng.beta(posterior.a[:, point].T, posterior.b[:, point].T), dtype=float)


def _observe(rates: Floats, noise: Floats, n_eff: int) -> Floats:
    """Observed rates of a simple random sample of n_eff, by inversion so that equal noise gives ordered results."""
    from scipy.special import ndtri

    spread = np.sqrt(rates * (1.0 - rates) / n_eff)
    # The normal quantile, continuity-corrected to the grid of possible counts: exact enough from n_eff = 30 on.
    return np.clip(np.rint((rates + ndtri(noise) * spread) * n_eff) / n_eff, 0.0, 1.0)


def _gates(observed: Floats, gates: Sequence[Gate]) -> NDArray[np.bool_]:
    columns = [observed[:, list(gate.items)].mean(axis=1) >= gate.line - 1e-12 for gate in gates]
    return np.stack(columns, axis=1)


def _raised(city: Floats, step: Floats) -> Floats:
    return np.minimum(city + step, 1.0)


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
