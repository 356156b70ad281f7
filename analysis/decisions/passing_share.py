"""The share that a next wave of the same size must show for the verdict 达标.

The verdict of `analysis.areas.verdict.decide` takes a rate for met when the probability that it lies below its line is
at most q. With n effective answers that is about the share whose score test against the line has the one-sided p-value
q (Wilson 1927, JASA 22:209): line + z_q sqrt(line (1 - line) / n). It leaves out other areas, which the model uses.
"""

from __future__ import annotations

import math

from scipy.special import ndtri


def passing_share(line: float, n_eff: float, q: float) -> float:
    """Return the least share, in [0, 1], that n effective answers must show so that the line counts as met.

    Args:
        line: the line, a share.
        n_eff: effective answers of the wave.
        q: accepted probability of a false call.

    Returns:
        At most 1; NaN where the line or the number is missing, or without effective answers.
    """
    if math.isnan(line) or math.isnan(n_eff) or n_eff <= 0:
        return math.nan
    return min(1.0, line - float(ndtri(q)) * math.sqrt(line * (1.0 - line) / n_eff))
