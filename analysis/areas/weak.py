"""Weak areas: verdicts that control false calls.

Every area has the posterior probability that its true rate lies below the line (`analysis.areas.beta_binomial`, on
effective counts). Areas are called weak in order of that probability while the expected share of false calls among them
stays at most q: the Bayesian false discovery rate (Newton et al. 2004, Biostatistics 5:155); an area whose rate is more
likely above the line is never called. An area has reached the line when that is sure at 1 - q for the area itself,
because certain areas must not carry a doubtful one, and when its own answers reach the line too. The areas in between
are watched, or need more interviews.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.areas.beta_binomial import Posterior, fit
from analysis.areas.ranking import rank
from analysis.design.cells import require_declared
from analysis.estimation.estimates import Estimates
from survey.errors import DesignError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FALSE_DISCOVERY = 0.10
HIDDEN = "suppressed"
TOO_MANY = 20_000  # more interviews than anyone will make: line and rate cannot be separated


class Standing(StrEnum):
    """The verdict on an area, in the words of the screen."""

    WEAK = "确认薄弱"
    WATCH = "观察"
    MET = "达标"
    UNCLEAR = "样本不足"


def weak_areas(estimates: Estimates, lines: pd.Series | float, *, q: float = FALSE_DISCOVERY) -> Estimates:
    """Judge every area of every item.

    Args:
        estimates: from `rates`, by one area column or several; their `n_pooled` is the effective size.
        lines: target shares in [0, 1], one for all or one per row (same index); NaN gives no verdict ("").
        q: expected share of false calls among those called weak, and the largest doubt about each one called met.

    Returns:
        The same estimates with further columns: `line`, `prob_below` in [0, 1], `model` (模型估计), `model_low`,
        `model_high`, `standing` (see `Standing`), `more` (further interviews that would decide if the rate is as the
        model estimates; NaN when decided or beyond reach), `rank_low`, `rank_high`, `rank_group`.

    Raises:
        ArgumentError: a data frame in place of estimates.
        DesignError: a line outside [0, 1], or q outside (0, 1).
    """
    require_declared(estimates, Estimates)
    table = estimates.to_pandas()
    line = np.broadcast_to(np.asarray(lines, dtype=float), (len(table),)).copy()
    if (np.nan_to_num(line, nan=0.5) < 0).any() or (np.nan_to_num(line, nan=0.5) > 1).any():
        raise DesignError(
            "目标应在 0% 与 100% 之间", got=f"{np.nanmax(line):.1%}", cure="检查 targets.csv，目标以百分数填写"
        )
    if not 0 < q < 1:
        raise DesignError("错判率应在 0 与 1 之间", got=str(q))
    table["line"] = line
    parts = [_judge(rows, q) for _, rows in table.groupby("item", sort=False, observed=True)]
    judged = pd.concat(parts).loc[table.index] if parts else _judge(table, q)
    return Estimates(judged, {**estimates.meta, "false_discovery": q})


def bayes_fdr(probability: Floats, q: float = FALSE_DISCOVERY) -> Flags:
    """Return the longest list, most probable first, with mean 1 - probability at most q; NaN is never listed."""
    known = np.nan_to_num(probability, nan=-1.0)
    order = np.argsort(-known, kind="stable")
    doubt = np.cumsum(1.0 - known[order]) / np.arange(1, len(known) + 1)
    size = int(np.max(np.flatnonzero(doubt <= q), initial=-1)) + 1
    listed = np.zeros(len(known), dtype=bool)
    listed[order[:size]] = True
    return listed


def _judge(rows: pd.DataFrame, q: float) -> pd.DataFrame:
    """Judge all areas of one item."""
    rows = rows.copy()
    n, n_eff = rows["n"].to_numpy(float), np.nan_to_num(rows["n_pooled"].to_numpy(float))
    share, line = rows["estimate"].to_numpy(float), rows["line"].to_numpy(float)
    posterior = fit(share, n_eff)
    below = np.where(np.isnan(line), np.nan, posterior.below(np.nan_to_num(line, nan=0.5)))
    low, high = posterior.interval()
    ranks = rank(share, n_eff)
    hidden = rows["flag"].to_numpy() == HIDDEN
    standing = _standing(np.where(hidden, np.nan, below), line, share >= line, q)
    rows["prob_below"], rows["model"] = below, posterior.mean
    rows["model_low"], rows["model_high"] = low, high
    rows["standing"] = standing
    more = _more_interviews(posterior, below, line - posterior.mean, (n, n_eff), q)
    rows["more"] = np.where(np.isin(standing, [Standing.WATCH, Standing.UNCLEAR]), more, np.nan)
    rows["rank_low"], rows["rank_high"] = ranks.low, ranks.high
    rows["rank_group"] = [str(group) for group in ranks.group]
    return rows


def _standing(below: Floats, line: Floats, reached: Flags, q: float) -> NDArray[np.object_]:
    """Return the verdicts; `below` is NaN for hidden estimates; `reached` is whether the answers reach the line."""
    return np.select(
        [np.isnan(line), np.isnan(below), bayes_fdr(below, q) & (below > 0.5), (below <= q) & reached, below > 0.5],
        ["", Standing.UNCLEAR, Standing.WEAK, Standing.MET, Standing.WATCH],
        default=Standing.UNCLEAR,
    ).astype(object)


def _more_interviews(
    posterior: Posterior, below: Floats, gap: Floats, sizes: tuple[Floats, Floats], q: float
) -> Floats:
    """Return the further interviews that decide an area of rate `model` with probability 1 - q, in tens.

    Normal approximation: z² m (1 - m) / (m - line)² effective answers, minus the existing ones, times deff.
    Where the posterior is wider than that (few areas carry little information about the spread), its own width
    counts: the existing answers times (z / current z)².
    """
    mean, (n, n_eff) = posterior.mean, sizes
    size = (posterior.a + posterior.b) @ posterior.weight
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(
            n_eff > 0, n / n_eff, np.nanmedian(np.where(n_eff > 0, n / n_eff, np.nan)) if n_eff.any() else 1.0
        )
        wanted = float(ndtri(1.0 - q)) ** 2 * mean * (1.0 - mean) / gap**2
        own = size * (float(ndtri(1.0 - q)) / ndtri(below)) ** 2
        more = 10.0 * np.ceil(np.maximum(np.maximum(wanted, own) - size, 1.0) * effect / 10.0)
    return np.where(np.isfinite(more) & (more <= TOO_MANY), more, np.nan)
