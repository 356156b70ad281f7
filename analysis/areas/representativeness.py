"""Representativeness: compare the sample, before it is weighted to the margins, with the city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimation.sample import Sample
from analysis.inference.goodness_of_fit import fit_test
from analysis.inference.observations import Observations, observe
from analysis.weights.weights import base_weights, design_weights
from survey.errors import DesignError
from survey.instrument.questionnaire import ROLES

NOBODY: Any = None


def structure(sample: Sample, margins: Sequence[pd.DataFrame], frame: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Compare the shares of people in the sample with those in the population.

    Args:
        sample: a probability sample.
        margins: labelled margins, each with role columns and `population`.
        frame: the sampling frame, for the design weights.
        wave: name of the wave.

    Returns:
        One row per category: variable, category, sample (share by design weights), population (share), p_value (of the
        variable; NaN where the test is undefined) and note. Variables without a margin are left out.

    Raises:
        DesignError: self-selected answers.
    """
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不与人口结构作检验", cure="换成入户或电话")
    cells = sample.cells
    weights = base_weights(cells)
    if np.array_equal(cells.w, cells.n * cells.scale):
        strata = frame.set_index("psu")["stratum"].reindex(cells.keys["psu"]).to_numpy()
        weights = design_weights(cells.with_keys(stratum=pd.Categorical(strata)), frame)
    obs = observe(cells, sample.design, weights=weights)
    obs = obs.within(obs.key("wave").astype(str) == wave)
    parts = [_variable(obs, name, shares) for name, shares in _shares(margins).items() if name in cells.keys.columns]
    columns = ["variable", "category", "sample", "population", "p_value", "note"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _shares(margins: Sequence[pd.DataFrame]) -> dict[str, pd.Series[Any]]:
    """Return role -> share of the residents by category, from the first margin that has it."""
    found: dict[str, pd.Series[Any]] = {}
    for margin in margins:
        for name in margin.columns:
            if name in ROLES and name not in found:
                counts = margin.groupby(margin[name].astype(str), sort=False)["population"].sum()
                found[name] = counts[counts > 0] / counts.sum()
    return found


def _variable(obs: Observations, name: str, shares: pd.Series[Any]) -> pd.DataFrame:
    """Compare one variable; people of categories in only one of sample and margin are left out and noted."""
    values = pd.Series(obs.key(name)).astype(object)
    labels = values.where(values.isin(shares.index), None).to_numpy()
    known = ~pd.isna(labels)
    seen = pd.Series(obs.weight[known]).groupby(labels[known]).sum()
    both = shares[shares.index.isin(seen.index[seen > 0])]
    lost = [str(one) for one in shares.index.difference(both.index)]
    table = pd.DataFrame(
        {
            "variable": ROLES[name],
            "category": shares.index.astype(str),
            "sample": (seen / seen.sum()).reindex(shares.index).fillna(0.0).to_numpy(),
            "population": shares.to_numpy(),
        }
    )
    absent = f"没有{'、'.join(lost)}的答卷，其余类别作检验" if lost else ""
    if len(both) < 2:
        return table.assign(p_value=np.nan, note="可比的类别不到两个")
    inside = np.where(known & (obs.weight > 0), labels, NOBODY)
    test = fit_test(obs, inside, both.to_dict())
    note = "；".join(part for part in (absent, test.note) if part)
    return table.assign(p_value=np.nan if test.p_value is None else test.p_value, note=note)
