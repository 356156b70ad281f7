"""Differences of means by unit: a group against all others together, groups of two sets or pairs against each other."""

from __future__ import annotations

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.overlapping import Overlapping
from analysis.estimation.linear import Linear
from analysis.estimation.units.unit_means import PARTS, Part, safe_ratio, squares_of


def rest_sizes(linear: Linear) -> tuple[FloatArray, FloatArray]:
    """Return the means of all other domains together (Y - Y_d) / (W - W_d) and W - W_d, [K] each."""
    found = [_rest(part) for part in linear.cache[PARTS]]
    value, size = (np.concatenate([pair[at].reshape(-1) for pair in found]) for at in (0, 1))
    return value, size


def variance_from_rest(linear: Linear) -> FloatArray:
    """Return the variance of each mean in exclusive domains minus that of all others together [K].

    The influence of the rest is the ratio of totals that leave the domain out:

        z_u = ((Y_u - Y_ud) - q (W_u - W_ud)) / (W - W_d),    q = (Y - Y_d) / (W - W_d)
    """
    found, parts = list[FloatArray](), tuple[Part, ...](linear.cache[PARTS])
    for part in parts:
        weight, mean = safe_ratio(part.value, part.under)
        off, rest = safe_ratio(*_rest(part))
        for some, up, down in part.totals():
            own, held = up * (weight + off)[some], np.empty_like(up)
            own -= np.multiply(down, (mean * weight + rest * off)[some], out=held)
            own -= up.sum(axis=2, keepdims=True) * off[some]
            own += down.sum(axis=2, keepdims=True) * (rest * off)[some]
            found.append(squares_of(own).reshape(-1))
    return np.concatenate(found)


def variance_between(first: Linear, second: Linear) -> FloatArray:
    """Return the variance of each mean among those who chose an option minus that among those who did not [K]."""
    assert isinstance(first.domains, Overlapping)
    parts: list[tuple[Part, Part]] = list(zip(first.cache[PARTS], second.cache[PARTS], strict=True))
    found = [
        squares_of(rows - others).reshape(-1)
        for one, two in parts
        for (_, rows), (_, others) in zip(one.influences(), two.influences(), strict=True)
    ]
    return np.concatenate(found)[np.tile(first.domains.held, len(first.items))]


def variance_of_pairs(linear: Linear, first: IntArray, second: IntArray) -> FloatArray:
    """Return the variance of the difference of each pair of domains, item by item [I P]."""
    found = list[FloatArray]()
    for part in linear.cache[PARTS]:
        for _, rows in part.influences():
            for item in range(rows.shape[1]):
                own = rows[:, item].T @ rows[:, item]
                alone = np.diag(own)
                found.append(np.maximum(alone[first] + alone[second] - 2 * own[first, second], 0.0))
    return np.concatenate(found)


def variance_of_sums(linear: Linear, codes: FloatArray) -> FloatArray:
    """Return the variance of the sum of code times mean over the items [I] of each domain [D]."""
    parts: tuple[Part, ...] = tuple(linear.cache[PARTS])
    ends = np.cumsum([len(part.down) for part in parts])[:-1]
    total = sum(
        np.einsum("uid,i->ud", rows, own[some])
        for part, own in zip(parts, np.split(codes, ends), strict=True)
        for some, rows in part.influences()
    )
    return squares_of(np.asarray(total))


def _rest(part: Part) -> tuple[FloatArray, FloatArray]:
    """Return the means of all other domains and their size [I, D]."""
    over, under = (one.sum(axis=1, keepdims=True) - one for one in (part.over, part.under))
    with np.errstate(divide="ignore", invalid="ignore"):
        return over / under, under
