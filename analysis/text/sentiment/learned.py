"""A small linear model beside the rules: it judges facts that contain no word of opinion (下雨天路上能划船).

The model scores a short answer as complaint, neutral or praise from its pieces of one to three characters and from
what the rules found. Its weights lie in `learned.txt`; `python -m benchmarks.polarity --write` makes them again from
sentences of our own. Longer answers are left to the rules, since the sentences are short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from operator import add, mul

from analysis.text.sentiment.implied import PhraseValue
from analysis.text.sentiment.polarity import Polarity

LONGEST = 40
"""Characters up to which an answer is scored."""
SCALE = 100
"""Weights are stored as integers, this many times their size."""
RULES = ("rules:score", "rules:praise", "rules:complaint", "rules:silent", "rules:last")
"""Names of the features that describe what the rules found, in the order of `seen`."""
_SURE = 0.5
MARGIN: Mapping[tuple[int, int], float] = {(-1, 1): math.inf, (-1, 0): 2.0, (1, -1): 0.3}
"""Label of the rules, label of the model -> by how much the model must prefer its own, in logits; 0 for other pairs.

What the rules call a complaint is never turned to praise: that error would do most harm."""
Weights = Mapping[str, complex]
"""Feature -> weight of complaint (real part) and of praise (imaginary part), each against neutral; "" the constants.

One complex number instead of a pair, since a sum of them is one call: an answer is scored in a few microseconds."""


def pieces(text: str) -> list[str]:
    """Return the pieces of one to three characters of a text with a mark at either end, as often as they occur."""
    one = f"^{text}$"
    two = list(map(add, one, one[1:]))
    return [*one, *two, *map(add, two, one[2:])]


def seen(found: Polarity) -> tuple[float, ...]:
    """Return what the rules found as features: score, praise, complaint, nothing at all, sign of the last word."""
    last = found.evidence[-1].value if found.evidence else 0.0
    values = (math.tanh(found.score), found.label > 0, found.label < 0, not found.evidence, (last > 0) - (last < 0))
    return tuple(0.5 * float(value) for value in values)


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the weights of `learned.txt`."""
    text = (resources.files("analysis.text.sentiment") / "learned.txt").read_text(encoding="utf-8")
    rows = (line.rsplit(" ", 2) for line in text.splitlines())
    return {name: complex(int(complaint), int(praise)) / SCALE for name, complaint, praise in rows}


def refined(text: str, found: Polarity, known: Weights | None = None) -> Polarity:
    """Return the polarity of an answer by the model; by the rules alone where it is empty or long.

    Args:
        text: normalised.
        found: what the rules say.
        known: the weights; those of `learned.txt` when None.

    Returns:
        `found` itself where both agree; else the model's label with the piece that speaks most for it as the last
        evidence, so that the values of the evidence still make the score.
    """
    if not text or len(text) > LONGEST:
        return found
    table = weights() if known is None else known
    parts = pieces(text.lower())
    values = [*filter(None, map(table.get, parts))]
    total = table[""] + sum(values) / math.sqrt(max(len(values), 1))
    total += sum(map(mul, seen(found), map(table.__getitem__, RULES)))
    label = _label(total, found.label)
    return found if label == found.label else _changed(found, label, {part: table.get(part, 0j) for part in parts})


def _label(total: complex, before: int) -> int:
    """Return the label with the largest total, where it leads that of the rules by enough; that of neutral is 0."""
    totals = {-1: total.real, 0: 0.0, 1: total.imag}
    best = max(totals, key=totals.__getitem__)
    return best if totals[best] - totals[before] >= MARGIN.get((before, best), 0.0) else before


def _changed(found: Polarity, label: int, parts: Mapping[str, complex]) -> Polarity:
    """Return the polarity with another label, and the piece behind it."""

    def support(part: str) -> tuple[float, str]:
        praise = parts[part].imag - parts[part].real
        return praise * label if label else -abs(praise), part

    score = label * _SURE
    named = [part for part in parts if part.strip("^$")]
    behind = PhraseValue(max(named, key=support, default="").strip("^$"), round(score - found.score, 4))
    return Polarity(label, score, (*found.evidence, behind))
