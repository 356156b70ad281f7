"""Multiplicity: adjust the p-values of a family of comparisons. NaN stays NaN and is not counted.

All three are ours, and the tests compare them with statsmodels and scipy: statsmodels takes 0.6 CPU s to import
(scipy.stats 0.35), more than the rest of `silu text`, and runs the garbage collector at every call.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray


def holm(p: FloatArray) -> FloatArray:
    """Adjust for the family-wise error rate (Holm 1979, Scand. J. Statist. 6:65).

    Like the others it takes one family [N], or a family a row [F, N].
    """
    order = np.argsort(p, axis=-1, kind="stable")  # NaN comes last
    left = np.maximum(_known(p) - np.arange(p.shape[-1]), 1.0)
    return _placed(np.maximum.accumulate(np.take_along_axis(p, order, -1) * left, axis=-1), order)


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Adjust for the false discovery rate of independent or positively dependent tests.

    Source: Benjamini & Hochberg (1995), JRSS B 57:289.
    """
    return _step_up(p, np.ones(_known(p).shape))


def benjamini_yekutieli(p: FloatArray) -> FloatArray:
    """Adjust for the false discovery rate under any dependence, as of groups compared with their rest.

    Contrasts have it as `p_by`; decisions go by `benjamini_hochberg`.

    Source: Benjamini & Yekutieli (2001), Annals of Statistics 29:1165.
    """
    known = _known(p)
    sums = {size: float(np.sum(1 / np.arange(1, size + 1))) for size in set(known.ravel().tolist())}
    return _step_up(p, np.array([sums[size] for size in known.ravel().tolist()]).reshape(known.shape))


def _known(p: FloatArray) -> npt.NDArray[np.int64]:
    """Return how many p-values each family has."""
    return np.asarray(np.isfinite(p).sum(axis=-1, keepdims=True))


def _step_up(p: FloatArray, factor: FloatArray) -> FloatArray:
    order, known = np.argsort(-p, axis=-1, kind="stable"), _known(p)
    scaled = np.take_along_axis(p, order, -1) * (factor * known / np.maximum(known - np.arange(p.shape[-1]), 1.0))
    return _placed(np.minimum.accumulate(scaled, axis=-1), order)


def _placed(adjusted: FloatArray, order: npt.NDArray[np.int64]) -> FloatArray:
    """Return sorted values, at most 1, in the places that they came from; NaN, which are last, stay NaN."""
    found = np.empty_like(adjusted)
    np.put_along_axis(found, order, np.minimum(adjusted, 1.0), -1)
    return found
