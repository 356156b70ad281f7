"""Sequence: whether the order of the answers is conspicuous, against a null from the same answers.

- A repeating pattern is compared with the same answers of the same people in shuffled order: what a person thinks
  decides which answers there are, not that they alternate.
- A straight line at the end is compared with straight lines at the start, which fatigue cannot cause. A person who
  answers alike throughout has both and is not conspicuous.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.quality.effort.ordered import Ints, Ordered
from survey.quality.effort.runs import PERIODS, Lengths, gathered, last_line, longest_repeat
from survey.quality.sheet import Codes, Floats

SHUFFLED, DRAWN = 4_000, 20_000
"""Largest number of responses whose answers are shuffled, and the number of shuffled responses."""
LONGEST = 256
"""More items than a scale has."""


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Repetitions in shuffled order: per scale [periods, length] -log10 of the tail, and sorted sums over scales."""

    tails: tuple[Floats, ...]
    null: Floats


@dataclass(frozen=True, slots=True)
class Starts:
    """Straight lines at the start.

    Attributes:
        tails: per pair of item orders [length] -log10 of the share of lines at least as long.
        uniform: median over responses of the share of the commonest place.
        nulls: start less end, sorted, of those who answer much alike, and of the others.
    """

    tails: tuple[Floats, ...]
    uniform: float
    nulls: tuple[Floats, Floats]


def shuffled_of(answers: Ordered) -> Shuffled | None:
    """Return the repetitions of answers in shuffled order; None without scales."""
    if not answers.scales or not len(answers):
        return None
    rng = np.random.default_rng(20261129)
    part = answers.every(SHUFFLED)
    times = -(-DRAWN // len(part))
    tails, null = [], np.zeros(times * len(part))
    for scale in answers.scales:
        mixed = np.concatenate([rng.permuted(part.given[:, scale], axis=1) for _ in range(times)])
        chance = _lengths(mixed)
        tails.append(np.stack([_tail(chance[:, at]) for at in range(len(PERIODS))]))
        null += _rarest(tails[-1], chance)
    return Shuffled(tuple(tails), np.sort(null))


def pattern(answers: Ordered, shuffled: Shuffled | None) -> Floats:
    """Return [N] -log10 of the chance of such a repetition in shuffled order, at least as long for any period.

    Several scales are added up and compared with the sums of the shuffled ones. NaN without scales.
    """
    if shuffled is None:
        return np.full(len(answers), np.nan)
    total = np.zeros(len(answers))
    for scale, tails in zip(answers.scales, shuffled.tails, strict=True):
        total += _rarest(tails, _lengths(answers.given[:, scale]))
    return _beyond(total, shuffled.null)


def _rarest(tails: Floats, lengths: Lengths) -> Floats:
    found = [tail[lengths[:, at]] for at, tail in enumerate(tails)]
    return np.asarray(np.max(found, axis=0), dtype=np.float64)


def starts_of(answers: Ordered) -> Starts | None:
    """Return the straight lines at the start of answers; None without scales."""
    if not answers.scales or not len(answers):
        return None
    tails = tuple(_tail(_line(answers, start)) for _, start in _ends(answers))
    share = _commonest(answers)
    middle = float(np.median(share))
    gap = _gap(answers, tails)
    uniform = share >= middle
    return Starts(tails, middle, (np.sort(-gap[uniform]), np.sort(-gap[~uniform])))


def late_line(answers: Ordered, starts: Starts | None) -> Floats:
    """Return [N] -log10 of the share of similar responses with as straight a line at the start instead of the end.

    Lines are measured by how rare their length is: in every scale, and through all scales in the same column; the end
    less the start. Don't know and refused end a line. NaN without scales.

    Whoever answers much alike has longer lines everywhere; comparing such people among themselves keeps the contented
    from being flagged more often than others.
    """
    if starts is None:
        return np.full(len(answers), np.nan)
    gap, uniform = _gap(answers, starts.tails), _commonest(answers) >= starts.uniform
    found = np.empty(len(answers))
    for part, null in zip((uniform, ~uniform), starts.nulls, strict=True):
        found[part] = _beyond(gap[part], null)
    return found


def _ends(answers: Ordered) -> list[tuple[Ints, Ints]]:
    """Return the items of each scale up to its end, and back to its start; those of all scales where there are some."""
    scales = answers.scales
    pairs = [(scale, scale[::-1]) for scale in scales]
    if len(scales) > 1:  # the start of every scale, in the order of the scales
        pairs.append((np.concatenate(scales), np.concatenate([scale[::-1] for scale in scales])))
    return pairs


def _gap(answers: Ordered, tails: tuple[Floats, ...]) -> Floats:
    gap = np.zeros(len(answers))
    for (end, start), tail in zip(_ends(answers), tails, strict=True):
        gap += tail[_line(answers, end)] - tail[_line(answers, start)]
    return gap


def _commonest(answers: Ordered) -> Floats:
    """Return [N] the share of the commonest place in the longest scale."""
    place = answers.place[:, max(answers.scales, key=len)]
    count = np.stack([(place == one).sum(axis=1) for one in range(int(answers.size.max()))], axis=1)
    return np.asarray(count.max(axis=1) / np.maximum(count.sum(axis=1), 1), dtype=np.float64)


def _lengths(codes: Codes) -> Lengths:
    close = gathered(np.asfortranarray(codes))
    return np.stack([longest_repeat(close, period) for period in PERIODS], axis=1)


def _line(answers: Ordered, items: Ints) -> Lengths:
    return last_line(answers.given, answers.place, items)


def _tail(lengths: Lengths) -> Floats:
    """Return [length] -log10 of the share of lengths at least as large; never below one in their number."""
    count = np.bincount(lengths, minlength=LONGEST)
    least = count[::-1].cumsum()[::-1]
    return np.asarray(-np.log10((least + 1) / (len(lengths) + 1)), dtype=np.float64)


def _beyond(value: Floats, null: Floats) -> Floats:
    """Return -log10 of (1 + values of the null, sorted, at least as large) / (1 + their number)."""
    above = len(null) - np.searchsorted(null, value - 1e-9, side="left")
    return np.asarray(-np.log10((1 + above) / (1 + len(null))), dtype=np.float64)
