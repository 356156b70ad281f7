"""The posterior of many areas' rates as densities of logits: estimate, interval, probability, benchmark."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.estimation.intervals import LEVEL
from survey.errors import DesignError

Floats = NDArray[np.float64]
FARTHEST, CLOSE = 40.0, 1e-12  # logits: a benchmark never moves further, and its step is found to so much


@dataclass(frozen=True, slots=True)
class NestedPosterior:
    """The posterior of every area's rate: mass on equal cells of the logit scale.

    Attributes:
        logits: middles of the cells of each area, ascending and equally spaced, shape (areas, cells).
        mass: posterior mass of each cell, same shape; rows sum to 1.
        shrinkage: weight of the area's own answers in [0, 1]; 0 where nobody was asked.
        between_groups: posterior mean of the standard deviation of the groups, in logits.
        between_areas: posterior mean of that of the areas within groups, in logits.
    """

    logits: Floats
    mass: Floats
    shrinkage: Floats
    between_groups: float
    between_areas: float

    @property
    def centre(self) -> Floats:
        """The posterior mean of each area in logits, which serves as a covariate of the next wave."""
        value: Floats = (self.mass * self.logits).sum(axis=1)
        return value

    @property
    def estimate(self) -> Floats:
        """The model estimate of each area (模型估计), a share: the posterior mean of the logits transformed back."""
        value: Floats = expit(self.centre)
        return value

    def below(self, line: float | Floats) -> Floats:
        """Return P(p_j < line) of each area; `line` is a share, for all or one per area."""
        lines = np.broadcast_to(np.asarray(line, dtype=float), self.logits.shape[:1])
        with np.errstate(divide="ignore"):
            edge = logit(np.clip(lines, 0.0, 1.0))
        cells = self.mass.shape[1]
        place = np.clip((edge - self.logits[:, 0]) / self._step() + 0.5, 0.0, cells)
        cell = np.minimum(place.astype(np.int64), cells - 1)
        rows = np.arange(len(cell))
        value: Floats = self._left()[rows, cell] + self.mass[rows, cell] * (place - cell)
        return np.clip(value, 0.0, 1.0)

    def interval(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Return the equal-tailed credible interval of each area."""
        tail = (1.0 - level) / 2.0
        return self._quantile(tail), self._quantile(1.0 - tail)

    def benchmarked(self, population: Floats, whole: float) -> NestedPosterior:
        """Return the posterior moved by one step in logits so that the estimates add up to the rate of the whole.

        The step is added to the posterior's uncertainty: its variance in logits grows by the square of the step (You,
        Rao & Dick 2004, Statistics in Transition 6:631). Limits and probabilities move along and stay in [0, 1]. No
        step reaches a rate of exactly 0 or 1: the posterior then remains as it is.

        Args:
            population: residents of each area.
            whole: rate of the whole, a share.

        Raises:
            DesignError: an unknown or negative number of residents, none at all, or a rate outside [0, 1].
        """
        residents = np.asarray(population, dtype=float)
        if not np.isfinite(residents).all() or (residents < 0).any() or residents.sum() <= 0:
            raise DesignError("各区域人口应是已知的非负数，且合计应大于 0", cure="检查抽样框里的人口一列")
        if not 0.0 <= whole <= 1.0:
            raise DesignError("合计的比例应在 0 与 1 之间", got=f"{whole:g}", cure="检查全市在这一项上有没有答卷")
        if whole in (0.0, 1.0):
            return self
        centre = self.centre
        step = _step_to(whole, residents / residents.sum(), centre)
        away = self.logits - centre[:, None]
        variance = (self.mass * away**2).sum(axis=1)
        stretch = np.sqrt(1.0 + step**2 / variance)
        return replace(self, logits=centre[:, None] + step + stretch[:, None] * away)

    def _step(self) -> Floats:
        return self.logits[:, 1] - self.logits[:, 0]

    def _left(self) -> Floats:
        """Return the mass below the left edge of each cell."""
        return np.cumsum(self.mass, axis=1) - self.mass

    def _quantile(self, probability: float) -> Floats:
        left, rows = self._left(), np.arange(len(self.mass))
        cell = np.maximum((left <= probability).sum(axis=1) - 1, 0)
        part = np.clip((probability - left[rows, cell]) / np.maximum(self.mass[rows, cell], 1e-300), 0.0, 1.0)
        value: Floats = expit(self.logits[:, 0] + (cell + part - 0.5) * self._step())
        return value


def _step_to(whole: float, weight: Floats, centre: Floats) -> float:
    """Return the step in logits after which weighted rates add up to a whole: Newton's method, by halves where it errs.

    The root finders of scipy take longer to load than all models of a page take to fit.
    """
    low, high, step = -FARTHEST, FARTHEST, 0.0
    while True:
        rates = expit(centre + step)
        gap, slope = float(weight @ rates) - whole, float(weight @ (rates * (1.0 - rates)))
        low, high = (low, step) if gap > 0 else (step, high)
        moved = step - gap / slope if slope > 0 else low
        if not low < moved < high:
            moved = (low + high) / 2.0
        if abs(moved - step) <= CLOSE:
            return moved
        step = moved
