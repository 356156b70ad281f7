"""Rivals of the models and rules of `analysis.areas`: what other tools and earlier versions of Silu do."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betainc, betaln, ndtri

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def bayes_fdr(probability: Floats, q: float = 0.10) -> Flags:
    """Return the longest list, most probable first, with mean 1 - probability at most q (Newton et al. 2004).

    A row is never listed at a probability of one half or less.
    """
    order = np.argsort(-probability, kind="stable")
    doubt = np.cumsum(1.0 - probability[order]) / np.arange(1, len(probability) + 1)
    size = int(np.max(np.flatnonzero(doubt <= q), initial=-1)) + 1
    listed = np.zeros(len(probability), dtype=bool)
    listed[order[:size]] = True
    return listed & (probability > 0.5)


def empirical_bayes(share: Floats, n_eff: Floats, line: float) -> tuple[Floats, Floats]:
    """Plug in the most likely Beta prior; return P(below the line) and posterior means."""
    x = share * n_eff
    means, sizes = (grid.ravel() for grid in np.meshgrid(np.linspace(0.5, 0.995, 100), np.geomspace(2, 5000, 60)))
    a, b = means * sizes, (1 - means) * sizes
    fit = (betaln(a + x[:, None], b + (n_eff - x)[:, None]) - betaln(a, b)).sum(axis=0)
    best = int(np.argmax(fit))
    first, second = a[best] + x, b[best] + n_eff - x
    return betainc(first, second, line), first / (first + second)


def fay_herriot(share: Floats, n_eff: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit the Fay-Herriot model on the arcsine scale by REML (Rao & Molina 2015, sec. 6.2), mean alone, no groups.

    Returns:
        Estimate and ends of the 95 % interval of each area, shares; every area needs answers.
    """
    y, d = np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))), 1.0 / (4.0 * n_eff)

    def loss(between: float) -> float:
        w = 1.0 / (between + d)
        residual = y - (w * y).sum() / w.sum()
        return float(-np.log(w).sum() + np.log(w.sum()) + (w * residual**2).sum())

    upper = max(4.0 * float(np.var(y)), 1e-6)
    found = minimize_scalar(loss, bounds=(0.0, upper), method="bounded", options={"xatol": upper * 1e-7})
    between = 0.0 if loss(0.0) <= found.fun else float(found.x)
    w = 1.0 / (between + d)
    keep = between * w
    theta = np.clip(keep * y + (1.0 - keep) * (w * y).sum() / w.sum(), 0.0, np.pi / 2)
    third = d**2 * w**3 / (0.5 * (w**2).sum())
    mse = np.minimum((1.0 - keep) * between + (1.0 - keep) ** 2 / w.sum() + 2.0 * third, d + third)
    reach = ndtri(0.975) * np.sqrt(mse)
    low, high = (np.sin(np.clip(theta + sign * reach, 0.0, np.pi / 2)) ** 2 for sign in (-1.0, 1.0))
    return (1.0 - np.exp(-2.0 * mse) * np.cos(2.0 * theta)) / 2.0, low, high


def samplics_area(share: Floats, error: Floats, covariates: Floats) -> tuple[Floats, Floats, Floats] | None:
    """Fit the area model of samplics (`EblupAreaModel`, REML), where it is installed.

    samplics is no longer maintained and not among the requirements; install it in an environment of its own.

    Args:
        share: direct rate of each area.
        error: its standard error, above 0.
        covariates: (areas, k) known values; an intercept is added.

    Returns:
        Estimate and ends of the 95 % interval of each area, shares; None without samplics.
    """
    if find_spec("samplics") is None:
        return None
    from samplics.sae import EblupAreaModel
    from samplics.utils.types import FitMethod

    model, area = EblupAreaModel(FitMethod.reml), np.arange(len(share))
    model.fit(share, covariates, area, error)
    model.predict(covariates, area)
    estimate, mse = (np.array([one[at] for at in area]) for one in (model.area_est, model.area_mse))
    reach = ndtri(0.975) * np.sqrt(mse)
    return estimate, estimate - reach, estimate + reach
