"""Weight each wave and mode by the study's own margins and method, and report every compromise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.weights.collapse import Collapsed, match_levels, merge_levels
from analysis.weights.fitting import FITS
from analysis.weights.poststrata import PostStrata
from analysis.weights.trim import trim_parts
from analysis.weights.weights import Weights
from survey.errors import CalibrationError
from survey.study.weighting import Method, Weighting

NAMES: Mapping[str, str] = {
    "district": "区县",
    "place": "场所类型",
    "stratum": "层",
    "sex": "性别",
    "age": "年龄",
    "education": "文化程度",
    "work": "职业",
    "hukou": "户籍",
    "housing": "住房",
    "residence": "居住年限",
}
"""Chinese names of margin columns, from the coarsest to the finest: the order in which categories merge."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A separate sample: a wave in one mode.

    Attributes:
        name: for reports. inside: [C] its cells. share: share of the population total it represents.
    """

    name: str
    inside: Any
    share: float


def weigh_slices(
    cells: Cells, weights: Weights, tables: Sequence[pd.DataFrame], slices: Sequence[Slice], weighting: Weighting
) -> Weights:
    """Fit every slice to the margins, trim extreme weights where the study asks for it, and fit again.

    Raises:
        CalibrationError: margins that no weights meet, or weights that cannot be trimmed.
    """
    done = calibrate_slices(cells, weights, tables, slices, weighting.method)
    if weighting.trim is None:
        return done
    cut = trim_parts(cells, done, [(one.name, one.inside) for one in slices], weighting.trim)
    return calibrate_slices(cells, cut, tables, slices, weighting.method) if cut.diagnostics["trimmed"] else done


def calibrate_slices(
    cells: Cells,
    weights: Weights,
    tables: Sequence[pd.DataFrame],
    slices: Sequence[Slice],
    method: Method = "rake",
) -> Weights:
    """Fit every slice to all margin tables, or to the first alone where the method post-stratifies.

    Categories with too few answers merge with neighbours, districts without answers are left out, and responses with
    a missing column keep their share of the weight; `diagnostics` reports all of it (collapsed, left_out, missing,
    rescaled). Where the whole set cannot be met, the first table alone is used and `not_met` names the others.

    Raises:
        CalibrationError: not even the first table can be met.
    """
    if not tables:
        return weights
    notes: dict[str, Any] = {"collapsed": [], "left_out": [], "missing": {}, "rescaled": [], "not_met": ()}
    fit = FITS[method]
    ordered = [_ordered(table) for table in (tables[:1] if method == "poststratify" else tables)]
    references: list[float] = []
    strata = [_strata(cells, weights, table, slices, references, notes) for table in ordered]
    try:
        done = fit(cells, weights, strata)
    except CalibrationError:
        if len(strata) == 1:
            raise
        notes["not_met"] = tuple(one.title for one in strata[1:])
        done = fit(cells, weights, strata[:1])
    return Weights(done.factor, done.steps, done.label, {**done.diagnostics, **notes})


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in (*NAMES, *table.columns) if name in table.columns and name != "population"]
    return table[[*dict.fromkeys(columns), "population"]]


def _strata(
    cells: Cells,
    weights: Weights,
    table: pd.DataFrame,
    slices: Sequence[Slice],
    references: list[float],
    notes: dict[str, Any],
) -> PostStrata:
    title = " × ".join(NAMES.get(str(name), str(name)) for name in table.columns if name != "population")
    code = np.full(len(cells), -1, dtype=np.int64)
    targets: list[FloatArray] = []
    first, levels = not references, match_levels(cells, table)
    for number, one in enumerate(slices):
        found = merge_levels(cells, levels, one.inside)
        total = float(found.population.sum())
        if first:
            references.append(total)
        _note(notes, one, title, found, total / references[number])
        part, target = _with_missing(cells, weights, one, found, title, notes)
        code = np.where(part >= 0, part + sum(map(len, targets)), code)
        targets.append(target * (one.share * references[number] / target.sum()))
    whole = np.concatenate(targets)
    return PostStrata(title, code, whole, float(whole.sum()))


def _with_missing(
    cells: Cells, weights: Weights, one: Slice, merged: Collapsed, title: str, notes: dict[str, Any]
) -> tuple[IntArray, FloatArray]:
    """Give responses with a missing column a category that keeps its share."""
    lost = one.inside & (merged.code < 0)
    if not lost.any():
        return merged.code, merged.population
    weight = cells.weight * weights.factor
    share = float(weight[lost].sum() / weight[one.inside].sum())
    notes["missing"][f"{one.name} {title}"] = int(cells.n[lost].sum())
    target = np.append(merged.population * (1 - share), merged.population.sum() * share)
    return np.where(lost, len(merged.population), merged.code), target


def _note(notes: dict[str, Any], one: Slice, title: str, merged: Collapsed, ratio: float) -> None:
    notes["collapsed"] += [f"{one.name} {title}：{group}" for group in merged.merged]
    notes["left_out"] += [f"{one.name}：{name}" for name in merged.left_out]
    if abs(ratio - 1) > 1e-6:
        notes["rescaled"].append(f"{one.name} {title}：合计为第一张边际表的 {ratio:.4f} 倍，已按比例折算")
