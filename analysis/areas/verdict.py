"""The verdict: the one rule by which a rate of an area, a group or the whole city is judged against its line.

P is the posterior probability that the true rate lies below the line. Every row is judged by its own P alone, so the
verdict depends neither on the order of the rows nor on what else is judged; if the model holds, the expected share of
false calls is at most q among those confirmed weak, and at most q among those called met.

P comes from `models.beta_binomial` for areas and from `models.direct` for the city and for groups.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.disclosure.precision import FEW
from analysis.estimation.disclosure.suppression import HIDDEN
from survey.errors import DesignError
from survey.study.settings import FALSE_CALLS

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]


class Verdict(StrEnum):
    """The four verdicts, in the words of every page, command and document; worst first."""

    WEAK = "确认薄弱"
    WATCH = "观察"
    UNCLEAR = "尚难判断"
    MET = "达标"


class Reason(StrEnum):
    """Why there is no verdict, or (`FEW`, `DOUBTED`) why it is unclear."""

    FEW = "样本不足"
    DOUBTED = "去掉待复访区县结论会变"
    HIDDEN = "样本过少，不显示"
    EMPTY = "没有答卷"
    RED_LIGHT = "待复访"
    OPINION = "参与者意见，不作判断"
    NO_LINE = "没有目标"


SILENT = (Reason.HIDDEN, Reason.EMPTY, Reason.RED_LIGHT, Reason.OPINION)
"""Reasons that keep a row out of every verdict, model, rank and count."""
UNSHOWN = (Reason.HIDDEN, Reason.EMPTY)
"""Reasons for which a row has no number to show."""
UNDECIDED = (Verdict.WATCH, Verdict.UNCLEAR)
"""Verdicts that further interviews may turn into a decision."""


def decide(below: npt.ArrayLike, own: npt.ArrayLike, line: npt.ArrayLike, q: float = FALSE_CALLS) -> Words:
    """Return the verdict of every row; "" where an argument is missing.

    确认薄弱: P >= 1 - q, and the row's own answers lie below the line, because shrinkage alone condemns nobody.
    达标: P <= q, and the row's own answers reach the line. 观察: P > 1/2. Otherwise 尚难判断.

    Args:
        below: P, the posterior probability that the true rate lies below the line, in [0, 1].
        own: the direct estimate of the row, a share in [0, 1].
        line: the line, a share; broadcast.
        q: accepted probability of a false call, in (0, 1/2).

    Raises:
        DesignError: q outside (0, 1/2).
    """
    if not 0 < q < 0.5:
        raise DesignError("允许错判的比例应在 0 与 0.5 之间", got=str(q), cure="改 study.toml 的 [verdict] false_calls")
    p, share, goal = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (below, own, line)))
    weak = (p >= 1 - q) & (share < goal)
    met = (p <= q) & (share >= goal)
    silent = np.isnan(p) | np.isnan(share) | np.isnan(goal)
    words: Sequence[str] = ("", Verdict.WEAK, Verdict.MET, Verdict.WATCH)
    chosen = np.select([silent, weak, met, p > 0.5], [str(word) for word in words], default=str(Verdict.UNCLEAR))
    return chosen.astype(object)


def silence(rows: pd.DataFrame, red: Collection[str] = (), by: str = "") -> Words:
    """Return why each row must not be judged, one of `SILENT`; "" where it may be.

    Args:
        rows: rows of an `Estimates.table`.
        red: areas with a red light, whose answers may not be genuine.
        by: the column that names the areas; not needed without red lights.
    """
    flag = rows["flag"].to_numpy(dtype=object)
    lit = rows[by].astype(str).isin(set(red)).to_numpy() if red else np.zeros(len(rows), dtype=bool)
    cases = {
        Reason.HIDDEN: np.isin(flag, HIDDEN),
        Reason.EMPTY: (flag == "empty") | rows["estimate"].isna().to_numpy(),
        Reason.OPINION: flag == "opt_in",
        Reason.RED_LIGHT: lit,
    }
    return np.select(list(cases.values()), [str(one) for one in cases], default="").astype(object)


def with_verdict(
    rows: pd.DataFrame, below: npt.ArrayLike, line: npt.ArrayLike, silent: Words, q: float = FALSE_CALLS
) -> pd.DataFrame:
    """Add the verdict to estimates.

    Args:
        rows: rows of an `Estimates.table`.
        below: P of each row, see `decide`; ignored in silent rows.
        line: the line of each row, a share; NaN where there is none.
        silent: from `silence`.
        q: accepted probability of a false call.

    Returns:
        A copy with `line`, `gap` (estimate - line), `prob_below` (P), `verdict` (a word of `Verdict`, or "") and
        `reason` (a word of `Reason`, or ""); silent rows have no P.
    """
    own, goal = rows["estimate"].to_numpy(float, na_value=np.nan), np.asarray(line, dtype=float)
    known = np.where(silent == "", np.asarray(below, dtype=float), np.nan)
    verdict = decide(known, own, goal, q)
    few = (verdict == str(Verdict.UNCLEAR)) & (rows["n"].to_numpy(float, na_value=np.nan) < FEW)
    reason = np.select([silent != "", np.isnan(goal), few], [silent, str(Reason.NO_LINE), str(Reason.FEW)], default="")
    return rows.assign(
        line=goal, gap=own - goal, prob_below=np.where(np.isnan(goal), np.nan, known), verdict=verdict, reason=reason
    )


def worst_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the largest shortfall first: what is named first is furthest below its line."""
    gap, sure = (rows[name].to_numpy(float, na_value=np.nan) for name in ("gap", "prob_below"))
    return rows.iloc[np.lexsort((-sure, gap))]  # missing numbers come last, equal ones keep their order
