"""Streets by model (模型估计): every street of the frame gets a rate, also one where few or none were asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.areas.nested_model import fit
from analysis.areas.nested_posterior import NestedPosterior
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate
from survey.study.areas import PLACES

Floats = NDArray[np.float64]
WEAK_PLACES = PLACES[:4]
FEWEST = 3  # streets with answers; from two nothing can be said about the spread of streets


def model_streets(
    sample: Sample,
    rate: Rate,
    frame: pd.DataFrame,
    where: Mapping[str, Any],
    *,
    earlier: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Estimate one rate for every street of the frame by a model (模型估计), also for those without answers.

    Streets are nested in districts (`analysis.areas.nested_model`). Covariates are the shares of residents in weak
    places and in villages and, with `earlier`, the model estimate of the wave before. The estimates add up to the
    direct rate of the whole.

    Args:
        sample: a probability sample.
        rate: the rate.
        frame: `analysis.design.labels.unique_names(areas)`.
        where: the domain, the wave included.
        earlier: the same domain in the wave before; None without one. It is ignored where fewer than three streets
            have answers in it.

    Returns:
        street, district, population, n (answers), direct, estimate, conf_low, conf_high, shrinkage; shares in [0, 1].
        `direct` and `n` are missing below the suppression threshold.

    Raises:
        DesignError: fewer than three streets with answers.
    """
    streets = _streets(frame)
    n, share, n_eff = _direct(sample, rate, streets, where)
    if (n_eff > 0).sum() < FEWEST:
        raise DesignError(
            "有答卷的街道太少，不能建立街道模型",
            got=f"{int((n_eff > 0).sum())} 个街道有答卷",
            expected=f"至少 {FEWEST} 个",
            cure="放宽筛选，或在区县一级查看",
        )
    covariates = streets[["weak", "village"]].to_numpy(float)
    if earlier is not None:
        covariates = np.column_stack([covariates, _before(sample, rate, streets, earlier)])
    whole = float(sample.rates(item=rate.name, where=where).table["estimate"].iloc[0])
    fitted = _fit(streets, share, n_eff, covariates).benchmarked(streets["population"].to_numpy(float), whole)
    low, high = fitted.interval()
    open_ = n >= sample.suppression
    return streets[["street", "district", "population"]].assign(
        n=pd.array(np.where(open_, n, 0), dtype="Int64"),
        direct=np.where(open_, share, np.nan),
        estimate=fitted.estimate,
        conf_low=low,
        conf_high=high,
        shrinkage=fitted.shrinkage,
    )


def _fit(streets: pd.DataFrame, share: Floats, n_eff: Floats, covariates: Floats) -> NestedPosterior:
    district = pd.factorize(streets["district"])[0].astype(np.int64)
    return fit(share, n_eff, district, covariates=covariates)


def _direct(
    sample: Sample, rate: Rate, streets: pd.DataFrame, where: Mapping[str, Any]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return answers, direct rate (NaN without answers) and effective size of every street."""
    found = sample.rates(item=rate.name, by=("street",), where=where).table
    rows = found.set_index(found["street"].astype(str)).reindex(streets["street"])
    n = rows["n"].fillna(0).to_numpy(np.int64)
    share = np.where(n > 0, rows["estimate"].to_numpy(float), np.nan)
    return n, share, np.where(n > 0, rows["n_pooled"].to_numpy(float), 0.0)


def _before(sample: Sample, rate: Rate, streets: pd.DataFrame, earlier: Mapping[str, Any]) -> Floats:
    """Return the model's logit of every street in the wave before; the same for all where too few have answers.

    The model shrinks what few answers say, so that the covariate has no error of its own to be allowed for.
    """
    _, share, n_eff = _direct(sample, rate, streets, earlier)
    if (n_eff > 0).sum() < FEWEST:
        return np.zeros(len(streets))
    return _fit(streets, share, n_eff, streets[["weak", "village"]].to_numpy(float)).centre


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
