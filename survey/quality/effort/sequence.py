"""Sequence: whether the order of the answers is conspicuous, against a null from the same answers.

- A repeating pattern is compared with the same answers of the same people in shuffled order: what a person thinks
  decides which answers there are, not that they alternate.
- A straight line at the end is compared with straight lines at the start, which fatigue cannot cause. A person who
  answers alike throughout has both and is not conspicuous.
"""

from __future__ import annotations

import numpy as np

from survey.quality.effort.ordered import UNGIVEN, Ints, Ordered
from survey.quality.effort.runs import PERIODS, Lengths, gathered, last_line, longest_repeat
from survey.quality.sheet import Codes, Flags, Floats

SHUFFLED, DRAWN = 4_000, 20_000
"""Largest number of responses whose answers are shuffled, and the number of shuffled responses."""
LONGEST = 256
"""More items than a scale has."""


def pattern(answers: Ordered) -> Floats:
    """Return [N] -log10 of the chance of such a repetition in shuffled order, at least as long for any period.

    Several scales are added up and compared with the sums of the shuffled ones. NaN without scales.
    """
    if not answers.scales or not len(answers):
        return np.full(len(answers), np.nan)
    rng = np.random.default_rng(20261129)
    part = answers.every(SHUFFLED)
    times = -(-DRAWN // len(part))
    total, null = np.zeros(len(answers)), np.zeros(times * len(part))
    for scale in answers.scales:
        mixed = np.concatenate([rng.permuted(part.given[:, scale], axis=1) for _ in range(times)])
        real, chance = (_lengths(codes) for codes in (answers.given[:, scale], mixed))
        tables = [_tail(chance[:, at]) for at in range(len(PERIODS))]
        total += np.max([table[real[:, at]] for at, table in enumerate(tables)], axis=0)
        null += np.max([table[chance[:, at]] for at, table in enumerate(tables)], axis=0)
    return _beyond(total, null)


def late_line(answers: Ordered) -> Floats:
    """Return [N] -log10 of the share of similar responses with as straight a line at the start instead of the end.

    Lines are measured by how rare their length is: in every scale, and through all scales in the same column; the end
    less the start. Don't know and refused end a line. NaN without scales.
    """
    if not answers.scales or not len(answers):
        return np.full(len(answers), np.nan)
    scales = answers.scales
    pairs = [(scale, scale[::-1]) for scale in scales]
    if len(scales) > 1:  # the start of every scale, in the order of the scales
        pairs.append((np.concatenate(scales), np.concatenate([scale[::-1] for scale in scales])))
    gap = np.zeros(len(answers))
    for end, start in pairs:
        late, early = _line(answers, end), _line(answers, start)
        tail = _tail(early)
        gap += tail[late] - tail[early]
    uniform = _uniform(answers)
    found = np.empty(len(answers))
    for part in (uniform, ~uniform):
        found[part] = _beyond(gap[part], -gap[part])
    return found


def _uniform(answers: Ordered) -> Flags:
    """Return [N] whether the commonest place of the longest scale is commoner than in half of the responses.

    Whoever answers much alike has longer lines everywhere; comparing such people among themselves keeps the contented
    from being flagged more often than others.
    """
    place = answers.place[:, max(answers.scales, key=len)]
    count = np.stack([(place == one).sum(axis=1) for one in range(int(answers.size.max()))], axis=1)
    share = count.max(axis=1) / np.maximum(count.sum(axis=1), 1)
    return np.asarray(share >= np.median(share), dtype=np.bool_)


def _lengths(codes: Codes) -> Lengths:
    close = gathered(np.asfortranarray(codes))
    return np.stack([longest_repeat(close, period) for period in PERIODS], axis=1)


def _line(answers: Ordered, items: Ints) -> Lengths:
    given = answers.given[:, items]
    places = np.where(given == UNGIVEN, UNGIVEN, answers.place[:, items])
    return last_line(gathered(np.asfortranarray(places), right=True))


def _tail(lengths: Lengths) -> Floats:
    """Return [length] -log10 of the share of lengths at least as large; never below one in their number."""
    count = np.bincount(lengths, minlength=LONGEST)
    least = count[::-1].cumsum()[::-1]
    return np.asarray(-np.log10((least + 1) / (len(lengths) + 1)), dtype=np.float64)


def _beyond(value: Floats, null: Floats) -> Floats:
    """Return -log10 of (1 + values of the null at least as large) / (1 + their number)."""
    ranked = np.sort(null)
    above = len(ranked) - np.searchsorted(ranked, value - 1e-9, side="left")
    return np.asarray(-np.log10((1 + above) / (1 + len(ranked))), dtype=np.float64)
