"""The variance behind an interval: the effective n, degrees of freedom and standard error that belong to its limits.

One row of a table has one variance. The pooled forms have that of the shrunken design effect, and so has every row in
which the default replaces another form; the forms of R have that of the sample; those of the NCHS standard have it with
n_eff never above n, and n itself at 0 and 1; `clopper_pearson` ignores the design.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.design.cells import FloatArray
from analysis.estimation.intervals import Rated, nchs_n

POOLED = frozenset({"wilson_pooled", "jeffreys_pooled"})
NCHS = frozenset({"kg_nchs", "jeffreys"})
BINOMIAL = frozenset({"clopper_pearson"})


def variance_behind(name: str, r: Rated, replaced: Any) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (effective n, degrees of freedom, standard error) of each rate, [K] each.

    The standard error is the root of p(1 - p) / n_eff. At 0 and 1, where that is zero and the interval is not, p is
    (x + 1/2) / (n_eff + 1) in it; the forms of R keep their error of 0 there, with an effective n of NaN.

    Args:
        name: a name in `intervals.INTERVALS`.
        r: the rates.
        replaced: [K] where the default interval replaces an undefined one.
    """
    if name in POOLED:
        n_eff, df = r.n_pooled, r.df_pooled
    elif name in BINOMIAL:
        n_eff, df = r.n, np.maximum(r.n - 1, 0.0)
    elif name in NCHS:
        n_eff, df = np.minimum(r.n, nchs_n(r)[0]), r.df
    else:
        n_eff, df = np.where(r.variance > 0, r.n_eff, np.nan), r.df
    error = _error(r.p, n_eff) if name in POOLED | BINOMIAL | NCHS else np.sqrt(r.variance)
    shrunk = _error(r.p, r.n_pooled)
    return (
        np.where(replaced, r.n_pooled, n_eff),
        np.where(replaced, r.df_pooled, df),
        np.where(replaced, shrunk, error),
    )


def _error(p: FloatArray, n_eff: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where((p > 0) & (p < 1), p, (p * n_eff + 0.5) / (n_eff + 1))
        return np.asarray(np.sqrt(inside * (1 - inside) / n_eff))
