"""Combination: one p-value from the signals of one interviewer or area, and the lights of all of them.

The Cauchy combination (Liu & Xie 2020, JASA 115:393) is valid whatever the dependence between signals, which is strong
here: whoever answers "very satisfied" to everything also resembles the others. Benjamini & Hochberg then keep the share
of false alarms among the red lights below `RATE`. Red also needs two signals of its own, so that likeness of answers
alone, or one odd figure, never turns a light red.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from analysis.estimation.multiplicity import benjamini_hochberg
from survey.quality.sheet import Floats

RATE, WATCH = 0.05, 0.20
"""False discovery rate of red lights, and of amber and red ones together."""
SPEAKS, NEEDED = 0.05, 2
"""p-value at which a single signal counts, and how many signals red needs."""
AKIN = 0.01
"""p-value at which a further signal of one family counts; such signals often speak together by chance."""
HIGHEST = 0.99


class Light(StrEnum):
    """The integrity light (rule R-13)."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    GREY = "grey"


LIGHTS: Mapping[str, str] = {
    Light.RED: "红灯：需要独立复访",
    Light.AMBER: "黄灯：留意",
    Light.GREEN: "绿灯：没有异常",
    Light.GREY: "答卷太少，不判断",
}


def cauchy(p: Floats) -> Floats:
    """Return the combined p-value of each row.

    Args:
        p: [U, S] p-values; NaN counts as absent. Values close to 1 are capped at 0.99, which is conservative for
            one-sided tests and keeps a single p of 1 from outweighing everything.

    Returns:
        [U]; NaN for a row without p-values.
    """
    known = np.isfinite(p)
    count = known.sum(axis=1)
    score = np.tan((0.5 - np.clip(np.where(known, p, 0.5), 1e-15, HIGHEST)) * np.pi)
    mean = np.where(known, score, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(count > 0, 0.5 - np.arctan(mean) / np.pi, np.nan)


def lights(
    p: Floats, enough: npt.NDArray[np.bool_], akin: npt.NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats, npt.NDArray[np.object_]]:
    """Judge all units of one kind together.

    Args:
        p: [U, S] p-values of the signals.
        enough: [U] whether there are enough responses to judge; the other units are grey and do not count.
        akin: [S] whether a signal belongs to the one family whose figures depend on each other; None if none does.

    Returns:
        Combined p, Benjamini-Hochberg q, and the light, [U] each.
    """
    combined = np.where(enough, cauchy(p), np.nan)
    q = benjamini_hochberg(combined)
    alone = np.ones(p.shape[1], dtype=np.bool_) if akin is None else ~akin
    family = p[:, ~alone]
    further = np.maximum((family <= AKIN).sum(axis=1) - 1, 0)
    speaking = (p[:, alone] <= SPEAKS).sum(axis=1) + (family <= SPEAKS).any(axis=1) + further
    cases = [~np.isfinite(q), (q <= RATE) & (speaking >= NEEDED), q <= WATCH]
    names = [Light.GREY, Light.RED, Light.AMBER]
    light = np.select(cases, [str(name) for name in names], default=str(Light.GREEN))
    return combined, q, light.astype(object)
