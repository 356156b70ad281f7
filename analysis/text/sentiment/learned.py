"""A small linear model beside the rules: it judges facts that contain no word of opinion (下雨天路上能划船).

The model scores a short answer as complaint, neutral or praise from its pieces of one to three characters and from
what the rules found. Its weights lie in `learned.txt`; `python -m benchmarks.polarity --write` makes them again from
sentences of our own. Longer answers are left to the rules, since the sentences are short.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from analysis.text.sentiment.implied import PhraseValue
from analysis.text.sentiment.pieces import PieceSums, Weights, pieces
from analysis.text.sentiment.tones import Polarity, Tones
from analysis.text.words.signs import lowered

LONGEST = 40
"""Characters up to which an answer is scored."""
SCALE = 100
"""Weights are stored as integers, this many times their size."""
RULES = ("rules:score", "rules:praise", "rules:complaint", "rules:silent", "rules:last")
"""Names of the features that describe what the rules found, in the order of `seen`."""
_SURE = 0.5
MARGINS = np.array([[0.0, 2.0, math.inf], [0.0, 0.0, 0.0], [0.3, 0.0, 0.0]])
"""By how much the model must prefer its own label, in logits: rows complaint, neutral and praise by the rules, columns
the same by the model.

What the rules call a complaint is never turned to praise: that error would do most harm."""


def seen(found: Sequence[Polarity]) -> np.ndarray:
    """Return what the rules found as features, a row each: score, praise, complaint, nothing, sign of the last word."""
    label, score, evidence = zip(*found, strict=True)
    last = [each[-1][1] if each else 0.0 for each in evidence]
    labels = np.array(label)
    columns = (np.tanh(score), labels > 0, labels < 0, list(map(operator.not_, evidence)), np.sign(last))
    return 0.5 * np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of all features, those of the pieces laid out for look-up, and how much more each says praise."""

    weights: Weights
    sums: PieceSums
    praise: Mapping[str, float]

    @classmethod
    def of(cls, weights: Weights) -> Model:
        """Return the model with these weights."""
        return cls(weights, PieceSums(weights), {name: each.imag - each.real for name, each in weights.items()})


@lru_cache(maxsize=1)
def shipped() -> Model:
    """Return the model of `learned.txt`."""
    text = (resources.files("analysis.text.sentiment") / "learned.txt").read_text(encoding="utf-8")
    rows = (line.rsplit(" ", 2) for line in text.splitlines())
    return Model.of({name: complex(int(complaint), int(praise)) / SCALE for name, complaint, praise in rows})


def refine(texts: Sequence[str], found: Sequence[Polarity], model: Model | None = None) -> list[Polarity]:
    """Return the polarity of answers, as `refined`."""
    return refined(texts, Tones.of(found), model).each()


def refined(texts: Sequence[str], found: Tones, model: Model | None = None) -> Tones:
    """Return the polarity of answers by the model; by the rules alone where one is empty or long.

    Args:
        texts: normalised.
        found: what the rules say of each.
        model: the model; the shipped one when None.

    Returns:
        What the rules say where both agree; else the model's label with the piece that speaks most for it as the last
        evidence, so that the values of the evidence still make the score.
    """
    model = model or shipped()
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    short = np.flatnonzero((size > 0) & (size <= LONGEST))
    if not len(short):
        return found
    lower = lowered([texts[at] for at in short.tolist()])
    pieces_of = model.sums.known(lower)
    sums, counts = model.sums.summed(pieces_of, len(lower))
    rules = [model.weights[name] for name in RULES]
    kind = found.number[short]
    totals = model.weights[""] + sums / np.sqrt(np.maximum(counts, 1)) + (seen(found.kinds) @ rules)[kind]
    labels = found.labels[short]
    chosen = _labels(totals, labels)
    kinds, number = list(found.kinds), found.number.copy()
    changed = np.flatnonzero(chosen != labels)
    behind = model.sums.speaking(pieces_of, np.where(chosen != labels, chosen, 0))[changed]
    for place, piece in zip(changed.tolist(), behind.tolist(), strict=True):
        before, label = kinds[kind[place]], int(chosen[place])
        number[short[place]] = len(kinds)
        kinds.append(
            _judged(before, label, model.sums.names[piece])
            if piece
            else _changed(before, label, lower[place], model.praise)
        )
    return Tones(kinds, number)


def _labels(totals: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the labels with the largest totals where they lead those of the rules by enough; that of neutral is 0."""
    every = np.vstack([totals.real, np.zeros(len(totals)), totals.imag])
    best, rules = every.argmax(axis=0), before + 1
    at = np.arange(len(totals))
    leads = every[best, at] - every[rules, at] >= MARGINS[rules, best]
    chosen: np.ndarray = np.where(leads, best, rules) - 1
    return chosen


def _changed(found: Polarity, label: int, text: str, praise: Mapping[str, float]) -> Polarity:
    """Return the polarity with another label, and the piece of the text behind it."""
    parts = set(pieces(text))
    known = praise.keys() & parts
    speaks = [(praise[part] * label, part) for part in known if label and part.strip("^$")]
    behind = max((one for one in speaks if one[0] > 0), default=(0.0, ""))[1]
    if not behind:  # then the last in order of those without weight
        silent = parts.difference([part for part in known if praise[part]])
        behind = max(silent, default="")
        behind = behind if behind.strip("^$") else max((part for part in silent if part.strip("^$")), default="")
    if not behind:
        behind = max(((-abs(praise[part]), part) for part in known if part.strip("^$")), default=(0.0, ""))[1]
    return _judged(found, label, behind)


def _judged(found: Polarity, label: int, behind: str) -> Polarity:
    """Return the polarity with another label, and the piece behind it as the last evidence."""
    score = label * _SURE
    last = PhraseValue(behind.strip("^$"), round(score - found.score, 4))
    return Polarity(label, score, (*found.evidence, last))
