"""Outlying areas: how far an area stands out from its district, given how much areas of this survey differ.

An area is a single cluster, so shuffling clusters could never give a p-value below 1 / (areas of the district). The
null is therefore a model whose spread comes from this survey: means have a variance between areas and one of sampling
(moments, t tail); shares of responses are beta-binomial with the estimated overdispersion. Both are fitted twice, the
second time without areas that the first fit finds impossible, so that a coached area cannot hide behind the spread that
it causes itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, stdtr

from survey.quality.sheet import Floats

Ints = npt.NDArray[np.int64]
FLOOR = 1e-6
"""Smallest tail probability that is reported."""
FAR_Z, FAR_P = 4.0, 1e-3
MEDIAN_SQUARE = 0.4549  # median of the square of a standard normal deviate
LEAST_OVERDISPERSION, PRIOR = 0.005, 50.0
FOREMOST = 0.02
TERMS = 2_000_000
"""Terms of tails that are in memory together."""


@dataclass(frozen=True, slots=True)
class AreaSums:
    """Sums of a measure by area, [A] each: responses with it, their total, the total of their squares."""

    n: Floats
    total: Floats
    squares: Floats


@dataclass(frozen=True, slots=True)
class Outlying:
    """Results by area, [A] each: its figure, the figure expected from its district, one-sided p (NaN unknown)."""

    value: Floats
    expected: Floats
    p: Floats


def outlying_means(sums: AreaSums, district: Ints, *, low: bool) -> Outlying:
    """Find areas whose mean of a measure is high (or low).

    Args:
        sums: of the measure.
        district: [A] district of each area.
        low: look for low means.
    """
    mean = np.where(sums.n > 0, sums.total / np.maximum(sums.n, 1), np.nan)
    noise = sums.squares - sums.n * np.nan_to_num(mean) ** 2
    within = max(float(noise.sum()), 0.0) / max(float(sums.n.sum() - (sums.n > 0).sum()), 1.0)
    sampling = np.where(sums.n > 0, within / np.maximum(sums.n, 1), np.nan)
    return outlying_figures(mean, sampling, district, low=low)


def outlying_figures(
    figure: Floats, sampling: Floats, district: Ints, *, low: bool = False, few: bool = False
) -> Outlying:
    """Find areas whose figure is high (or low).

    Args:
        figure: [A] a figure, NaN unknown.
        sampling: [A] its sampling variance.
        district: [A] district of each area.
        low: look for low figures.
        few: with few areas one could hide behind the spread that it causes; start from the median spread.
    """
    known = np.isfinite(figure)
    keep = known.copy()
    z, expected = np.full(len(figure), np.nan), np.full(len(figure), np.nan)
    for first in (True, False):
        expected, others = _others(figure, keep, district)
        gap = figure - expected
        used = keep & np.isfinite(gap)
        if used.sum() < 3:
            break
        spread = gap**2 / (1 + 1 / np.maximum(others, 1))
        found = float(np.median(spread[used]) / MEDIAN_SQUARE if few and first else spread[used].mean())
        between = max(found - float(sampling[used].mean()), 0.0)
        z = gap / np.sqrt(np.maximum((between + sampling) * (1 + 1 / np.maximum(others, 1)), 1e-18))
        keep = known & ~(np.abs(z) > FAR_Z)
    df = max(int(keep.sum()) - len(np.unique(district[keep])), 4)
    p = stdtr(df, z if low else -z)
    return Outlying(figure, expected, np.where(np.isfinite(z), np.clip(p, FLOOR, 1.0), np.nan))


def explained_by(figure: Floats, cause: Floats) -> Floats:
    """Predict a figure of an area from another one by a parabola through all areas.

    Contented areas answer alike because they are content; only likeness beyond that is evidence. Areas far from the
    parabola do not influence it, and it is not extrapolated beyond the range of the others.

    Args:
        figure: [A] NaN unknown.
        cause: [A] NaN unknown.

    Returns:
        [A]; NaN where either is unknown.
    """
    known = np.isfinite(figure) & np.isfinite(cause)
    keep, fitted = known.copy(), np.full(len(figure), np.nan)
    for _ in range(2):
        if keep.sum() < 6:
            return np.where(known, figure[known].mean() if known.any() else np.nan, np.nan)
        bent = np.polynomial.Polynomial.fit(cause[keep], figure[keep], 2)
        fitted = np.asarray(bent(np.clip(cause, cause[keep].min(), cause[keep].max())), dtype=np.float64)
        gap = np.where(known, figure - fitted, 0.0)
        keep = known & (np.abs(gap) <= FAR_Z * 1.4826 * np.median(np.abs(gap[known])) + 1e-12)
    return np.where(known, fitted, np.nan)


def outlying_shares(hits: Floats, answers: Floats, district: Ints) -> Outlying:
    """Find areas with more positive responses than areas of this survey differ by chance.

    Args:
        hits: [A] positive responses.
        answers: [A] positive and negative ones.
        district: [A] district of each area.
    """
    k, n, size = hits, answers, len(district)
    keep = (n > 0) & ~_foremost(k, n, district)
    p: Floats = np.full(size, np.nan)
    expected: Floats = p.copy()
    for _ in range(2):
        expected = _prior(k, n, keep, district)
        alike = 1 / _overdispersion(k, n, keep, expected) - 1
        usual = np.clip(expected, 1e-6, 1 - 1e-6)
        p = upper_tail(k, n, usual * alike, (1 - usual) * alike)
        keep = (n > 0) & ~(p < FAR_P)
    share = np.where(n > 0, k / np.maximum(n, 1), np.nan)
    return Outlying(share, expected, np.where(n > 0, np.clip(p, FLOOR, 1.0), np.nan))


def upper_tail(k: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """Return P(X >= k) of beta-binomial numbers of hits X among n [A each]; 1 where n is 0.

    Hits up to the mean are those that the others lack, so that the shorter tail is added up.
    `scipy.stats.betabinom` gives the same (tested), but scipy.stats takes .3 CPU s to import.
    """
    p = np.ones(len(k))
    below = (k * (a + b) <= n * a) & (n > 0)
    p[~below] = _tail(k[~below], n[~below], a[~below], b[~below])
    rest = np.where(k[below] > 0, _tail(n[below] - k[below] + 1, n[below], b[below], a[below]), 0.0)
    p[below] = np.clip(1 - rest, 0.0, 1.0)
    return p


def _tail(k: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """Return the sum of the probabilities of k, k + 1, ..., n hits; 1 where n is 0."""
    p = np.ones(len(k))
    size = int((n - k).max(initial=0)) + 1
    for start in range(0, len(k), max(TERMS // size, 1)):
        some = slice(start, start + max(TERMS // size, 1))
        hits = k[some, None] + np.arange(size)
        more = hits < n[some, None]
        left = np.where(more, n[some, None] - hits, 1.0)
        step = left / (hits + 1) * ((a[some, None] + hits) / np.where(more, b[some, None] + left - 1, 1.0))
        kept = np.minimum(k[some], n[some])
        first = -np.log(n[some] + 1) - betaln(n[some] - kept + 1, kept + 1)  # of n choose k
        first += betaln(kept + a[some], n[some] - kept + b[some]) - betaln(a[some], b[some])
        rest = np.exp(first[:, None] + np.cumsum(np.where(more, np.log(step), -np.inf), axis=1))
        p[some] = np.clip(np.exp(first) + rest.sum(axis=1), 0.0, 1.0)
    return p


def _foremost(k: Floats, n: Floats, district: Ints) -> npt.NDArray[np.bool_]:
    """Return the few areas furthest above their district, excluded from the first fit, which they would distort."""
    usual = np.clip(_prior(k, n, n > 0, district), 1e-6, 1 - 1e-6)
    score = np.where(n > 0, (k - n * usual) / np.sqrt(np.maximum(n, 1) * usual * (1 - usual)), -np.inf)
    few = max(1, round(FOREMOST * len(k)))
    foremost = np.zeros(len(k), dtype=np.bool_)
    foremost[np.argsort(score)[-few:]] = True
    return foremost


def _others(figure: Floats, keep: npt.NDArray[np.bool_], district: Ints) -> tuple[Floats, Floats]:
    """Return the mean of the other areas of the district, and their number; NaN where there is none."""
    size = int(district.max(initial=0)) + 1
    count = np.bincount(district[keep], minlength=size)[district] - keep
    total = np.bincount(district[keep], figure[keep], size)[district] - np.where(keep, figure, 0.0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), count.astype(float)


def _prior(k: Floats, n: Floats, keep: npt.NDArray[np.bool_], district: Ints) -> Floats:
    """Return the share in the other areas of the district, shrunk slightly towards the city."""
    city = (k[keep].sum() + 0.5) / (n[keep].sum() + 1)
    size = int(district.max(initial=0)) + 1
    hits = np.bincount(district[keep], k[keep], size)[district] - np.where(keep, k, 0)
    base = np.bincount(district[keep], n[keep], size)[district] - np.where(keep, n, 0)
    return np.asarray((hits + PRIOR * city) / (base + PRIOR), dtype=np.float64)


def _overdispersion(k: Floats, n: Floats, keep: npt.NDArray[np.bool_], usual: Floats) -> float:
    """Estimate the intra-area correlation by moments: Var k = n u (1 - u) (1 + (n - 1) rho)."""
    binomial = n * usual * (1 - usual)
    more = ((k - n * usual) ** 2 - binomial)[keep].sum()
    return float(np.clip(more / max(float((binomial * (n - 1))[keep].sum()), 1e-9), LEAST_OVERDISPERSION, 0.9))
