"""Cells from data in memory: a pandas frame of responses, or arrays with a ready cell number per row.

For data that did not come from a study's store: a user's own frame, or simulations. `sum_rows` needs one pass: a
weighted count over (cell, state), with the states missing, 0 and 1, gives every sum of a rate at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FPC, SAMPLING_KEYS, Cells, FloatArray, IntArray, Named, NumericItem
from survey.errors import DesignError


def cells_from_frame(
    frame: pd.DataFrame,
    items: Sequence[str | Named],
    *,
    by: Sequence[str] = (),
    design: Mapping[str, str | None] | None = None,
    weight: str | None = None,
    collapse: bool = True,
) -> Cells:
    """Sum a frame of responses (one row each) into cells.

    Args:
        frame: one row per response. Never drop rows for a domain: ask for the domain later.
        items: numeric columns; missing values are outside the base. Binary items are rates, shares in [0, 1].
        by: columns kept as keys for domains and margins.
        design: any of stratum, psu, ssu, fpc1, fpc2 -> column. Without psu every row is its own PSU.
        weight: column of base weights; 1 for all when None.
        collapse: False keeps every row as its own cell, in the order of the frame, as calibration on
            continuous auxiliaries needs.

    Raises:
        DesignError: an unknown column, a missing sampling unit, a negative or missing weight, text among the items.
    """
    sampling = {key: name for key, name in (design or {}).items() if name}
    unknown = set(sampling) - set(SAMPLING_KEYS)
    if unknown:
        raise DesignError("抽样设计的键不认识", got="、".join(sorted(unknown)), expected="、".join(SAMPLING_KEYS))
    named = tuple(NumericItem(item) if isinstance(item, str) else item for item in items)
    _need(frame, [*by, *sampling.values(), *([weight] if weight else []), *(item.name for item in named)])
    weights = _weights(frame, weight)
    keys = _sampling_keys(frame, sampling)
    for name in by:
        keys[name] = pd.Series(_labels(frame[name]))
    code, first = _group(keys, collapse)
    return _sum(keys.iloc[first].reset_index(drop=True), named, code, weights, frame)


def _need(frame: pd.DataFrame, names: Sequence[str]) -> None:
    lost = [name for name in names if name not in frame.columns]
    if lost:
        raise DesignError("数据中没有这些列", got="、".join(lost), expected="、".join(map(str, frame.columns)))


def _sampling_keys(frame: pd.DataFrame, sampling: Mapping[str, str]) -> pd.DataFrame:
    """Return the sampling unit of every row; refuse rows without one."""
    keys = pd.DataFrame(
        {key: numbers(frame[name]) if key in FPC else frame[name].to_numpy() for key, name in sampling.items()}
    )
    for key, name in sampling.items():
        lost = keys[key].isna().to_numpy()
        if lost.any():
            raise DesignError(
                "抽样单元有缺失",
                where=f"{name} 列，第 {int(lost.argmax()) + 1} 行",
                got=f"{int(lost.sum())} 行缺失",
                cure="补全编码；没有抽样点的答卷请作为另一份数据单独分析",
            )
    if "psu" not in keys:
        keys.insert(0, "psu", np.arange(len(frame), dtype=np.int64))
    return keys


def _weights(frame: pd.DataFrame, weight: str | None) -> FloatArray:
    if weight is None:
        return np.ones(len(frame))
    values = numbers(frame[weight])
    bad = ~(values >= 0) | np.isinf(values)
    if bad.any():
        raise DesignError(
            "权数必须是不小于 0 的数",
            where=f"{weight} 列，第 {int(np.flatnonzero(bad)[0]) + 1} 行",
            got=str(values[bad][0]),
            cure="改正权数；不参加推断的答卷请写 0",
        )
    return values


def _labels(column: pd.Series[Any]) -> Any:
    """Return the values of a grouping column; a categorical column keeps the order of its categories."""
    return column.array if isinstance(column.dtype, pd.CategoricalDtype) else column.to_numpy()


def numbers(column: pd.Series[Any]) -> FloatArray:
    """Return a column as floats: True is 1, a missing value NaN.

    Raises:
        DesignError: a value that is not a number, text like "1" included.
    """
    if pd.api.types.is_numeric_dtype(column):
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    known = column.notna().to_numpy()
    plain = [isinstance(value, bool | np.bool_ | Number) for value in column[known]]
    if not all(plain):
        at = int(np.flatnonzero(known)[plain.index(False)])
        raise DesignError(
            "这一列应当是数值",
            where=f"{column.name} 列，第 {at + 1} 行",
            got=str(column.iloc[at]),
            expected="0 和 1，或其他数值",
            cure='先编码成数值，例如 frame["满意"] = (frame["评价"] == "满意").astype(float)，不适用者留空',
        )
    return np.array([float(value) if there else np.nan for value, there in zip(column, known, strict=True)])


def _group(keys: pd.DataFrame, collapse: bool) -> tuple[IntArray, IntArray]:
    """Return the cell number of every row, and the first row of every cell."""
    rows = np.arange(len(keys), dtype=np.int64)
    if not collapse:
        return rows, rows
    code = np.zeros(len(keys), dtype=np.int64)
    for name in keys.columns:
        part, labels = pd.factorize(keys[name], sort=True)
        code = np.unique(code * (len(labels) + 1) + part + 1, return_inverse=True)[1].astype(np.int64)
    _, first = np.unique(code, return_index=True)
    return code, first.astype(np.int64)


def _sum(keys: pd.DataFrame, items: tuple[Named, ...], code: IntArray, w: FloatArray, frame: pd.DataFrame) -> Cells:
    size = len(keys)

    def total(values: npt.NDArray[Any]) -> FloatArray:
        return np.asarray(np.bincount(code, weights=values, minlength=size), dtype=np.float64)

    member = w > 0
    columns = [numbers(frame[item.name]) for item in items]
    for item, column in zip(items, columns, strict=True):
        if np.isinf(column).any():
            raise DesignError(
                "答案里有无穷大",
                where=f"{item.name} 列，第 {int(np.isinf(column).argmax()) + 1} 行",
                cure="改正或写为缺失",
            )
    known = [member & ~np.isnan(column) for column in columns]
    filled = [np.where(mask, column, 0.0) for mask, column in zip(known, columns, strict=True)]
    stack = (len(items), size)
    return Cells(
        keys=keys,
        items=items,
        n=total(member).astype(np.int64),
        w=total(w),
        ww=total(w * w),
        n_i=np.array([total(mask) for mask in known]).reshape(stack).astype(np.int64),
        wo=np.array([total(w * mask) for mask in known]).reshape(stack),
        wy=np.array([total(w * y) for y in filled]).reshape(stack),
        ny=np.array([total(y) for y in filled]).reshape(stack),
        wyy=np.array([total(w * y * y) for y in filled]).reshape(stack),
    )


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

    Library only: for simulations and arrays in memory; a study is summed in `analysis.design.cube`.

    Args:
        keys: one row per cell, as `Cells.keys`.
        code: [N] cell of each row.
        w: [N] base weights: int64 fixed point with its scale, or floats. Positive.
        answers: item -> [N] 1 or 0, negative where the row is outside the base.
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
        items=tuple(NumericItem(name) for name in answers),
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
    """Running sums: by cell, and by item, cell and state (missing, 0, 1; sorted rows keep none for missing)."""

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
    """Add some rows; rows that the store has sorted by cell are added twice as fast."""
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
