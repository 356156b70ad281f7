"""Predictors of a regression as a model matrix with named columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FloatArray
from survey.errors import ArgumentError, DesignError

BoolArray = npt.NDArray[np.bool_]
CONSTANT = "(Intercept)"
_Part = tuple[str, str, Any, FloatArray]
_Coded = tuple[str, npt.NDArray[Any], BoolArray, list[Any] | None]


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
    unknown = [name for name in reference if name not in columns]
    if unknown:
        raise ArgumentError("参照组的变量不在模型中", got="、".join(unknown), expected="、".join(map(str, columns)))
    coded = [_coded(str(name), np.asarray(values), len(wanted)) for name, values in columns.items()]
    complete = np.logical_and.reduce([wanted, *(known for _, _, known, _ in coded)])
    if not complete.any():
        raise DesignError("没有一份答卷同时具备因变量和全部自变量", cure="减少自变量，或检查缺失值")
    parts: list[_Part] = [(CONSTANT, "", None, complete.astype(np.float64))]
    references: dict[str, tuple[Any, ...]] = {}
    for name, values, _, labels in coded:
        if labels is None:
            parts.append((name, name, None, _number(name, values, complete)))
            continue
        levels = _levels(labels, values[complete], name, reference.get(name))
        references[name] = tuple(labels[at] for at in levels)
        for at in levels[1:]:
            parts.append((f"{name}{labels[at]}", name, labels[at], ((values == at) & complete).astype(np.float64)))
    names, terms, kinds, matrix = zip(*parts, strict=True)
    return Predictors(np.column_stack(matrix), names, terms, kinds, references), complete


def _coded(name: str, values: npt.NDArray[Any], rows: int) -> _Coded:
    """Numbers as they are, anything else as codes into sorted labels; and which rows are known."""
    if len(values) != rows:
        raise DesignError("自变量与答卷的行数不同", where=name, got=f"{len(values)} 与 {rows} 行")
    if values.dtype.kind in "iuf":
        numbers = values.astype(np.float64)
        return name, numbers, ~np.isnan(numbers), None
    codes, labels = pd.factorize(values, sort=True)
    return name, codes, codes >= 0, labels.tolist()


def _number(name: str, values: npt.NDArray[Any], complete: BoolArray) -> FloatArray:
    numbers: FloatArray = np.where(complete, values, 0.0)
    if not np.isfinite(numbers).all():
        raise DesignError("数值自变量中有无穷大", where=name)
    return numbers


def _levels(labels: list[Any], codes: npt.NDArray[Any], name: str, reference: Any) -> list[int]:
    """Codes of the levels that someone has, the reference first."""
    held = np.flatnonzero(np.bincount(codes, minlength=len(labels))).tolist()
    if len(held) < 2:
        raise DesignError(
            "自变量在数据中只有一类，无法比较", where=name, got=str(labels[held[0]]), cure="去掉这个自变量"
        )
    if reference is None:
        return held
    present = [labels[at] for at in held]
    if reference not in present:
        raise ArgumentError(
            "数据中没有这个参照组", where=name, got=str(reference), expected="、".join(map(str, present))
        )
    first = labels.index(reference)
    return [first, *(at for at in held if at != first)]
