"""Population margins in the form a calibration needs: one column and one total each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.errors import CalibrationError

FloatArray = npt.NDArray[np.float64]

AGREEMENT = 1e-6
"""Largest relative difference between the sums of two margins that counts as rounding."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Auxiliary variables with known population totals.

    Attributes:
        columns: (n, p) values of the auxiliaries for each row (or cell) of the sample.
        totals: (p,) population totals in the units of the columns.
        names: p labels, used in messages.
    """

    columns: FloatArray
    totals: FloatArray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check shapes and finiteness once, for all solvers."""
        shape = (self.columns.shape[0], len(self.names))
        if self.columns.shape != shape or self.totals.shape != (len(self.names),):
            raise CalibrationError(
                "辅助变量与总数的个数不一致",
                got=f"{self.columns.shape[1]} 列，{self.totals.size} 个总数，{len(self.names)} 个名称",
                expected="每列一个总数、一个名称",
            )
        if not np.isfinite(self.columns).all():
            bad = [self.names[k] for k in np.flatnonzero(~np.isfinite(self.columns).all(axis=0))]
            raise CalibrationError(
                "辅助变量中有缺失值，无法校准", where="、".join(bad), cure="先补全该变量，或换用没有缺失的变量"
            )
        if not np.isfinite(self.totals).all():
            bad = [self.names[k] for k in np.flatnonzero(~np.isfinite(self.totals))]
            raise CalibrationError("总体总数有缺失值", where="、".join(bad), cure="补全 margins.csv 中的人口数")


def margins(
    frame: pd.DataFrame,
    categories: Mapping[str, Mapping[Any, float]] | None = None,
    *,
    numbers: Mapping[str, float] | None = None,
    population: float | None = None,
) -> Margins:
    """Build the calibration margins of a sample.

    Args:
        frame: one row per respondent or cell, with the named columns.
        categories: variable -> {level: population count}. Every level in the sample needs a count.
        numbers: numeric variable -> population total of that variable.
        population: number of people; added as a constant column unless a category variable already fixes it.

    Returns:
        Margins with all levels of each variable (a solver drops what is redundant).

    Raises:
        CalibrationError: a level without a count, a count without a respondent, or margins whose sums differ.
    """
    sizes = {name: float(sum(levels.values())) for name, levels in (categories or {}).items()}
    if population is not None:
        sizes["总人口"] = float(population)
    _check_sums(sizes)
    parts: list[tuple[str, FloatArray, float]] = []
    for name, levels in (categories or {}).items():
        parts += _indicators(frame, name, levels)
    if population is not None:
        parts.append(("总人口", np.ones(len(frame)), float(population)))
    parts += [
        (name, _column(frame, name).to_numpy(np.float64), float(total)) for name, total in (numbers or {}).items()
    ]
    if not parts:
        raise CalibrationError("没有给出任何边际总数", expected="至少一个分类或数值变量", cure="检查 margins.csv")
    return Margins(
        np.column_stack([column for _, column, _ in parts]),
        np.array([total for _, _, total in parts]),
        tuple(name for name, _, _ in parts),
    )


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in frame.columns:
        raise CalibrationError(
            "样本中没有校准变量", where=name, expected="、".join(map(str, frame.columns)), cure="改用样本中有的变量"
        )
    return frame[name]


def _check_sums(sizes: Mapping[str, float]) -> None:
    if len(sizes) < 2:
        return
    low, high = min(sizes, key=lambda k: sizes[k]), max(sizes, key=lambda k: sizes[k])
    if sizes[high] - sizes[low] > AGREEMENT * abs(sizes[high]):
        raise CalibrationError(
            "各边际的人口总数互相矛盾",
            got=f"{low} 合计 {sizes[low]:,.0f}，{high} 合计 {sizes[high]:,.0f}",
            expected="各变量的合计相等",
            cure="核对人口数据的口径和年份",
        )


def _indicators(frame: pd.DataFrame, name: str, levels: Mapping[Any, float]) -> list[tuple[str, FloatArray, float]]:
    column = _column(frame, name)
    if column.isna().any():
        raise CalibrationError(
            "校准变量有缺失值", where=name, got=f"{int(column.isna().sum())} 行缺失", cure="先补全，或把缺失单列一类"
        )
    seen = set(column.unique().tolist())
    unknown = sorted(map(str, seen - set(levels)))
    if unknown:
        raise CalibrationError(
            "样本中的类别没有对应的人口数", where=name, got="、".join(unknown), expected="、".join(map(str, levels))
        )
    empty = [str(level) for level, count in levels.items() if level not in seen and count > 0]
    if empty:
        raise CalibrationError(
            "有人口而样本中无人的类别", where=name, got="、".join(empty), cure="与相邻类别合并后再校准"
        )
    bad = [str(level) for level, count in levels.items() if level in seen and not count > 0]
    if bad:
        raise CalibrationError("样本中有人而人口数不是正数的类别", where=name, got="、".join(bad))
    return [
        (f"{name}={level}", (column == level).to_numpy(np.float64), float(count))
        for level, count in levels.items()
        if level in seen
    ]
