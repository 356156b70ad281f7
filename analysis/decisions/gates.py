"""Gates of the official survey from targets and thresholds, and what the rehearsal says of passing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.areas.beta_binomial import Posterior, fit
from analysis.decisions.pass_forecast import Forecast, Gate, OfficialSample, forecast
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate

DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the rehearsal knows: one posterior a rate over the same districts.

    Attributes:
        rates: the rates.
        districts: names.
        population: residents of each district.
        posteriors: one a rate.
        seen: answers of each district in the rehearsal, the least of the rates.
    """

    rates: tuple[Rate, ...]
    districts: tuple[str, ...]
    population: np.ndarray
    posteriors: tuple[Posterior, ...]
    seen: np.ndarray

    def of(self, at: int) -> Rehearsal:
        """One district alone."""
        alone = tuple(replace(one, a=one.a[at : at + 1], b=one.b[at : at + 1]) for one in self.posteriors)
        return Rehearsal(self.rates, (self.districts[at],), self.population[[at]], alone, self.seen[[at]])


def rehearse(
    sample: Sample, rates: Sequence[Rate], population: Mapping[str, float], where: Mapping[str, Any]
) -> Rehearsal:
    """Fit the model of `analysis.areas.beta_binomial` to every rate.

    Args:
        sample: a probability sample.
        rates: the rates.
        population: district -> residents; districts without answers get what the model says of an unseen one.
        where: the domain, the wave included.

    Raises:
        DesignError: self-selected answers, or fewer answers in all than may be shown.
    """
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能预测达标", cure="在上方“调查方式”里换成入户或电话")
    names = tuple(population)
    posteriors, seen = [], np.full(len(names), np.iinfo(np.int64).max)
    for rate in rates:
        found = sample.rates(item=rate.name, by=("district",), where=where).table
        table = found.set_index(found["district"].astype(str)).reindex(list(names))
        posteriors.append(fit(table["estimate"].to_numpy(float), table["n_pooled"].to_numpy(float)))
        seen = np.minimum(seen, table["n"].fillna(0).to_numpy(np.int64))
    if int(seen.sum()) < sample.suppression:
        raise DesignError("答卷太少，不能预测达标", got=f"不足 {sample.suppression} 份", cure="等答卷多些，或放宽筛选")
    return Rehearsal(tuple(rates), names, np.array(list(population.values()), float), tuple(posteriors), seen)


def gates_of(
    rates: Sequence[Rate], lines: Mapping[str, float], whole: Mapping[str, float] | None = None
) -> tuple[Gate, ...]:
    """One gate a rate that has a line.

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
    """The city's forecast, and each district's as if the official survey drew its share of the sample there.

    Returns:
        The forecast of the city; a table of districts: district, population, n (official answers there), gain (what
        `step` more in all rates of the district adds to the city's chance), everything, and one column a gate.
    """
    city = forecast(rehearsal.posteriors, rehearsal.population, official, gates, draws=draws, step=step)
    share = rehearsal.population / rehearsal.population.sum()
    rows = []
    for at, name in enumerate(rehearsal.districts):
        own = rehearsal.of(at)
        size = max(1, round(official.n * share[at]))
        found = forecast(own.posteriors, own.population, replace(official, n=size), gates, draws=draws // 4, step=step)
        rows.append(
            {"district": name, "population": own.population[0], "n": size, "gain": float(city.district_gain[at])}
            | {"everything": found.everything}
            | {gate.name: float(value) for gate, value in zip(gates, found.gate, strict=True)}
        )
    return city, pd.DataFrame(rows)
