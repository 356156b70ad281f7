"""Domains: which cells belong to which group, without dropping any cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.conditions import Where, matching, satisfying
from analysis.design.influence import group_codes
from analysis.design.lazy_sums import Places
from survey.errors import ArgumentError, DesignError

ShortArray: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Names: TypeAlias = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Domains:
    """A partition of (part of) the sample.

    Attributes:
        code: [C] domain of each cell, -1 outside every domain.
        labels: one row per domain with the by-columns, sorted; one row and no column for the whole sample.
        complete: whether every cell belongs to a domain.
    """

    code: IntArray
    labels: pd.DataFrame
    complete: bool = False
    cache: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        """Return the number of domains."""
        return len(self.labels)

    @property
    def inside(self) -> Places:
        """The cells [E] that belong to a domain, in ascending order: of a filter or a wave much fewer than all [C]."""
        if self.complete:
            return slice(None)
        if "inside" not in self.cache:
            self.cache["inside"] = np.flatnonzero(self.code >= 0)
        found: Places = self.cache["inside"]
        return found

    @property
    def of(self) -> ShortArray:
        """The domain of each cell inside [E]."""
        if self.complete:
            return self.code
        if "of" not in self.cache:
            self.cache["of"] = self.code[self.inside]
        found: ShortArray = self.cache["of"]
        return found

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum cell values [C] by domain."""
        return self.over(values[self.inside])

    def over(self, values: FloatArray) -> FloatArray:
        """Sum values of the cells inside [E] by domain."""
        return np.asarray(np.bincount(self.of, weights=values, minlength=len(self)), dtype=np.float64)

    def people(self, cells: Cells, factor: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the number of people, the sum of their final weights, and that of the squares, by domain.

        The last ones are kept.
        """
        n, known, found = self.cache.get("people", (None, None, None))
        if n is not cells.n or known is not factor:
            some = factor[self.inside]
            weight, squares = cells.scaled(cells.w[self.inside]) * some, cells.ww[self.inside] * some**2
            sums = (cells.n[self.inside].astype(np.float64), weight, squares)
            found = tuple(map(self.over, sums))
            self.cache["people"] = (cells.n, factor, found)
        people: tuple[FloatArray, FloatArray, FloatArray] = found
        return people

    def entries(self, members: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
        """Return the cells and the domains of some of the cells inside, given by a mask [E]."""
        inside = self.inside
        cell = np.arange(len(self.code)) if isinstance(inside, slice) else inside
        return (cell, self.of) if bool(members.all()) else (cell[members], self.of[members])


def make_domains(cells: Cells, by: Sequence[str] = (), where: Where | None = None) -> Domains:
    """Split the sample by columns, within a condition.

    Cells with a missing by-column belong to no domain. Only combinations that hold responses are listed. Splits
    without a condition are cached with the cells; their labels are shared and must not be changed.

    Args:
        cells: the sums.
        by: key columns.
        where: a condition on key columns; see `analysis.design.conditions`.

    Raises:
        DesignError: an unknown column.
        ArgumentError: a condition that cannot be evaluated.
    """
    if where is not None and (not isinstance(where, Mapping) or where):
        return _split(cells, by, where)
    kept: Domains | None = cells.cache.get(("domains", *by))
    if kept is None:
        kept = cells.cache[("domains", *by)] = _split(cells, by, {})
    return kept


def _split(cells: Cells, by: Sequence[str], where: Where) -> Domains:
    inside = _inside(cells, where)
    code = np.zeros(len(cells), dtype=np.int64)
    sizes = []
    labels = []
    for name in by:
        part, values = cells.codes(name)
        inside = inside & (part >= 0)
        code = code * len(values) + part
        sizes.append(len(values))
        labels.append(values)
    if not by:
        return Domains(np.where(inside, 0, -1), pd.DataFrame(index=range(1)), bool(inside.all()))
    places, dense = group_codes(code[inside], int(np.prod(sizes, dtype=np.int64)))
    full = np.full(len(cells), -1, dtype=np.int64)
    full[inside] = dense
    parts = np.unravel_index(places, sizes)
    table = pd.DataFrame({name: values.take(at) for name, values, at in zip(by, labels, parts, strict=True)})
    return Domains(full, table, bool(inside.all()))


def _inside(cells: Cells, where: Where) -> npt.NDArray[np.bool_]:
    if not isinstance(where, Mapping):
        return satisfying(cells.keys, where)
    inside = np.ones(len(cells), dtype=bool)
    for name, wanted in where.items():
        if isinstance(wanted, slice):  # the column has the order of its categories, the labels do not
            inside &= matching(cells.column(name), wanted)
            continue
        codes, values = cells.codes(name)
        inside &= np.append(matching(values, wanted), False)[codes]
    return inside


def named(cells: Cells, items: Sequence[str] | None) -> IntArray:
    """Return the rows of these items, or of all items when None; an unknown name raises DesignError."""
    rows = np.arange(len(cells.items)) if items is None else np.array([cells.index(name) for name in items], dtype=int)
    if not len(rows):
        raise DesignError("没有可以计算的题目或指标", cure="检查问卷中的指标定义或 --measure 的取值")
    return rows.astype(np.int64)


def names_of(given: Names | None) -> tuple[str, ...]:
    """Return one name or several, each once.

    Raises:
        ArgumentError: anything other than names.
    """
    listed = () if given is None else (given,) if isinstance(given, str) else given
    if not isinstance(listed, Iterable) or not all(isinstance(name, str) for name in listed):
        raise ArgumentError("列名应当是文字", got=repr(given), expected='"district" 或 ["district", "age"]')
    return tuple(dict.fromkeys(listed))
