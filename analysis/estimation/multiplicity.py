"""Multiplicity: adjust the p-values of a family of comparisons. NaN stays NaN and is not counted.

The false discovery rates are those of statsmodels. Holm is ours: the statsmodels function runs the garbage collector
at every call (a tenth of a second in the dashboard), and contrasts call it for every item.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.design.cells import FloatArray


def holm(p: FloatArray) -> FloatArray:
    """Adjust for the family-wise error rate (Holm 1979, Scand. J. Statist. 6:65)."""
    return _of_known(p, _step_down)


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Adjust for the false discovery rate of independent or positively dependent tests.

    Source: Benjamini & Hochberg (1995), JRSS B 57:289.
    """
    return _of_known(p, lambda known: _false_discovery(known, "fdr_bh"))


def benjamini_yekutieli(p: FloatArray) -> FloatArray:
    """Adjust for the false discovery rate under any dependence, as of groups compared with their rest.

    Library only; no page or command uses it.

    Source: Benjamini & Yekutieli (2001), Annals of Statistics 29:1165.
    """
    return _of_known(p, lambda known: _false_discovery(known, "fdr_by"))


def _of_known(p: FloatArray, adjust: Callable[[FloatArray], FloatArray]) -> FloatArray:
    known = np.isfinite(p)
    adjusted = np.full_like(p, np.nan)
    if known.any():
        adjusted[known] = adjust(p[known])
    return adjusted


def _step_down(p: FloatArray) -> FloatArray:
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1.0)), 1.0)
    return adjusted


def _false_discovery(p: FloatArray, method: str) -> FloatArray:
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p, method=method)[1], dtype=np.float64)
