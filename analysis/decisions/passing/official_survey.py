"""The official survey: the sample that it is expected to draw, the gates that it has to reach, and draws of it.

Every draw takes true district rates from the posterior (`beta_binomial.Posterior`) and then the official sample: n
answers in clusters of a given size and correlation, i.e. a binomial on n / deff, over all districts in proportion to
their population.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.areas.models.beta_binomial import Posterior
from analysis.decisions.sample_size import design_effect
from survey.errors import DesignError
from survey.instrument.rate import Rate

Floats = NDArray[np.float64]
SEED = 1


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


@dataclass(frozen=True, slots=True)
class DrawnSurveys:
    """Simulated official surveys.

    Attributes:
        truth: true rates, (draws, districts, items).
        city: those of the city, (draws, items).
        noise: standard normal noise of the observed ones, same shape.
        n_eff: effective size of the official sample.
        gates: the lines to reach.
        observed: observed rates, (draws, items).
        passed: which gates each draw passes, (draws, gates).
    """

    truth: Floats
    city: Floats
    noise: Floats
    n_eff: int
    gates: Sequence[Gate]
    observed: Floats
    passed: NDArray[np.bool_]

    @classmethod
    def of(
        cls, posteriors: Sequence[Posterior], share: Floats, sample: OfficialSample, gates: Sequence[Gate],
        draws: int, seed: int = SEED,
    ) -> DrawnSurveys:  # fmt: skip
        """Draw surveys of districts with these shares of the residents."""
        from scipy.special import ndtri

        _check(posteriors, gates)
        rng = np.random.default_rng(seed)
        truth = np.stack([_draw(posterior, draws, rng) for posterior in posteriors], axis=2)
        city = np.einsum("d,ndk->nk", share, truth)
        noise = ndtri(rng.random(city.shape))
        observed = _observe(city, noise, sample.n_eff)
        return cls(truth, city, noise, sample.n_eff, gates, observed, _gates(observed, gates))

    @property
    def everything(self) -> float:
        """Probability of all gates together."""
        return float(self.passed.all(axis=1).mean())

    def chance(self, rates: Floats) -> float:
        """Return the probability of all gates for other rates of the city, (draws, items)."""
        return float(_gates(_observe(rates, self.noise, self.n_eff), self.gates).all(axis=1).mean())

    def chances(self, item: int, rates: Iterable[Floats]) -> Iterator[float]:
        """Yield the same for other rates of one item alone, (draws,) each: the gates of the others stay as they are."""
        apart = [at for at, gate in enumerate(self.gates) if item not in gate.items]
        others, observed = self.passed[:, apart].all(axis=1), self.observed.copy()
        own = [gate for gate in self.gates if item in gate.items]
        for one in rates:
            observed[:, item] = _observe(one, self.noise[:, item], self.n_eff)
            yield float((others & _gates(observed, own).all(axis=1)).mean())


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


def _check(posteriors: Sequence[Posterior], gates: Sequence[Gate]) -> None:
    if not posteriors or not gates:
        raise DesignError("没有可以预测的项目或达标线", cure="先在 targets.csv 里写明各项目标")
    wrong = [gate for gate in gates if not 0.0 <= gate.line <= 1.0 or not gate.items]
    if wrong:
        raise DesignError("达标线应在 0% 与 100% 之间，且至少对应一个项目", got=f"{wrong[0].name}：{wrong[0].line:.1%}")
