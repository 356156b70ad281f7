"""Weak areas: the verdict of every area of every item, by the model of all areas.

Every area has the posterior probability that its true rate lies below the line (`models.beta_binomial`, on
effective counts), and `analysis.areas.verdict` judges it. Areas that must not be judged (no answers, hidden, a red
light) are in no model, no rank and no count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

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
MODEL = ("prob_below", "model", "model_low", "model_high")
"""The columns of a model, the probability first."""
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
    silent = silence(table, red, estimates.by[-1] if estimates.by else "")
    answers = _Answers.of(table, silent == "")
    indices = table.groupby("item", sort=False, observed=True).indices
    parts = [np.asarray(at, dtype=np.intp) for at in indices.values()]
    every = {name: np.full(len(table), np.nan) for name in (*MODEL, "a", "b", "rank_low", "rank_high", "effect")}
    for at in parts:
        known = None if other is None or not table.index[at].isin(other.index).all() else other.loc[table.index[at]]
        _put(every, at, _model(answers.share[at], answers.n_eff[at], line[at], known))
    judged = with_verdict(table, every.pop("prob_below"), line, silent, q)
    undecided = judged["verdict"].isin(list(UNDECIDED)).to_numpy()
    group = np.full(len(table), str(RankGroup.UNKNOWN), dtype=object)
    for at in parts:
        share, n_eff = answers.share[at], answers.n_eff[at]
        group[at], ranks = _ranks(share, n_eff)
        _put(every, at, ranks)
        _put(every, at, {"effect": future_effect(answers.n[at], n_eff)})
    more = _more(every, answers, line, undecided, q)
    shown = {name: np.where(answers.open, every[name], np.nan) for name in (*MODEL[1:], "rank_low", "rank_high")}
    unknown = np.where(answers.open, group, str(RankGroup.UNKNOWN))
    judged = judged.assign(**shown, rank_group=unknown, more=more)
    return Estimates(judged, {**estimates.meta, "false_calls": q})


@dataclass(frozen=True, slots=True)
class _Answers:
    """The answers of each row that may be judged: their number and effective size (else 0), and share (else NaN)."""

    open: NDArray[np.bool_]
    n: Floats
    n_eff: Floats
    share: Floats

    @classmethod
    def of(cls, rows: pd.DataFrame, open_: NDArray[np.bool_]) -> _Answers:
        """Return those of the rows of an `Estimates.table`."""
        n, n_eff, share = (rows[name].to_numpy(float, na_value=np.nan) for name in ("n", "n_pooled", "estimate"))
        sizes = np.where(open_, np.nan_to_num(n_eff), 0.0)
        return cls(open_, np.where(open_, n, 0.0), sizes, np.where(open_, share, np.nan))


def _more(
    every: Mapping[str, Floats], answers: _Answers, line: Floats, undecided: NDArray[np.bool_], q: float
) -> Floats:
    """Return the further interviews of the undecided rows of all items, NaN of the others."""
    found = np.full(len(line), np.nan)
    beta = (every["a"][undecided], every["b"][undecided])
    own = (answers.share[undecided], answers.n_eff[undecided])
    found[undecided] = further_interviews(beta, own, every["effect"][undecided], line[undecided], q)
    return found


def _put(every: Mapping[str, Floats], at: NDArray[np.intp], found: Mapping[str, Floats]) -> None:
    """Write what was found for some rows into the columns of all."""
    for name, values in found.items():
        every[name][at] = values


def _model(share: Floats, n_eff: Floats, line: Floats, known: pd.DataFrame | None) -> dict[str, Floats]:
    """Return the columns of `MODEL` for the areas of one item, and the parameters `a` and `b` of their posteriors."""
    if known is not None:
        model = {str(name): values.to_numpy(float) for name, values in known.items()}
        a, b = _beta(model)
    else:
        posterior = fit(share, n_eff)
        low, high = posterior.interval()
        below = np.where(np.isnan(line), np.nan, posterior.below(np.nan_to_num(line, nan=0.5)))
        model = {"prob_below": below, "model": posterior.mean, "model_low": low, "model_high": high}
        a, b = posterior.beta
    return {**model, "a": a, "b": b}


def _beta(model: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return the Beta distributions with the mean and the spread of another model's estimates."""
    mean, spread = model["model"], (model["model_high"] - model["model_low"]) / (2.0 * ndtri((1.0 + LEVEL) / 2.0))
    size = np.maximum(mean * (1.0 - mean) / np.maximum(spread, 1e-9) ** 2 - 1.0, 1.0)
    return mean * size, (1.0 - mean) * size


def _ranks(share: Floats, n_eff: Floats) -> tuple[NDArray[np.object_], dict[str, Floats]]:
    """Return the groups of ranks, and their limits; an area without known rate takes no place among the others."""
    known = np.isfinite(share) & (n_eff > 0)
    low, high = np.full(len(share), np.nan), np.full(len(share), np.nan)
    group = np.full(len(share), str(RankGroup.UNKNOWN), dtype=object)
    ranks = rank(share[known], n_eff[known])
    low[known], high[known] = ranks.low, ranks.high
    group[known] = [str(one) for one in ranks.group]
    return group, {"rank_low": low, "rank_high": high}
