"""Effect sheet: whether outreach moved the rate, by difference in differences, with the detectable effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimation.intervals import detectable, t_limits
from analysis.estimation.linear import Linear, means
from analysis.estimation.sample import Sample
from analysis.estimation.weighted_design import WeightedDesign
from analysis.numerals import change, points_interval
from survey.errors import DesignError

ASSOCIATION, CAUSE = "关联", "效果"


def effect_sheet(
    sample: Sample,
    item: str,
    treated: Sequence[str],
    waves: tuple[str, str],
    *,
    random: bool,
    among: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Estimate whether streets with outreach changed more than the others (difference in differences).

    Args:
        sample: holds both waves.
        item: name of the rate.
        treated: streets where outreach had started before the later wave.
        waves: (earlier, later).
        random: whether chance decided which streets started first.
        among: the streets that took part in the draw; others are left out. All when None.

    Returns:
        estimate, std_error, conf_low, conf_high, detectable (shares), df, n (least of the four groups), treated_change,
        control_change, and word: 效果 only after a random roll-out, else 关联.

    Raises:
        DesignError: one side has no streets or no answers in a wave.
    """
    basis = _arms(sample, treated, among)
    found = means(basis, [item], by=("arm", "wave"), where={"wave": list(waves)})
    at = _places(found, waves, len(treated))
    signs = np.zeros((len(found.estimate), 1))
    signs[at, 0] = (1, -1, -1, 1)
    value = found.estimate[at]
    error = float(np.sqrt(basis.design.covariance(found.influence.combine(signs))[0, 0]))
    df = max(int(found.df[at].min()), 1)
    change = float(value[0] - value[1] - value[2] + value[3])
    low, high = t_limits(change, error, df)
    return {
        "estimate": change,
        "std_error": error,
        "conf_low": float(low),
        "conf_high": float(high),
        "detectable": float(detectable(error, df)),
        "df": df,
        "n": int(found.n[at].min()),
        "treated_change": float(value[0] - value[1]),
        "control_change": float(value[2] - value[3]),
        "word": CAUSE if random else ASSOCIATION,
    }


def _places(found: Linear, waves: tuple[str, str], treated: int) -> list[int]:
    """Return the positions of the four means: treated later and earlier, the others later and earlier."""
    place = {
        (str(one), str(two)): at
        for at, (one, two) in enumerate(zip(found.labels["arm"], found.labels["wave"], strict=True))
    }
    wanted = [("treated", waves[1]), ("treated", waves[0]), ("control", waves[1]), ("control", waves[0])]
    if any(one not in place or not found.n[place[one]] for one in wanted):
        raise DesignError(
            "缺一边就不能比：开展过宣传和没有开展的街道，两轮都要有答卷", got=f"{treated} 个街道开展过",
            cure="至少留一个街道作对照，或换两轮",
        )  # fmt: skip
    return [place[one] for one in wanted]


def _arms(sample: Sample, treated: Sequence[str], among: Sequence[str] | None) -> WeightedDesign:
    """Return the sample with the arm of every street among its keys."""
    streets = sample.cells.keys["street"].astype(str)
    inside = streets.isin(list(among)) if among is not None else pd.Series(True, index=streets.index)
    arm = np.where(inside, np.where(streets.isin(list(treated)), "treated", "control"), "aside")
    return replace(sample.basis, cells=sample.cells.with_keys(arm=pd.Categorical(arm)))


def sentence(found: Mapping[str, Any]) -> str:
    """Report the result in one line."""
    seen = found["conf_low"] > 0 or found["conf_high"] < 0
    moved, spread = change(found["estimate"]), points_interval(found["conf_low"], found["conf_high"])
    return f"{found['word']}{'看得出' if seen else '看不出'}：知晓率多变化 {moved}（{spread}）"
