"""Cells from a plain pandas frame: for data that never went through a study folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import SAMPLING_KEYS, Cells, FloatArray, IntArray, Named, Variable
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
        frame: one row a response. Never drop rows for a domain: ask for the domain later.
        items: numeric columns; missing values are answers outside the base. Ratios in [0, 1] are rates.
        by: columns kept as keys for domains and margins.
        design: any of stratum, psu, ssu, fpc1, fpc2 -> column. No psu: every row is its own psu.
        weight: column of base weights; 1 for all when None.
        collapse: False keeps every row as its own cell, in the order of the frame, as calibration on
            continuous auxiliaries needs.

    Raises:
        DesignError: an unknown column, a missing sampling unit, a negative or missing weight.
    """
    sampling = {key: name for key, name in (design or {}).items() if name}
    unknown = set(sampling) - set(SAMPLING_KEYS)
    if unknown:
        raise DesignError("抽样设计的键不认识", got="、".join(sorted(unknown)), expected="、".join(SAMPLING_KEYS))
    named = tuple(Variable(item) if isinstance(item, str) else item for item in items)
    _need(frame, [*by, *sampling.values(), *([weight] if weight else []), *(item.name for item in named)])
    weights = _weights(frame, weight)
    keys = pd.DataFrame({key: frame[name].to_numpy() for key, name in sampling.items()})
    if "psu" not in keys:
        keys.insert(0, "psu", np.arange(len(frame), dtype=np.int64))
    if keys.isna().to_numpy().any():
        raise DesignError("抽样单元有缺失", where="、".join(keys.columns[keys.isna().any()]))
    for name in by:
        keys[name] = pd.Series(frame[name].to_numpy())
    code, first = _group(keys, collapse)
    return _sum(keys.iloc[first].reset_index(drop=True), named, code, weights, frame)


def _need(frame: pd.DataFrame, names: Sequence[str]) -> None:
    lost = [name for name in names if name not in frame.columns]
    if lost:
        raise DesignError("数据中没有这些列", got="、".join(lost), expected="、".join(map(str, frame.columns)))


def _weights(frame: pd.DataFrame, weight: str | None) -> FloatArray:
    if weight is None:
        return np.ones(len(frame))
    values = frame[weight].to_numpy(dtype=np.float64)
    bad = ~(values >= 0) | np.isinf(values)
    if bad.any():
        raise DesignError(
            "权数必须是不小于 0 的数",
            where=f"{weight} 列，第 {int(np.flatnonzero(bad)[0]) + 1} 行",
            got=str(values[bad][0]),
            cure="改正权数；不参加推断的答卷请写 0",
        )
    return values


def _group(keys: pd.DataFrame, collapse: bool) -> tuple[IntArray, IntArray]:
    """Cell number of every row, and the first row of every cell."""
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
    columns = [frame[item.name].to_numpy(dtype=np.float64, na_value=np.nan) for item in items]
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
