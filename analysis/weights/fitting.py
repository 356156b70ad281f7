"""Fitting: the methods, by name, that fit weights to matched post-strata."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from analysis.design.cells import Cells
from analysis.weights.calibrate import calibrate
from analysis.weights.poststrata import PostStrata, dummies, grouped
from analysis.weights.totals import Margins
from analysis.weights.weights import Calibration, Weights, rake_strata, spread_of
from survey.study.weighting import Method

LINEAR_BOUNDS = (0.1, 10.0)
"""Smallest and largest factor of a linear calibration; without bounds weights could become negative."""
Fit = Callable[[Cells, Weights, Sequence[PostStrata]], Weights]


def calibrate_strata(cells: Cells, weights: Weights, strata: Sequence[PostStrata]) -> Weights:
    """Calibrate linearly (GREG, truncated at `LINEAR_BOUNDS`) to post-strata of several margins.

    Cells that agree in every margin are first merged; the variance keeps the same regressors as raking.

    Raises:
        CalibrationError: contradictory margins, or margins that the bounds put out of reach.
    """
    before = cells.weight * weights.factor
    code, first = grouped(strata)
    start = np.bincount(code, weights=before, minlength=len(first))
    used = start > 0
    columns = dummies([PostStrata(one.title, one.code[first[used]], one.target, one.given) for one in strata])
    names = tuple(f"{one.title} {number + 1}" for one in strata for number in range(len(one.target)))
    margins = Margins(columns.toarray(), np.concatenate([one.target for one in strata]), names)
    done = calibrate(start[used], margins, distance="linear", bounds=LINEAR_BOUNDS)
    factors = np.ones(len(first))
    factors[used] = done.factors
    factor = factors[code]
    ordered = sorted(strata, key=lambda one: -len(one.target))
    step = Calibration(partial(dummies, ordered), before, factor, partition=len(ordered[0].target))
    report = {"iterations": done.iterations, "max_error": done.max_error, "converged": True}
    spread = spread_of(cells, weights, factor)
    label = f"{weights.label}，按{'、'.join(one.title for one in ordered)}校准（{done.label}）"
    steps = (*weights.steps, step)
    return Weights(weights.factor * factor, steps, label, {**weights.diagnostics, **report, **spread})


FITS: Mapping[Method, Fit] = {"rake": rake_strata, "poststratify": rake_strata, "calibrate": calibrate_strata}
"""Method -> fitting function; post-stratification is raking to one margin."""
