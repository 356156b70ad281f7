"""The verdict: the one rule by which a rate of an area, a group or the whole city is judged against its line.

P is the posterior probability that the true rate lies below the line. Every row is judged by its own P alone, so the
verdict depends neither on the order of the rows nor on what else is judged; if the model holds, the expected share of
false calls is at most q among those confirmed weak, and at most q among those called met.

P comes from `analysis.areas.beta_binomial` for areas and from `analysis.areas.direct` for the city and for groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from analysis.estimation.disclosure.precision import FEW
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
    """Why there is no verdict, or (`FEW`) why it is unclear."""

    FEW = "样本不足"
    HIDDEN = "样本过少，不显示"
    EMPTY = "没有答卷"
    RED_LIGHT = "待复访"
    OPINION = "参与者意见，不作判断"
    NO_LINE = "没有目标"


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


def because(verdict: Words, n: npt.ArrayLike) -> Words:
    """Return 样本不足 where a verdict is unclear and rests on fewer than 30 answers, else ""."""
    few = (verdict == str(Verdict.UNCLEAR)) & (np.asarray(n, dtype=float) < FEW)
    return np.where(few, str(Reason.FEW), "").astype(object)
