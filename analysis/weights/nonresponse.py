"""Weighting-class adjustment: the respondents of a class also represent its non-respondents.

Library only: a study stores respondents alone, so no page or command has non-respondents to adjust for; calibration
to the margins corrects for them instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells
from analysis.design.domains import make_domains
from analysis.weights.calibrate import checked_weights
from analysis.weights.weights import Calibration, Weights, spread_of
from survey.errors import CalibrationError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NonresponseCells:
    """Non-response adjusted weights.

    Attributes:
        weights: (n,) weights; 0 for non-respondents.
        table: one row per cell: cell, sampled, responded, rate (weighted, share in [0, 1]), factor.
        response_rate: weighted share of respondents in the whole sample.
    """

    weights: FloatArray
    table: pd.DataFrame
    response_rate: float


def adjust_nonresponse(
    weights: npt.ArrayLike,
    responded: npt.ArrayLike,
    cells: npt.ArrayLike,
    *,
    minimum: int = 1,
    cap: float = np.inf,
) -> NonresponseCells:
    """Multiply respondents' weights by sum(w of the cell) / sum(w of its respondents).

    Args:
        weights: (n,) positive weights of all sampled people.
        responded: (n,) true for respondents.
        cells: (n,) cell labels, for example community x age band.
        minimum: smallest number of respondents in a cell.
        cap: largest factor allowed.

    Raises:
        CalibrationError: a cell with too few respondents or too large a factor; the message names the cells.

    Source: Kalton & Flores-Cervantes (2003), Weighting Methods, J. Official Statistics 19:81, section 2.
    """
    base = checked_weights(weights)
    answered = np.asarray(responded, dtype=np.bool_)
    codes, labels = pd.factorize(np.asarray(cells), sort=True)
    if (codes < 0).any():
        raise CalibrationError("无应答调整单元有缺失值", got=f"{int((codes < 0).sum())} 行", cure="先补全分组变量")
    people = np.ones(len(base))
    table, factor = _factors(np.asarray(labels, dtype=object), (codes, base, people, answered), minimum, cap)
    return NonresponseCells(base * answered * factor[codes], table, float((base @ answered) / base.sum()))


def adjust_cells(
    cells: Cells,
    weights: Weights,
    responded: npt.ArrayLike,
    classes: Sequence[str],
    *,
    minimum: int = 1,
    cap: float = np.inf,
) -> Weights:
    """Adjust cells that hold the whole sample, non-respondents included, as `adjust_nonresponse` does.

    Later estimates use respondents only (the others get the factor 0). Their variance is that of two phases, response
    within the classes counting as a further random selection of each sampling unit: the linearised value of a
    respondent is his residual from the mean of the class, inflated, and everybody sampled adds that mean.

    Args:
        cells: the sums, with the classes among their keys.
        weights: before, of the whole sample.
        responded: [C] true for cells of respondents.
        classes: key columns whose combinations are the adjustment cells.
        minimum: smallest number of respondents (people) in a class.
        cap: largest factor allowed.

    Returns:
        Weights; diagnostics hold response_rate (weighted) and response_table (as `NonresponseCells.table`).

    Raises:
        CalibrationError: a missing class, or a class with too few respondents or too large a factor.

    Source: Sarndal, Swensson & Wretman 1992, section 15.6 (response homogeneity groups).
    """
    answered = np.asarray(responded, dtype=np.bool_)
    domains = make_domains(cells, classes)
    before = cells.weight * weights.factor
    if not domains.complete:
        lost = int(cells.n[domains.code < 0].sum())
        raise CalibrationError("无应答调整单元有缺失值", got=f"{lost} 人", cure="先补全分组变量")
    names = domains.labels.astype(str).agg(" × ".join, axis=1).to_numpy(dtype=object)
    table, ratio = _factors(names, (domains.code, before, cells.n.astype(np.float64), answered), minimum, cap)
    factor = np.where(answered, ratio[domains.code], 0.0)

    def indicators() -> Any:
        return (domains.code[:, None] == np.arange(len(domains))).astype(np.float64)

    step = Calibration(indicators, before, factor, regression=before * answered, source=before, partition=len(domains))
    respondents = cells.select(answered)
    inside = Weights((weights.factor * factor)[answered])
    spread = spread_of(respondents, inside, np.ones(len(respondents)))
    added = {**spread, "response_rate": float(before @ answered / before.sum()), "response_table": table}
    label = f"{weights.label}，无应答调整"
    return Weights(weights.factor * factor, (*weights.steps, step), label, {**weights.diagnostics, **added})


def _factors(
    labels: Any, sample: tuple[Any, FloatArray, FloatArray, Any], minimum: int, cap: float
) -> tuple[pd.DataFrame, FloatArray]:
    """Return the table and the factor of each class, from (class, weight, people, answered) of rows or cells."""
    codes, weight, people, answered = sample
    sums = [
        np.bincount(codes, each, minlength=len(labels))
        for each in (people, people * answered, weight, weight * answered)
    ]
    sampled, count, total, kept = sums
    factor = np.divide(total, kept, out=np.full(len(labels), np.inf), where=kept > 0)
    bad = (count < max(minimum, 1)) | (factor > cap)
    if bad.any():
        worst = "、".join(f"{labels[k]}（{int(count[k])}/{int(sampled[k])} 人应答）" for k in np.flatnonzero(bad)[:5])
        raise CalibrationError(
            "无应答调整单元的应答者太少或系数太大",
            where=f"{worst}，共 {int(bad.sum())} 个单元",
            expected=f"每单元至少 {max(minimum, 1)} 人应答，系数不超过 {cap:g}",
            cure="与相邻单元合并，或放宽上限",
        )
    columns = {"cell": labels, "sampled": sampled.astype(np.int64), "responded": count.astype(np.int64)}
    return pd.DataFrame({**columns, "rate": kept / total, "factor": factor}), factor
