"""Effect sheet: whether outreach moved the rate, by difference in differences, with the detectable effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.estimation.intervals import detectable, t_limits
from analysis.estimation.linear import Linear, means
from analysis.estimation.sample import Sample
from analysis.estimation.weighted_design import WeightedDesign
from survey.errors import DesignError

ASSOCIATION, CAUSE = "关联", "效果"


@dataclass(frozen=True, slots=True)
class EffectSheet:
    """A difference in differences between streets with outreach and the others; changes are differences of shares.

    Attributes:
        estimate: how much more the rate changed where outreach had started.
        std_error: its standard error.
        conf_low: lower limit of its interval.
        conf_high: upper limit.
        detectable: smallest detectable difference.
        df: degrees of freedom.
        n: answers of the smallest of the four groups.
        treated_change: change where outreach had started.
        control_change: change elsewhere.
        word: 效果 after a random roll-out, else 关联.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    detectable: float
    df: int
    n: int
    treated_change: float
    control_change: float
    word: str

    @property
    def limits(self) -> tuple[float, float]:
        """The limits of the interval."""
        return self.conf_low, self.conf_high


def effect_sheet(
    sample: Sample,
    item: str,
    treated: Sequence[str],
    waves: tuple[str, str],
    *,
    random: bool,
    among: Sequence[str] | None = None,
) -> EffectSheet:
    """Estimate whether streets with outreach changed more than the others (difference in differences).

    Args:
        sample: holds both waves.
        item: name of the rate.
        treated: streets where outreach had started before the later wave.
        waves: (earlier, later).
        random: whether chance decided which streets started first.
        among: the streets that took part in the draw; others are left out. All when None.

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
    return EffectSheet(
        estimate=change,
        std_error=error,
        conf_low=float(low),
        conf_high=float(high),
        detectable=float(detectable(error, df)),
        df=df,
        n=int(found.n[at].min()),
        treated_change=float(value[0] - value[1]),
        control_change=float(value[2] - value[3]),
        word=CAUSE if random else ASSOCIATION,
    )


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
