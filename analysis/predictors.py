"""Predictors of a regression as a model matrix with named columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.cells import FloatArray
from survey.errors import ArgumentError, DesignError

BoolArray = npt.NDArray[np.bool_]
CONSTANT = "(Intercept)"


@dataclass(frozen=True, slots=True)
class Predictors:
    """A model matrix.

    Attributes:
        matrix: (n, p); rows that are not complete hold zeros.
        names: p column names: "(Intercept)", a number's name, or name + level.
        terms: p predictor names, "" for the intercept.
        levels: p levels, None for numbers.
        references: categorical predictor -> all its levels, the reference first.
    """

    matrix: FloatArray
    names: tuple[str, ...]
    terms: tuple[str, ...]
    levels: tuple[Any, ...]
    references: Mapping[str, tuple[Any, ...]]

    def setting(self, term: str, level: Any) -> FloatArray:
        """The matrix with everyone at one level of a categorical term."""
        moved = self.matrix.copy()
        for at, (name, column_level) in enumerate(zip(self.terms, self.levels, strict=True)):
            if name == term:
                moved[:, at] = float(column_level == level)
        return moved


def predictors_of(
    columns: Mapping[str, npt.ArrayLike] | pd.DataFrame, wanted: BoolArray, reference: Mapping[str, Any]
) -> tuple[Predictors, BoolArray]:
    """Model matrix of the wanted rows that have every predictor, and which rows those are.

    Raises:
        ArgumentError: a reference level that nobody has, or a reference of an unknown predictor.
        DesignError: a predictor without variation, or no complete row.
    """
    frame = pd.DataFrame({str(name): pd.Series(np.asarray(values)) for name, values in columns.items()})
    unknown = [name for name in reference if name not in frame.columns]
    if unknown:
        raise ArgumentError("参照组的变量不在模型中", got="、".join(unknown), expected="、".join(frame.columns))
    if len(frame) != len(wanted) and len(frame.columns):
        raise DesignError("自变量与答卷的行数不同", got=f"{len(frame)} 与 {len(wanted)} 行")
    complete = wanted & frame.notna().all(axis=1).to_numpy() if len(frame.columns) else wanted.copy()
    if not complete.any():
        raise DesignError("没有一份答卷同时具备因变量和全部自变量", cure="减少自变量，或检查缺失值")
    parts: list[tuple[str, str, Any, FloatArray]] = [(CONSTANT, "", None, complete.astype(np.float64))]
    references: dict[str, tuple[Any, ...]] = {}
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name]):
            parts.append((name, name, None, _number(frame[name], complete)))
            continue
        levels = _levels(frame[name][complete], name, reference.get(name))
        references[name] = levels
        column = frame[name].to_numpy()
        parts += [(f"{name}{level}", name, level, ((column == level) & complete).astype(float)) for level in levels[1:]]
    names, terms, kinds, values = zip(*parts, strict=True)
    return Predictors(np.column_stack(values), names, terms, kinds, references), complete


def _number(column: pd.Series[Any], complete: BoolArray) -> FloatArray:
    values = np.where(complete, column.to_numpy(dtype=np.float64, na_value=np.nan), 0.0)
    if not np.isfinite(values).all():
        raise DesignError("数值自变量中有无穷大", where=str(column.name))
    return values


def _levels(column: pd.Series[Any], name: str, reference: Any) -> tuple[Any, ...]:
    levels = sorted(column.unique().tolist())
    if len(levels) < 2:
        raise DesignError("自变量在数据中只有一类，无法比较", where=name, got=str(levels[0]), cure="去掉这个自变量")
    if reference is None:
        return tuple(levels)
    if reference not in levels:
        raise ArgumentError(
            "数据中没有这个参照组", where=name, got=str(reference), expected="、".join(map(str, levels))
        )
    return (reference, *(level for level in levels if level != reference))
