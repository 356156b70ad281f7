"""One pass over responses that are in memory already: cells from a ready cell number per row.

For data that did not come from the store (simulations, a user's own arrays) and for speed: a weighted count over
(cell, state) with the states missing, 0 and 1 gives every sum of a rate at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray, Variable
from survey.errors import DesignError

EXACT = 2**53  # whole numbers up to here are exact in float64, in which numpy counts
ROWS = 1 << 16  # at a time, so that what is made on the way stays in the cache


def sum_rows(
    keys: pd.DataFrame,
    code: npt.NDArray[Any],
    w: npt.NDArray[Any],
    answers: Mapping[str, npt.NDArray[Any]],
    *,
    scale: int = 1,
) -> Cells:
    """Sum rows into cells.

    Args:
        keys: one row a cell, as `Cells.keys`.
        code: [N] cell of each row.
        w: [N] base weights: int64 fixed point with its scale, or floats. Positive.
        answers: item -> [N] 1, 0, and a negative number where the row is outside the base.
        scale: fixed-point scale.

    Raises:
        DesignError: a weight that is not positive, or whole-number sums beyond 2^53.
    """
    size, whole = len(keys), np.issubdtype(w.dtype, np.integer)
    total = float(w.sum(dtype=np.float64)) if len(w) else 0.0
    if len(w) and not w.min() > 0:
        raise DesignError("权数必须是正数", got=str(w.min()))
    if whole and total >= EXACT:
        raise DesignError("权数之和超出可精确相加的范围", got=f"{total:.3g}", cure="减小定点权数的倍数")
    sums = _Sums.empty(len(answers), size)
    step = max(ROWS, 6 * size)
    for start in range(0, len(code), step):
        part = slice(start, start + step)
        _add(sums, np.asarray(code[part], dtype=np.int64), w[part], [y[part] for y in answers.values()])
    kind = np.int64 if whole else np.float64
    wy, ny = sums.total[:, :, 2].astype(kind), sums.number[:, :, 2]
    return Cells(
        keys=keys,
        items=tuple(Variable(name) for name in answers),
        n=sums.n,
        w=sums.w.astype(kind),
        ww=sums.ww / scale**2,
        n_i=sums.number[:, :, 1] + ny,
        wo=sums.total[:, :, 1].astype(kind) + wy,
        wy=wy,
        ny=ny,
        wyy=wy,
        scale=scale,
    )


@dataclass(frozen=True, slots=True)
class _Sums:
    """Running sums: by cell, and by item, cell and state (missing, 0, 1; of missing nothing is kept when sorted)."""

    n: IntArray
    w: FloatArray
    ww: FloatArray
    number: IntArray
    total: FloatArray

    @classmethod
    def empty(cls, items: int, size: int) -> _Sums:
        shape = (items, size, 3)
        return cls(
            np.zeros(size, dtype=np.int64),
            np.zeros(size),
            np.zeros(size),
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape),
        )


def _add(sums: _Sums, code: IntArray, given: npt.NDArray[Any], answers: list[npt.NDArray[Any]]) -> None:
    """Add some rows; the rows of a cell come together where the store has sorted them, which is twice as fast."""
    w = given.astype(np.float64)
    step = np.diff(code)
    if (step >= 0).all():
        _add_sorted(sums, code, np.append(0, np.flatnonzero(step) + 1), w, answers)
        return
    size = len(sums.n)
    sums.n[:] += np.bincount(code, minlength=size)
    sums.w[:] += np.bincount(code, weights=w, minlength=size)
    sums.ww[:] += np.bincount(code, weights=w * w, minlength=size)
    triple = code * 3 + 1
    for at, y in enumerate(answers):
        place = triple + np.clip(y, -1, 1)
        sums.number[at] += np.bincount(place, minlength=3 * size).reshape(size, 3)
        sums.total[at] += np.bincount(place, weights=w, minlength=3 * size).reshape(size, 3)


def _add_sorted(sums: _Sums, code: IntArray, starts: IntArray, w: FloatArray, answers: list[npt.NDArray[Any]]) -> None:
    cell = code[starts]
    sums.n[cell] += np.diff(np.append(starts, len(code)))
    sums.w[cell] += np.add.reduceat(w, starts)
    sums.ww[cell] += np.add.reduceat(w * w, starts)
    weighed = np.empty_like(w)
    for at, y in enumerate(answers):
        for state, mask in ((1, y == 0), (2, y > 0)):
            sums.number[at, cell, state] += np.add.reduceat(mask, starts, dtype=np.int32)
            sums.total[at, cell, state] += np.add.reduceat(np.multiply(w, mask, out=weighed), starts)
