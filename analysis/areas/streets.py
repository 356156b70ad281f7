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


def street_model(
    sample: Sample,
    rate: Rate,
    frame: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    earlier: Mapping[str, Any] | None = None,
    red: Collection[str] = (),
) -> StreetModel:
    """Fit one rate of every street of the frame, also of those without answers.

    Streets are nested in districts (`models.nested_model`). The covariate is the model estimate of the wave
    before, where there is one, else the shares of residents in weak places and in villages. The estimates add up to the
    direct rate of the whole. Hidden answers and those of streets with a red light are in no model.

    Args:
        sample: a probability sample.
        rate: the rate.
        frame: `analysis.design.labels.unique_names(areas)`.
        where: the domain, the wave included.
        earlier: the same domain in the wave before; None without one. It is ignored where fewer than three streets
            have answers in it.
        red: streets with a red light.

    Raises:
        DesignError: fewer than three streets with answers.
    """
    streets = _streets(frame)
    n, share, n_eff = _direct(sample, rate, streets, where, red)
    if (n_eff > 0).sum() < FEWEST:
        raise DesignError(
            "有答卷的街道太少，不能建立街道模型",
            got=f"{int((n_eff > 0).sum())} 个街道有足够的答卷",
            expected=f"至少 {FEWEST} 个",
            cure="放宽筛选，或在区县一级查看",
        )
    covariates = _places(streets) if earlier is None else _before(sample, rate, streets, earlier)
    whole = float(np.clip(mean_of(sample.basis, rate.name, where), 0.0, 1.0))
    fitted = _fit(streets, share, n_eff, covariates).benchmarked(streets["population"].to_numpy(float), whole)
    return StreetModel(streets[["street", "district", "population"]], n, share, fitted)


def model_streets(
    sample: Sample,
    rate: Rate,
    frame: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    earlier: Mapping[str, Any] | None = None,
    red: Collection[str] = (),
) -> pd.DataFrame:
    """Estimate one rate for every street of the frame by a model (模型估计); the arguments are those of `street_model`.

    Returns:
        street, district, population, n (answers), direct, estimate, conf_low, conf_high, shrinkage; shares in [0, 1].
        `direct` is missing and `n` is 0 where the answers may not be shown or trusted.
    """
    model = street_model(sample, rate, frame, where, earlier=earlier, red=red)
    low, high = model.posterior.interval()
    return model.streets.assign(
        n=pd.array(model.n, dtype="Int64"),
        direct=model.share,
        estimate=model.posterior.estimate,
        conf_low=low,
        conf_high=high,
        shrinkage=model.posterior.shrinkage,
    )


def _fit(streets: pd.DataFrame, share: Floats, n_eff: Floats, covariates: Floats) -> NestedPosterior:
    district = pd.factorize(streets["district"])[0].astype(np.int64)
    return fit(share, n_eff, district, covariates=covariates)


def _direct(
    sample: Sample, rate: Rate, streets: pd.DataFrame, where: Mapping[str, Any], red: Collection[str] = ()
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return answers, direct rate (NaN without answers) and effective size of every street that may be judged."""
    linear = means(sample.basis, [rate.name], by=("street",), where=where)
    found = protect(sample.reported(linear, where)).table
    open_ = found[silence(found, red, "street") == ""]
    rows = open_.set_index(open_["street"].astype(str)).reindex(streets["street"])
    n = rows["n"].fillna(0).to_numpy(np.int64)
    share = rows["estimate"].to_numpy(float, na_value=np.nan)
    n_eff = street_sizes(linear, sample.basis).reindex(streets["street"]).to_numpy(float)
    return n, np.where(n > 0, share, np.nan), np.where(n > 0, n_eff, 0.0)


def _before(sample: Sample, rate: Rate, streets: pd.DataFrame, earlier: Mapping[str, Any]) -> Floats:
    """Return the model's logit of every street in the wave before; the places where too few have answers in it.

    The model shrinks what few answers say, so that the covariate has no error of its own to be allowed for.
    """
    _, share, n_eff = _direct(sample, rate, streets, earlier)
    if (n_eff > 0).sum() < FEWEST:
        return _places(streets)
    return _fit(streets, share, n_eff, _places(streets)).centre[:, None]


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
