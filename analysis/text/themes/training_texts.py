"""Training texts: which different texts the model of the codebook is trained on, so that few new ones change it.

All of them up to `EVERY`. Beyond, those of a round number of the earliest answers, at least eight ninths of all,
thinned by digest; so later answers leave the model as it is until their number reaches the next round one.
"""

from __future__ import annotations

import numpy as np

from analysis.text.answers import Digests
from analysis.text.copy_rule import Ints

EVERY = 40_000
"""Different texts up to which all of them train the model, and the most that train it."""
_BITS = 4
"""Binary digits of a round number that may differ from 0: 8 to 15, doubled some times."""
_DIGESTS = 1 << 63


def training_texts(names: Digests, arrival: Ints) -> Digests:
    """Return the digests of the texts that train the model, ascending.

    Args:
        names: [N] digests of the raw texts of all answers.
        arrival: [N] number of the import that brought each answer; later ones have larger numbers.
    """
    different = _different(names)
    if len(different) <= EVERY:
        return different
    early = _different(names[np.argsort(arrival, kind="stable")[: _round(len(names))]])
    below = _DIGESTS
    while len(early) > EVERY:
        below //= 2
        early = early[: np.searchsorted(early, below)]
    return early


def _different(names: Digests) -> Digests:
    """Return the different digests, ascending; `numpy.unique` takes longer."""
    ordered = np.sort(names)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _round(number: int) -> int:
    """Return the largest round number that is not larger."""
    zeros = max(0, number.bit_length() - _BITS)
    return number >> zeros << zeros
