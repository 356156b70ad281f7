"""The rehearsal of the official survey: one posterior of the true district rates for each rate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.areas.models.beta_binomial import Posterior, fit
from analysis.areas.verdict import silence
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Results of the rehearsal: one posterior per rate over the same districts.

    Attributes:
        rates: the rates.
        districts: names.
        population: residents of each district.
        posteriors: one per rate.
        seen: answers of each district in the rehearsal that the model used, the minimum over the rates.
    """

    rates: tuple[Rate, ...]
    districts: tuple[str, ...]
    population: np.ndarray
    posteriors: tuple[Posterior, ...]
    seen: np.ndarray

    def of(self, at: int) -> Rehearsal:
        """Return one district alone."""
        alone = tuple(replace(one, a=one.a[at : at + 1], b=one.b[at : at + 1]) for one in self.posteriors)
        return Rehearsal(self.rates, (self.districts[at],), self.population[[at]], alone, self.seen[[at]])


def rehearse(
    sample: Sample,
    rates: Sequence[Rate],
    population: Mapping[str, float],
    where: Mapping[str, Any],
    red: Collection[str] = (),
) -> Rehearsal:
    """Fit the model of `analysis.areas.models.beta_binomial` to every rate.

    Args:
        sample: a probability sample.
        rates: the rates.
        population: district -> residents.
        where: the domain, the wave included.
        red: districts with a red light; like districts without answers or with hidden ones, they are not in the model
            and get the distribution of an unseen district.

    Raises:
        DesignError: self-selected answers, or fewer answers in total than may be shown.
    """
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能预测达标", cure="在上方“调查方式”里换成入户或电话")
    names = tuple(population)
    posteriors, seen = [], np.full(len(names), np.iinfo(np.int64).max)
    every = protect(sample.rates(item=[rate.name for rate in rates], by=("district",), where=where)).table
    every = every[silence(every, red, "district") == ""]
    for rate in rates:
        open_ = every[every["item"] == rate.name]
        table = open_.set_index(open_["district"].astype(str)).reindex(list(names))
        share, n_eff = (table[name].to_numpy(float, na_value=np.nan) for name in ("estimate", "n_pooled"))
        posteriors.append(fit(share, n_eff))
        seen = np.minimum(seen, table["n"].fillna(0).to_numpy(np.int64))
    if int(seen.sum()) < sample.suppression:
        raise DesignError("答卷太少，不能预测达标", got=f"不足 {sample.suppression} 份", cure="等答卷多些，或放宽筛选")
    return Rehearsal(tuple(rates), names, np.array(list(population.values()), float), tuple(posteriors), seen)
