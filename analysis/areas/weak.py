"""Weak areas: the verdict of every area of every item, by the model of all areas.

Every area has the posterior probability that its true rate lies below the line (`models.beta_binomial`, on
effective counts), and `analysis.areas.verdict` judges it. Areas that must not be judged (no answers, hidden, a red
light) are in no model, no rank and no count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.areas.further_interviews import further_interviews, future_effect
from analysis.areas.models.beta_binomial import fit
from analysis.areas.ranking import RankGroup, rank
from analysis.areas.verdict import UNDECIDED, silence, with_verdict
from analysis.design.cells import require_declared
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL
from survey.errors import DesignError
from survey.study.settings import FALSE_CALLS

Floats = NDArray[np.float64]
JUDGED = (
    "line", "gap", "prob_below", "verdict", "reason", "model", "model_low", "model_high", "more", "rank_low",
    "rank_high", "rank_group",
)  # fmt: skip
"""The columns that `weak_areas` adds."""


def weak_areas(
    estimates: Estimates,
    lines: pd.Series | float,
    *,
    q: float = FALSE_CALLS,
    red: Collection[str] = (),
    other: pd.DataFrame | None = None,
) -> Estimates:
    """Judge every area of every item.

    Args:
        estimates: from `rates`, by one area column or several; their `n_pooled` is the effective size.
        lines: target shares in [0, 1], one for all or one per row (same index); NaN gives no verdict ("").
        q: accepted probability of a false call, see `analysis.areas.verdict.decide`.
        red: areas (of the last by-column) with a red light.
        other: rows (same index) of items that are judged by another model than the beta-binomial one: its
            `prob_below`, `model`, `model_low` and `model_high`.

    Returns:
        The same estimates with the columns of `analysis.areas.verdict.with_verdict`, and `model` (模型估计),
        `model_low`, `model_high`, `more` (further interviews that lead to a verdict with probability .9 if the rate is
        as the model estimates, see `analysis.areas.further_interviews`; NaN when decided or beyond reach),
        `rank_low`, `rank_high`, `rank_group`. Rows that must not be judged have none of these.

    Raises:
        ArgumentError: a data frame in place of estimates.
        DesignError: a line outside [0, 1], or q outside (0, 1/2).
    """
    require_declared(estimates, Estimates)
    table = estimates.to_pandas()
    line = np.broadcast_to(np.asarray(lines, dtype=float), (len(table),)).copy()
    if (np.nan_to_num(line, nan=0.5) < 0).any() or (np.nan_to_num(line, nan=0.5) > 1).any():
        raise DesignError(
            "目标应在 0% 与 100% 之间", got=f"{np.nanmax(line):.1%}", cure="检查 targets.csv，目标以百分数填写"
        )
    table["line"] = line
    table["_silent"] = silence(table, red, estimates.by[-1] if estimates.by else "")
    parts = [_judge(rows, q, other) for _, rows in table.groupby("item", sort=False, observed=True)]
    judged = pd.concat(parts).loc[table.index] if parts else _judge(table, q, None)
    return Estimates(judged.drop(columns="_silent"), {**estimates.meta, "false_calls": q})


def _judge(rows: pd.DataFrame, q: float, other: pd.DataFrame | None) -> pd.DataFrame:
    """Judge all areas of one item."""
    silent, line = rows["_silent"].to_numpy(dtype=object), rows["line"].to_numpy(float)
    open_ = silent == ""
    n = np.where(open_, rows["n"].to_numpy(float, na_value=np.nan), 0.0)
    n_eff = np.where(open_, np.nan_to_num(rows["n_pooled"].to_numpy(float, na_value=np.nan)), 0.0)
    share = np.where(open_, rows["estimate"].to_numpy(float, na_value=np.nan), np.nan)
    if other is not None and rows.index.isin(other.index).all():
        model = {str(name): values.to_numpy(float) for name, values in other.loc[rows.index].items()}
        a, b = _beta(model)
    else:
        posterior = fit(share, n_eff)
        low, high = posterior.interval()
        below = np.where(np.isnan(line), np.nan, posterior.below(np.nan_to_num(line, nan=0.5)))
        model = {"prob_below": below, "model": posterior.mean, "model_low": low, "model_high": high}
        a, b = posterior.beta
    judged = with_verdict(rows, model.pop("prob_below"), line, silent, q)
    undecided = judged["verdict"].isin(list(UNDECIDED)).to_numpy()
    columns: dict[str, Any] = {**model, **_ranks(share, n_eff)}
    for name, values in columns.items():
        nothing = str(RankGroup.UNKNOWN) if name == "rank_group" else np.nan
        judged[name] = pd.Series(values, index=rows.index).where(pd.Series(open_, index=rows.index), nothing)
    judged["more"] = np.nan
    judged.loc[undecided, "more"] = further_interviews(
        (a[undecided], b[undecided]),
        (share[undecided], n_eff[undecided]),
        future_effect(n, n_eff)[undecided],
        line[undecided],
        q,
    )
    return judged


def _beta(model: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return the Beta distributions with the mean and the spread of another model's estimates."""
    mean, spread = model["model"], (model["model_high"] - model["model_low"]) / (2.0 * ndtri((1.0 + LEVEL) / 2.0))
    size = np.maximum(mean * (1.0 - mean) / np.maximum(spread, 1e-9) ** 2 - 1.0, 1.0)
    return mean * size, (1.0 - mean) * size


def _ranks(share: Floats, n_eff: Floats) -> dict[str, Any]:
    """Return the columns of ranks; an area without known rate takes no place among the others."""
    known = np.isfinite(share) & (n_eff > 0)
    low, high = np.full(len(share), np.nan), np.full(len(share), np.nan)
    group = np.full(len(share), str(RankGroup.UNKNOWN), dtype=object)
    ranks = rank(share[known], n_eff[known])
    low[known], high[known] = ranks.low, ranks.high
    group[known] = [str(one) for one in ranks.group]
    return {"rank_low": low, "rank_high": high, "rank_group": group}
