"""Differences of means by unit: a group against all others together, groups of two sets or pairs against each other."""

from __future__ import annotations

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.design import Design
from analysis.design.overlapping import Overlapping
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
    """Return the variance of each mean among those who chose an option minus that among those who did not [K]."""
    assert isinstance(first.domains, Overlapping)
    parts: list[tuple[Part, Part]] = list(zip(first.cache[PARTS], second.cache[PARTS], strict=True))
    found = [design.variance_of_totals(one.influence() - two.influence()) for one, two in parts]
    return np.concatenate(found)[np.tile(first.domains.held, len(first.items))]


def variance_of_pairs(design: Design, linear: Linear, first: IntArray, second: IntArray) -> FloatArray:
    """Return the variance of the difference of each pair of domains, item by item [I P]."""
    found, size = list[FloatArray](), len(linear.domains)
    for part in linear.cache[PARTS]:
        influence = part.influence()
        for start in range(0, influence.shape[1], size):
            own = design.covariance_of_totals(influence[:, start : start + size])
            alone = np.diag(own)
            found.append(np.maximum(alone[first] + alone[second] - 2 * own[first, second], 0.0))
    return np.concatenate(found)


def variance_of_sums(design: Design, linear: Linear, codes: FloatArray) -> FloatArray:
    """Return the variance of the sum of code times mean over the items [I] of each domain [D]."""
    parts: tuple[Part, ...] = tuple(linear.cache[PARTS])
    ends = np.cumsum([len(part.down) for part in parts])[:-1]
    total = sum(
        np.einsum("uid,i->ud", part.influence().reshape(part.sums.units, len(own), -1), own)
        for part, own in zip(parts, np.split(codes, ends), strict=True)
    )
    return design.variance_of_totals(np.asarray(total))


def _rest(part: Part) -> tuple[FloatArray, FloatArray]:
    """Return the means of all other domains and their size [I, D]."""
    over, under = (one.sum(axis=1, keepdims=True) - one for one in (part.over, part.under))
    with np.errstate(divide="ignore", invalid="ignore"):
        return over / under, under
