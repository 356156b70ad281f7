"""Post-strata: match the categories of a population margin with the cells of a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.influence import group_codes
from survey.errors import CalibrationError

AGREEMENT = 1e-6  # largest relative difference of two totals that counts as rounding
Missing = Literal["fail", "share"]


@dataclass(frozen=True, slots=True)
class PostStrata:
    """One margin on the cells.

    Attributes:
        title: the margin's columns, for messages and captions.
        code: [C] category of each cell.
        target: [q] population of each category; the last is the missing one where `missing="share"` added it.
        given: total population as supplied.
    """

    title: str
    code: IntArray
    target: FloatArray
    given: float


def match_margin(cells: Cells, weight: FloatArray, margin: pd.DataFrame, missing: Missing = "fail") -> PostStrata:
    """Match the rows of a margin with the cells.

    Args:
        cells: with the margin's columns among their keys.
        weight: [C] weights before; decides the share of responses that miss a column.
        margin: one row per category: its columns, and `population`.
        missing: "share" gives responses with a missing column a separate category that keeps its share.

    Raises:
        CalibrationError: no margin column, a category given twice, a population that is not positive, a
            category without responses, responses without a category.
    """
    columns = [str(name) for name in margin.columns if name != "population"]
    if not columns or "population" not in margin.columns:
        raise CalibrationError(
            "边际表缺少列", got="、".join(map(str, margin.columns)), expected="分类列和 population 列"
        )
    title = " × ".join(columns)
    population = margin["population"].to_numpy(dtype=np.float64)
    if not (np.isfinite(population) & (population > 0)).all():
        raise CalibrationError("边际的人口数必须大于 0", where=title, got=str(population[~(population > 0)][:1]))
    sample, given = _codes(cells, margin, columns)
    order = pd.Index(given)
    if order.has_duplicates:
        raise CalibrationError(
            "边际表中有重复的类别", where=title, got=_row(margin, columns, order.duplicated().argmax())
        )
    code = order.get_indexer(pd.Index(sample))
    return _complete(
        cells, PostStrata(title, code.astype(np.int64), population, population.sum()), weight, missing, margin
    )


def _codes(cells: Cells, margin: pd.DataFrame, columns: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Return one number per combination of levels: of the cells (-1 missing) and of the margin's rows."""
    sample, given = np.zeros(len(cells), dtype=np.int64), np.zeros(len(margin), dtype=np.int64)
    for name in columns:
        codes, labels = cells.codes(name)
        levels = labels.append(pd.Index(margin[name].unique()).difference(labels))
        at = levels.get_indexer(pd.Index(margin[name]))
        given = given * len(levels) + at
        sample = np.where((codes < 0) | (sample < 0), -1, sample * len(levels) + codes)
    return sample, given


def _row(margin: pd.DataFrame, columns: Sequence[str], at: Any) -> str:
    return "、".join(str(value) for value in margin.iloc[int(at)][list(columns)])


def _complete(
    cells: Cells, strata: PostStrata, weight: FloatArray, missing: Missing, margin: pd.DataFrame
) -> PostStrata:
    size = len(strata.target)
    columns = strata.title.split(" × ")
    lost = (strata.code < 0) & (weight > 0)
    known = np.bincount(
        strata.code[~lost & (strata.code >= 0)], weights=weight[~lost & (strata.code >= 0)], minlength=size
    )
    if (known <= 0).any():
        raise CalibrationError(
            "有人口而样本中无人的类别",
            where=strata.title,
            got=_row(margin, columns, np.flatnonzero(known <= 0)[0]) + f" 等 {int((known <= 0).sum())} 类",
            cure="与相邻类别合并后再加权",
        )
    if not lost.any():
        return PostStrata(strata.title, np.where(strata.code < 0, 0, strata.code), strata.target, strata.given)
    absent = cells.keys[columns].isna().any(axis=1).to_numpy()
    if missing == "fail" or (lost & ~absent).any():
        which = np.flatnonzero(lost & ~absent)[0] if (lost & ~absent).any() else np.flatnonzero(lost)[0]
        raise CalibrationError(
            "样本中的类别没有对应的人口数",
            where=strata.title,
            got=_row(cells.keys, columns, which),
            cure="在 margins.csv 中补上该类别，或把缺失作为单独一类",
        )
    share = float(weight[lost].sum() / weight.sum())
    target = np.append(strata.target * (1 - share), strata.given * share)
    return PostStrata(strata.title, np.where(strata.code < 0, size, strata.code), target, strata.given)


def check_totals(strata: Sequence[PostStrata]) -> None:
    """Check that all margins sum to one population; CalibrationError names the two furthest apart."""
    low, high = min(strata, key=lambda one: one.given), max(strata, key=lambda one: one.given)
    if high.given - low.given > AGREEMENT * high.given:
        raise CalibrationError(
            "各边际的人口总数互相矛盾",
            got=f"{low.title} 合计 {low.given:,.0f}，{high.title} 合计 {high.given:,.0f}",
            expected="各边际的合计相等",
            cure="核对人口数据的口径和年份",
        )


def dummies(strata: Sequence[PostStrata]) -> Any:
    """Return the indicator columns of all categories of all margins, scipy CSR [C, q]."""
    from scipy.sparse import csr_matrix, hstack

    rows = np.arange(len(strata[0].code))
    blocks = [csr_matrix((np.ones(len(rows)), (rows, one.code)), shape=(len(rows), len(one.target))) for one in strata]
    return hstack(blocks, format="csr")


def grouped(strata: Sequence[PostStrata]) -> tuple[IntArray, IntArray]:
    """Group cells that agree in every margin; return the group of each cell and one cell of each group."""
    code = np.zeros(len(strata[0].code), dtype=np.int64)
    for one in strata:
        code = code * len(one.target) + one.code
    groups, inverse = group_codes(code, math.prod(len(one.target) for one in strata))
    first = np.zeros(len(groups), dtype=np.int64)
    first[inverse] = np.arange(len(code))
    return inverse, first


def fit_margins(
    start: FloatArray, strata: Sequence[tuple[IntArray, FloatArray]], tolerance: float, rounds: int
) -> tuple[FloatArray, int, float]:
    """Fit margins by iterative proportional fitting.

    Args:
        start: [g] weights of the groups.
        strata: margins as (category of each group, targets).
        tolerance: stop at this relative margin error.
        rounds: limit of rounds.

    Returns:
        (factor of each group, rounds used, largest relative error left).
    """
    factor = np.ones_like(start)
    error, used = np.inf, 0
    while used < rounds and error > tolerance:
        used, error = used + 1, 0.0
        for code, target in strata:
            ratio = target / np.bincount(code, weights=start * factor, minlength=len(target))
            error = max(error, float(np.abs(ratio - 1).max()))
            factor *= ratio[code]
        if len(strata) == 1:
            break
    sums = [np.bincount(code, weights=start * factor, minlength=len(target)) for code, target in strata]
    left = [float(np.abs(total / target - 1).max()) for total, (_, target) in zip(sums, strata, strict=True)]
    return factor, used, max(left)
