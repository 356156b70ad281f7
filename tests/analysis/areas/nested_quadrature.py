"""The posterior of `models.nested_model` without covariates by brute force: nested sums over fine grids."""

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from analysis.areas.models.nested_model import LEVEL_SD, SPREAD_SCALE

LOGITS = np.linspace(-9.0, 9.0, 241)
SPREADS = np.concatenate([[0.02, 0.06], np.arange(0.12, 2.2, 0.12)])


def exact(x: np.ndarray, n: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return exp-it of the posterior mean logit, and the ends of the 95 % interval, of every area."""
    log = x[:, None] * LOGITS - n[:, None] * np.logaddexp(0.0, LOGITS)
    likelihood = np.exp(log - log.max(axis=1, keepdims=True))
    prior = np.gradient(SPREADS) * SPREADS * np.exp(-0.5 * (SPREADS / SPREAD_SCALE) ** 2)
    kernels = [_kernel(spread) for spread in SPREADS]
    level = norm.pdf(LOGITS, 0.0, LEVEL_SD)
    mass = np.zeros_like(likelihood)
    for within, prior_within in zip(kernels, prior, strict=True):
        area = likelihood @ within  # of the group's level
        groups = np.stack([area[group == one].prod(axis=0) for one in range(group.max() + 1)])
        for between, prior_between in zip(kernels, prior, strict=True):
            whole = groups @ between  # of the level of all
            for at, own in enumerate(group):
                others = np.delete(whole, own, axis=0).prod(axis=0) * level
                rest = np.delete(area[group == own], np.sum(group[:at] == own), axis=0).prod(axis=0)
                mass[at] += prior_within * prior_between * (within @ (rest * (between @ others))) * likelihood[at]
    mass /= mass.sum(axis=1, keepdims=True)
    middle = np.cumsum(mass, axis=1) - 0.5 * mass
    low, high = (np.array([np.interp(tail, one, LOGITS) for one in middle]) for tail in (0.025, 0.975))
    return expit(mass @ LOGITS), expit(low), expit(high)


def _kernel(spread: float) -> np.ndarray:
    """Return the density of a logit (rows) given its centre (columns), each column summing to 1."""
    step = LOGITS[1] - LOGITS[0]
    density = norm.pdf(LOGITS[:, None], LOGITS[None, :], np.hypot(spread, 0.3 * step))
    return density / density.sum(axis=0)
