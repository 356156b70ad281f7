"""Model matrix of a regression: formulaic codes the terms; this module keeps what regression and margins need of them.

Rows that lack the response or a predictor hold zeros. Columns have the names that R gives them ("age60+").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FloatArray, IntArray
from analysis.design.unique_rows import Patterns, patterns_of
from analysis.inference.formula import ModelFormula
from survey.errors import ArgumentError, DesignError

BoolArray = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.ArrayLike] | pd.DataFrame
CONSTANT = "(Intercept)"
STEP = 1e-5
"""Step of a numerical derivative, in standard deviations of the predictor."""


@dataclass(frozen=True)
class Predictors:
    """A model matrix of p columns.

    Attributes:
        coded: (m, p) rows of `data`.
        names: p column names: "(Intercept)", a number's name, or name + level.
        terms: p terms as written, "" for the intercept.
        levels: p levels, None for all but the main effect of a categorical variable.
        references: categorical variable -> all its levels, the reference first.
        numbers: numeric variables.
        alone: variables that form a term of their own and enter no other.
        data: the variables of m complete rows, or of one row of each pattern.
        row: (n,) row of `data`, -1 for incomplete rows.
        distinct: rows of `data` are patterns, so that equal rows of `matrix` have equal `row`.
        spec: formulaic's `ModelSpec`, which codes other data in the same way.
    """

    coded: FloatArray
    names: tuple[str, ...]
    terms: tuple[str, ...]
    levels: tuple[Any, ...]
    references: Mapping[str, tuple[Any, ...]]
    numbers: tuple[str, ...]
    alone: frozenset[str]
    data: pd.DataFrame
    row: IntArray
    distinct: bool
    spec: Any

    @cached_property
    def matrix(self) -> FloatArray:
        """(n, p); incomplete rows hold zeros."""
        return _spread(self.coded, self.row)

    def sums(self, values: FloatArray) -> FloatArray:
        """Return (m,) sums of values of the complete rows (n,) by row of `data`."""
        complete = self.row >= 0
        summed = np.bincount(self.row[complete], weights=values[complete], minlength=len(self.coded))
        return np.asarray(summed, dtype=np.float64)

    def setting(self, variable: str, level: Any) -> FloatArray:
        """Return the coded rows (m, p) with everyone at one level of a categorical variable."""
        if variable in self.alone:
            moved = self.coded.copy()
            for at, (name, column_level) in enumerate(zip(self.terms, self.levels, strict=True)):
                if name == variable:
                    moved[:, at] = float(column_level == level)
            return moved
        column = self.data[variable]
        if isinstance(column.dtype, pd.CategoricalDtype):
            return self._with(variable, pd.Categorical([level] * len(column), dtype=column.dtype))
        return self._with(variable, np.full(len(column), level))

    def derivative(self, variable: str) -> FloatArray:
        """Return d matrix / d variable of a numeric variable, (n, p); a central difference unless it stands alone."""
        if variable in self.alone:
            unit = np.zeros(self.matrix.shape)
            unit[self.row >= 0, self.names.index(variable)] = 1.0
            return unit
        values = self.data[variable].to_numpy(np.float64)
        step = STEP * float(values.std())
        high, low = (self._with(variable, moved) for moved in (values + step, values - step))
        return _spread((high - low) / (2 * step), self.row)

    def _with(self, variable: str, values: Any) -> FloatArray:
        return np.asarray(_evaluated(self.spec, self.data.assign(**{variable: values})), dtype=np.float64)


def predictors_of(
    formula: ModelFormula, columns: Columns, wanted: BoolArray, reference: Mapping[str, Any]
) -> tuple[Predictors, BoolArray]:
    """Code the right side of a formula on the complete wanted rows; also return which rows those are.

    Raises:
        ArgumentError: a term that cannot be computed, a reference level that nobody has, or an unknown variable.
        DesignError: a predictor without variation, or no complete rows.
    """
    unknown = [name for name in reference if name not in formula.variables]
    if unknown:
        raise ArgumentError("参照组的变量不在模型中", got="、".join(unknown), expected="、".join(formula.variables))
    coded = [_coded(name, columns[name], len(wanted)) for name in formula.variables]
    complete = np.logical_and.reduce([wanted, *(one.known for one in coded)])
    if not complete.any():
        raise DesignError("没有一份答卷同时具备因变量和全部自变量", cure="减少自变量，或检查缺失值")
    columns_inside = {one.name: one.inside(complete, reference.get(one.name)) for one in coded}
    row = np.full(len(wanted), -1, dtype=np.int64)
    patterns = _patterns(formula, columns_inside)
    if patterns is None:
        data = pd.DataFrame(columns_inside, index=range(int(complete.sum())))
        row[complete] = np.arange(len(data))
    else:
        data = pd.DataFrame({name: values[patterns.first] for name, values in columns_inside.items()})
        row[complete] = patterns.of
    return _described(formula, _evaluated(formula.parsed, data), data, row, distinct=patterns is not None), complete


def _patterns(formula: ModelFormula, columns: Mapping[str, Any]) -> Patterns | None:
    """Return the patterns of the rows where every factor is a plain categorical variable; None elsewhere."""
    plain = all(mine == (factor,) for factor, mine in formula.factors.items() if factor != "1")
    if not columns or not plain or not all(isinstance(values, pd.Categorical) for values in columns.values()):
        return None
    code, size = np.zeros(len(next(iter(columns.values()))), dtype=np.int64), 1
    for values in columns.values():
        code, size = code * len(values.categories) + values.codes, size * len(values.categories)
    return patterns_of(code, size) if size <= len(code) else None


@dataclass(frozen=True, slots=True)
class _Coded:
    """A variable as numbers, or as codes into sorted labels, and which of its rows are known."""

    name: str
    values: npt.NDArray[Any]
    known: BoolArray
    labels: list[Any] | None

    def inside(self, complete: BoolArray, reference: Any) -> Any:
        """Return the complete rows, with the categories that occur, the reference first."""
        values = self.values[complete]
        if self.labels is not None:
            held = np.flatnonzero(np.bincount(values, minlength=len(self.labels)))
            order = _reference_first([self.labels[at] for at in held], self.name, reference)
            place = np.full(len(self.labels), -1)
            place[[self.labels.index(label) for label in order]] = np.arange(len(order))
            return pd.Categorical.from_codes(place[values], categories=pd.Index(order, dtype=object))
        if not np.isfinite(values).all():
            raise DesignError("数值自变量中有无穷大", where=self.name)
        if reference is None:
            return values
        return pd.Categorical(values, _reference_first(np.unique(values).tolist(), self.name, reference))


def _coded(name: str, given: npt.ArrayLike, rows: int) -> _Coded:
    values = np.asarray(given)
    if len(values) != rows:
        raise DesignError("自变量与答卷的行数不同", where=name, got=f"{len(values)} 与 {rows} 行")
    if values.dtype.kind in "iuf":
        return _Coded(name, values, ~np.isnan(values), None)
    codes, labels = pd.factorize(values, sort=True)
    return _Coded(name, codes, codes >= 0, labels.tolist())


def _reference_first(present: list[Any], name: str, reference: Any) -> list[Any]:
    if reference is None:
        return present
    if reference not in present:
        raise ArgumentError(
            "数据中没有这个参照组", where=name, got=str(reference), expected="、".join(map(str, present))
        )
    return [reference, *(label for label in present if label != reference)]


def _evaluated(source: Any, data: pd.DataFrame) -> Any:
    """Return the matrix that formulaic makes of a formula (or of the `ModelSpec` of an earlier one)."""
    from formulaic.errors import FormulaicError

    try:
        with np.errstate(all="ignore"):
            coding = source.get_model_matrix(data, output="numpy", na_action="ignore")
    except FormulaicError as error:
        raise ArgumentError("公式中有的项在这份数据上算不出来", got=str(source), cure="检查函数和列的类型") from error
    if not np.isfinite(coding).all():
        raise DesignError("自变量变换后有无穷大或空值", got=str(source), cure="检查取对数等变换的列")
    return coding


def _spread(coding: FloatArray, row: IntArray) -> FloatArray:
    """Expand to all rows, with zeros in incomplete ones."""
    matrix: FloatArray = np.vstack([coding, np.zeros(coding.shape[1])]).take(row, axis=0)
    return matrix


def _described(formula: ModelFormula, coding: Any, data: pd.DataFrame, row: IntArray, *, distinct: bool) -> Predictors:
    spec = coding.model_spec
    levels = dict(_levels(spec, formula))
    for name, held in levels.items():
        if len(held) < 2:
            raise DesignError("自变量在数据中只有一类，无法比较", where=name, got=str(held[0]), cure="去掉这个自变量")
    columns = [(str(part.term), column) for part in spec.structure for column in part.columns]
    short = {
        f"{factor}[{mark}{level}]": (f"{factor}{level}", level)
        for factor, (_, state) in spec.encoder_state.items()
        for level in state.get("categories", ())
        for mark in ("T.", "")
    }
    alone = frozenset(
        name
        for name, mine in formula.terms.items()
        if mine == (name,) and sum(name in other for other in formula.terms.values()) == 1
    )
    return Predictors(
        coded=np.asarray(coding, dtype=np.float64),
        names=tuple(_r_name(column, short) for _, column in columns),
        terms=tuple("" if term == "1" else term for term, _ in columns),
        levels=tuple(short[column][1] if column in short else None for _, column in columns),
        references=levels,
        numbers=tuple(name for name in formula.variables if name not in levels),
        alone=alone if "1" in formula.terms else frozenset(),
        data=data,
        row=row,
        distinct=distinct,
        spec=spec,
    )


def _levels(spec: Any, formula: ModelFormula) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Return the categorical variables and their levels, the reference first."""
    for factor, (_, state) in spec.encoder_state.items():
        names = formula.factors[factor]
        if "categories" in state and len(names) == 1:
            base = state["contrasts"].contrasts.get_drop_field(state["categories"], reduced_rank=False)
            yield names[0], tuple(sorted(state["categories"], key=lambda level: level != base))


def _r_name(column: str, short: Mapping[str, tuple[str, Any]]) -> str:
    if column == "Intercept":
        return CONSTANT
    for long, (name, _) in short.items():
        column = column.replace(long, name)
    return column
