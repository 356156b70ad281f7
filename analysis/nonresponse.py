"""Weighting-class adjustment: respondents of a cell stand for those who did not answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.calibration import checked_weights
from survey.errors import CalibrationError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NonresponseCells:
    """Non-response adjusted weights.

    Attributes:
        weights: (n,) weights; 0 for those who did not respond.
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
        responded: (n,) true for those who answered.
        cells: (n,) cell labels, for example community x age band.
        minimum: fewest respondents that a cell may rest on.
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
    sampled = np.bincount(codes, minlength=len(labels))
    count = np.bincount(codes, answered, minlength=len(labels))
    total = np.bincount(codes, base, minlength=len(labels))
    kept = np.bincount(codes, base * answered, minlength=len(labels))
    factor = np.divide(total, kept, out=np.full(len(labels), np.inf), where=kept > 0)
    bad = (count < max(minimum, 1)) | (factor > cap)
    if bad.any():
        worst = "、".join(f"{labels[k]}（{int(count[k])}/{sampled[k]} 人应答）" for k in np.flatnonzero(bad)[:5])
        raise CalibrationError(
            "无应答调整单元的应答者太少或系数太大",
            where=f"{worst}，共 {int(bad.sum())} 个单元",
            expected=f"每单元至少 {max(minimum, 1)} 人应答，系数不超过 {cap:g}",
            cure="与相邻单元合并，或放宽上限",
        )
    table = pd.DataFrame(
        {
            "cell": labels,
            "sampled": sampled,
            "responded": count.astype(np.int64),
            "rate": kept / total,
            "factor": factor,
        }
    )
    return NonresponseCells(base * answered * factor[codes], table, float(kept.sum() / total.sum()))
