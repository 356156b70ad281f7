"""Posterior of a rate from its own answers alone: the city, and groups of people.

Beta(x + 1/2, n* - x + 1/2) with x = p n*: the prior of Jeffreys, and the effective size n* of the default interval (n
over the shrunken design effect, corrected for its degrees of freedom as in the NCHS standard). One variance is
behind interval and verdict.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.estimation.intervals import LEVEL, decision_n

Floats = npt.NDArray[np.float64]


def direct_below(
    share: npt.ArrayLike, sizes: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike], line: npt.ArrayLike
) -> Floats:
    """Return the posterior probability that each true rate lies below its line, in [0, 1].

    Args:
        share: direct estimates in [0, 1]; NaN where nobody answered.
        sizes: answers, effective size `n_pooled` and its degrees of freedom `df_pooled`, as `rates` returns them.
        line: the lines, shares; broadcast; NaN where there is none.

    Returns:
        NaN where the share or the line is missing, or nobody answered.
    """
    from scipy import special

    n, n_pooled, df_pooled = (np.asarray(one, dtype=float) for one in sizes)
    p, goal = np.asarray(share, dtype=float), np.asarray(line, dtype=float)
    size = decision_n(n, n_pooled, df_pooled, (1 - LEVEL) / 2)
    with np.errstate(invalid="ignore"):
        found = special.betainc(p * size + 0.5, (1 - p) * size + 0.5, np.clip(goal, 0.0, 1.0))
    return np.where(np.isfinite(p) & np.isfinite(goal) & (n > 0), found, np.nan)
