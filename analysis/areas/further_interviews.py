"""Further interviews (再访约 N 份): the number after which a verdict is reached with a given probability.

Now an area's rate has a posterior Beta(a, b) and its own answers are x of n effective ones. N more interviews with the
design effect D are m = N / D effective answers, of which Y ~ Binomial(m, p) are positive; p is the posterior mean. The
verdict of `analysis.areas.verdict.decide` falls when Beta(a + Y, b + m - Y) leaves a probability of at most q on one
side of the line and (x + Y) / (n + m) lies on the other: when Y lies at or below one number, or at or above another.
Both are solved for, and the probability that Y passes one of them is the power (Adcock 1997, The Statistician 46:261).
Effective counts are not whole numbers: the binomial distribution is interpolated by the incomplete beta function.

D is the larger of the area's own design effect and the mean of all areas (`future_effect`). The own one alone breaks
the promise: it is estimated from few answers, is used where chance made it small, and misses the large weights that a
longer sample will hold (with weights of CV 2, 1 + CV^2 = 5 is 4.2 on average in 130 answers).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtri

Floats = NDArray[np.float64]

POWER = 0.90
"""Probability with which the number of interviews leads to a verdict."""
TOO_MANY = 20_000
"""Interviews beyond which the rate is too close to the line (差距太小)."""
SIZES = np.geomspace(2.0, TOO_MANY, 22)  # effective answers at which the power is computed
SECANTS = 4
EDGE = 1e-12  # probabilities are kept this far from 0 and 1


def further_interviews(
    beta: tuple[Floats, Floats],
    own: tuple[Floats, Floats],
    effect: Floats,
    line: Floats,
    q: float,
    *,
    power: float = POWER,
) -> Floats:
    """Return the further interviews of each area that lead to a verdict with this probability, in tens.

    The true rate is taken to be the posterior mean.

    Args:
        beta: parameters of the posterior of each area's rate (`analysis.areas.models.beta_binomial.Posterior.beta`).
        own: the direct rate in [0, 1] and the effective size of each area; the rate is ignored where the size is 0.
        effect: design effect of the further interviews (`future_effect`).
        line: the line of each area, a share; NaN gives NaN.
        q: accepted probability of a false call.
        power: probability of a verdict.

    Returns:
        A multiple of 10 up to `TOO_MANY`; NaN beyond it.
    """
    share, size = own
    a, b = (one[:, None] for one in beta)
    line = np.asarray(line, dtype=float)[:, None]
    known = np.isfinite(line)
    at = np.where(known, np.clip(line, 1e-6, 1.0 - 1e-6), 0.5)
    size = np.nan_to_num(size)[:, None]
    positive = size * np.nan_to_num(share)[:, None]
    rate, m = a / (a + b), SIZES[None, :]
    threshold = at * (size + m) - positive  # own answers at the line
    weak = np.minimum(_positives(a, b, m, at, 1.0 - q), threshold)
    met = np.maximum(_positives(a, b, m, at, q), threshold)
    decided = _at_most(weak, m, rate) + 1.0 - _at_most(met, m, rate)
    answers = _first(decided, power) * np.asarray(effect, dtype=float)
    found = 10.0 * np.ceil(np.maximum(answers, 1.0) / 10.0)
    return np.where(known[:, 0] & np.isfinite(found) & (found <= TOO_MANY), found, np.nan)


def future_effect(n: Floats, n_eff: Floats) -> Floats:
    """Return the design effect of further interviews of each area: its own, or the mean of all answers if larger.

    Args:
        n: answers of each area.
        n_eff: their effective size.

    Returns:
        NaN where nobody answered.
    """
    asked = (n > 0) & (n_eff > 0)
    own = np.divide(n, n_eff, out=np.full(len(n), np.nan), where=asked)
    mean = float(n[asked] @ own[asked] / n[asked].sum()) if asked.any() else np.nan
    larger: Floats = np.maximum(own, mean)
    return larger


def _positives(a: Floats, b: Floats, m: Floats, line: Floats, probability: float) -> Floats:
    """Return the positive answers among m at which P(rate < line) equals a probability; may lie outside [0, m].

    The secant method on the normal quantile of P, which is nearly linear in the number of positive answers.
    """
    goal = float(ndtri(probability))
    spread = np.sqrt(line * (1.0 - line) * (a + b + m))
    low, high = -a + 1e-9, m + b - 1e-9

    def off(y: Floats) -> Floats:
        value: Floats = ndtri(np.clip(betainc(a + y, b + m - y, line), EDGE, 1.0 - EDGE)) - goal
        return value

    first: Floats = np.clip(line * (a + b + m) - a - goal * spread, low, high)
    second: Floats = np.clip(first + 0.2 * spread, low, high)
    before, now = off(first), off(second)
    for _ in range(SECANTS):
        slope = (now - before) / np.where(second == first, 1.0, second - first)
        step = np.divide(now, slope, out=np.zeros_like(now), where=slope < 0)
        first, second = second, np.clip(second - np.clip(step, -spread, spread), low, high)
        before, now = now, off(second)
    return second


def _at_most(y: Floats, m: Floats, rate: Floats) -> Floats:
    """Return P(Y < y) of the binomial distribution, interpolated: half of an answer lies on either side."""
    count = np.clip(y - 0.5, -1.0, m)
    inner = np.asarray(betainc(np.maximum(m - count, EDGE), np.maximum(count + 1.0, EDGE), 1.0 - rate))
    return np.where(count <= -1.0, 0.0, np.where(count >= m, 1.0, inner))


def _first(decided: Floats, power: float) -> Floats:
    """Return the size from which the power is reached at every larger size too, interpolated; inf where never."""
    short = decided < power
    last = decided.shape[1] - 1 - np.argmax(short[:, ::-1], axis=1)  # the last size that is too small
    enough = ~short.any(axis=1)
    beyond = short[:, -1]
    low = np.where(enough, 0, last)
    high = np.minimum(low + 1, decided.shape[1] - 1)
    rows = np.arange(len(decided))
    below, above = (ndtri(np.clip(decided[rows, one], EDGE, 1.0 - EDGE)) for one in (low, high))
    part = np.clip((ndtri(power) - below) / np.maximum(above - below, EDGE), 0.0, 1.0)
    logs = np.log(SIZES)
    size = np.exp(logs[low] + part * (logs[high] - logs[low]))
    return np.where(beyond, np.inf, np.where(enough, SIZES[0], size))
