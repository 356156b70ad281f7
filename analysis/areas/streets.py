"""Streets by model (模型估计): every street of the frame gets a rate, also one where few or none were asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.areas.models.nested_model import fit
from analysis.areas.models.nested_posterior import NestedPosterior
from analysis.areas.street_sizes import street_sizes
from analysis.areas.verdict import silence
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.linear import mean_of, means
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate
from survey.study.areas import PLACES

Floats = NDArray[np.float64]
WEAK_PLACES = PLACES[:4]
FEWEST = 3  # streets with answers; from two nothing can be said about the spread of streets


@dataclass(frozen=True, slots=True)
class StreetModel:
    """One rate of every street by model.

    Attributes:
        streets: street, district, population.
        n: answers of each that may be shown and trusted.
        share: their direct rate; NaN without such answers.
        posterior: the posterior of each, benchmarked to the rate of the whole.
    """

    streets: pd.DataFrame
    n: NDArray[np.int64]
    share: Floats
    posterior: NestedPosterior

    def judged(self, names: Sequence[str], lines: Floats) -> pd.DataFrame:
        """Return `prob_below`, `model`, `model_low` and `model_high` of streets, in the order of their names."""
        at = pd.Index(self.streets["street"]).get_indexer(pd.Index(names))
        every = np.full(len(self.streets), np.nan)
        every[at] = lines
        low, high = self.posterior.interval()
        columns = {
            "prob_below": np.where(np.isnan(every), np.nan, self.posterior.below(np.nan_to_num(every, nan=0.5))),
            "model": self.posterior.estimate,
            "model_low": low,
            "model_high": high,
        }
        return pd.DataFrame({name: values[at] for name, values in columns.items()})


def street_models(
    sample: Sample,
    rates: Sequence[Rate],
    frame: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    earlier: Mapping[str, Any] | None = None,
    red: Collection[str] = (),
    known: Estimates | None = None,
) -> Mapping[str, StreetModel | None]:
    """Fit each rate of every street of the frame, also of those without answers.

    Streets are nested in districts (`models.nested_model`). The covariate is the model estimate of the wave
    before, where there is one, else the shares of residents in weak places and in villages. The estimates add up to the
    direct rate of the whole. Hidden answers and those of streets with a red light are in no model.

    Args:
        sample: a probability sample.
        rates: the rates.
        frame: `analysis.design.labels.unique_names(areas)`.
        where: the domain, the wave included.
        earlier: the same domain in the wave before; None without one. It is ignored where fewer than three streets
            have answers in it.
        red: streets with a red light.
        known: the rates by street in this domain, protected, where they are made already.

    Returns:
        The model of each rate; None where fewer than three streets have answers.
    """
    streets, names = _streets(frame), [rate.name for rate in rates]
    found = _direct(sample, names, streets, where, red, known)
    enough = [name for name in names if found[name].enough]
    before = {} if earlier is None or not enough else _direct(sample, enough, streets, earlier)
    return dict.fromkeys(names) | {
        name: _model(sample, name, streets, where, (found[name], before.get(name))) for name in enough
    }


def _model(
    sample: Sample, name: str, streets: pd.DataFrame, where: Mapping[str, Any], direct: tuple[_Direct, _Direct | None]
) -> StreetModel:
    """Fit one rate given what its streets answer directly, and what they did in the wave before."""
    now, before = direct
    covariates = _places(streets) if before is None else _centres(streets, before)
    whole = float(np.clip(mean_of(sample.basis, name, where), 0.0, 1.0))
    fitted = _fit(streets, now, covariates).benchmarked(streets["population"].to_numpy(float), whole)
    return StreetModel(streets[["street", "district", "population"]], now.n, now.share, fitted)


def model_streets(
    sample: Sample,
    rate: Rate,
    frame: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    earlier: Mapping[str, Any] | None = None,
    red: Collection[str] = (),
) -> pd.DataFrame:
    """Estimate one rate for every street of the frame by a model (模型估计); see `street_models`.

    Returns:
        street, district, population, n (answers), direct, estimate, conf_low, conf_high, shrinkage; shares in [0, 1].
        `direct` is missing and `n` is 0 where the answers may not be shown or trusted.

    Raises:
        DesignError: fewer than three streets with answers.
    """
    model = street_models(sample, [rate], frame, where, earlier=earlier, red=red)[rate.name]
    if model is None:
        there = int((_direct(sample, [rate.name], _streets(frame), where, red)[rate.name].n_eff > 0).sum())
        raise DesignError(
            "有答卷的街道太少，不能建立街道模型",
            got=f"{there} 个街道有足够的答卷",
            expected=f"至少 {FEWEST} 个",
            cure="放宽筛选，或在区县一级查看",
        )
    low, high = model.posterior.interval()
    return model.streets.assign(
        n=pd.array(model.n, dtype="Int64"),
        direct=model.share,
        estimate=model.posterior.estimate,
        conf_low=low,
        conf_high=high,
        shrinkage=model.posterior.shrinkage,
    )


@dataclass(frozen=True, slots=True)
class _Direct:
    """Answers, direct rate (NaN without answers) and effective size of every street that may be judged."""

    n: NDArray[np.int64]
    share: Floats
    n_eff: Floats

    @property
    def enough(self) -> bool:
        """Whether so many streets have answers that a model can be made."""
        return int((self.n_eff > 0).sum()) >= FEWEST


def _fit(streets: pd.DataFrame, direct: _Direct, covariates: Floats) -> NestedPosterior:
    district = pd.factorize(streets["district"])[0].astype(np.int64)
    return fit(direct.share, direct.n_eff, district, covariates=covariates)


def _direct(
    sample: Sample,
    names: Sequence[str],
    streets: pd.DataFrame,
    where: Mapping[str, Any],
    red: Collection[str] = (),
    known: Estimates | None = None,
) -> Mapping[str, _Direct]:
    """Return what the answers in every street say of some rates."""
    linear = means(sample.basis, names, by=("street",), where=where)
    found = (protect(sample.reported(linear, where)) if known is None else known).table
    open_ = found[silence(found, red, "street") == ""]
    direct = dict[str, _Direct]()
    for name in names:
        rows = open_[open_["item"].astype(str) == name]
        rows = rows.set_index(rows["street"].astype(str)).reindex(streets["street"])
        n = rows["n"].fillna(0).to_numpy(np.int64)
        share = rows["estimate"].to_numpy(float, na_value=np.nan)
        n_eff = street_sizes(linear, sample.basis, name).reindex(streets["street"]).to_numpy(float)
        direct[name] = _Direct(n, np.where(n > 0, share, np.nan), np.where(n > 0, n_eff, 0.0))
    return direct


def _centres(streets: pd.DataFrame, before: _Direct) -> Floats:
    """Return the model's logit of every street in the wave before; the places where too few have answers in it.

    The model shrinks what few answers say, so that the covariate has no error of its own to be allowed for.
    """
    return _fit(streets, before, _places(streets)).centre[:, None] if before.enough else _places(streets)


def places_of(frame: pd.DataFrame) -> Floats:
    """Return the covariates of every street of a frame: shares of residents in weak places and in villages."""
    return _places(_streets(frame))


def _places(streets: pd.DataFrame) -> Floats:
    return streets[["weak", "village"]].to_numpy(float)


def _streets(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per street: residents, and the shares of them in weak places and in villages."""
    weighted = frame.assign(
        weak=frame["population"] * frame["place"].isin(WEAK_PLACES),
        village=frame["population"] * frame["urban_rural"].str.startswith("2"),
    )
    sums = weighted.groupby(["street", "district"], sort=False)[["population", "weak", "village"]].sum().reset_index()
    for name in ("weak", "village"):
        sums[name] = sums[name] / sums["population"]
    return sums
