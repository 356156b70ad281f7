"""Differences of means by unit: a group against all others together, and groups of two sets against each other."""

from __future__ import annotations

import numpy as np

from analysis.design.cells import FloatArray
from analysis.design.design import Design
from analysis.estimation.linear import Linear
from analysis.estimation.units.unit_means import PARTS, Part, ratio_influence


def rest_sizes(linear: Linear) -> tuple[FloatArray, FloatArray]:
    """Return the means of all other domains together (Y - Y_d) / (W - W_d) and W - W_d, [K] each."""
    found = [_rest(part) for part in linear.cache[PARTS]]
    value, size = (np.concatenate([pair[at].reshape(-1) for pair in found]) for at in (0, 1))
    return value, size


def variance_from_rest(design: Design, linear: Linear) -> FloatArray:
    """Return the variance of each mean in exclusive domains minus that of all others together [K].

    The influence of the rest is the ratio of totals that leave the domain out:

        z_u = ((Y_u - Y_ud) - q (W_u - W_ud)) / (W - W_d),    q = (Y - Y_d) / (W - W_d)
    """
    found, parts = list[FloatArray](), tuple[Part, ...](linear.cache[PARTS])
    for part in parts:
        up, down = part.totals()
        own = ratio_influence(up, down, part.value, part.under)
        more, below = (one.sum(axis=2, keepdims=True) - one for one in (up, down))
        found.append(design.variance_of_totals(own - ratio_influence(more, below, *_rest(part))))
    return np.concatenate(found)


def variance_between(design: Design, first: Linear, second: Linear) -> FloatArray:
    """Return the variance of each mean of one set of domains minus the same mean of another set [K]."""
    parts: list[tuple[Part, Part]] = list(zip(first.cache[PARTS], second.cache[PARTS], strict=True))
    return np.concatenate([design.variance_of_totals(one.influence() - two.influence()) for one, two in parts])


def _rest(part: Part) -> tuple[FloatArray, FloatArray]:
    """Return the means of all other domains and their size [I, D]."""
    over, under = (one.sum(axis=1, keepdims=True) - one for one in (part.over, part.under))
    with np.errstate(divide="ignore", invalid="ignore"):
        return over / under, under
