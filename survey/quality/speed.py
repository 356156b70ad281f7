"""Speed: interviews much quicker than others on the same route."""

from __future__ import annotations

import numpy as np

from survey.quality.check import Check, Context, Marked

LIMIT, WATCH = 1 / 3, 1 / 2
"""Shares of the median of the same route: flagged, and shown beside it as the wider count."""


def run(context: Context) -> Marked:
    """Flag what took less than a third of the median; value: the share of the median."""
    pace = context.sheet.pace
    return Marked(np.nan_to_num(pace, nan=1.0) < LIMIT, pace)


CHECK = Check("作答过快", "用时不到同一路径中位数的三分之一", "熟练的年轻人、问得少的路径（已按路径比较）", run)
