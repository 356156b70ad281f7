"""Coder: assign themes to answers by rules, then by a linear model trained on the rules, then on codes by people.

text.md 4: seeds -> pseudo-labels -> linear model beats seeds alone by 4 to 8 points; labels by people beat it from
about 300 on, and then pseudo-labels only harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.classifier import LinearModel, Training, train

Flags = npt.NDArray[np.bool_]
ENOUGH_LABELS = 300
"""Number of answers coded by people from which their codes alone train the model."""
CONFIDENT_SHARE = 0.6
_REPEAT = 3  # weight of a person's code in pseudo-labels
_NO_RULE = 0.35  # margin that the model needs to assign a theme without a rule


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """Themes of N texts.

    Attributes:
        assigned: [N, K]; a row without any is "未归类".
        scores: [N, K] of the model, or 1 and -1 by the rules where there is no model.
    """

    assigned: Flags
    scores: npt.NDArray[np.float64]

    @property
    def margin(self) -> npt.NDArray[np.float64]:
        """The distance [N] between the best and the second theme; small means doubtful."""
        if self.scores.shape[1] < 2:
            return np.abs(self.scores[:, 0])
        best = np.partition(self.scores, -2, axis=1)
        return np.asarray(best[:, -1] - best[:, -2])


@dataclass(frozen=True, slots=True)
class Coder:
    """Rules with, or without, a trained model; `taught` names the source of its labels."""

    rules: ThemeRules
    model: LinearModel | None = None
    taught: str = "rules"

    def __call__(self, texts: Sequence[str], words: Sequence[Sequence[str]] | None = None) -> CodedTexts:
        """Code normalised texts.

        Without a model the rules decide. A model trained on the rules adds themes it is sure of where no rule matches.
        A model trained on codes by people decides alone, with the rules among its features.
        """
        ruled = self.rules.matrix([self.rules(text) for text in texts])
        if self.model is None:
            return coded_by_rules(ruled)
        scores = self.model.scores(texts, words, ruled.astype(np.float64))
        if self.taught == "people":
            return CodedTexts(scores > 0, scores)
        silent = ~ruled.any(axis=1, keepdims=True)
        return CodedTexts(ruled | (silent & (scores > _NO_RULE)), scores)


def coded_by_rules(ruled: Flags) -> CodedTexts:
    """Code texts by the rules alone, [N, K]; for answers whose themes an earlier reading found."""
    return CodedTexts(ruled, np.where(ruled, 1.0, -1.0))


def teach(
    rules: ThemeRules,
    texts: Sequence[str],
    words: Sequence[Sequence[str]] | None = None,
    human: Mapping[int, frozenset[str]] | None = None,
    *,
    how: Training | None = None,
) -> Coder:
    """Train the model of a coder.

    Args:
        rules: the codebook.
        texts: [N] normalised answers of the study, coded or not.
        words: [N] words beside the characters, or none.
        human: position of a text -> codes that a person assigned (empty: none fits).
        how: settings of the model.

    Returns:
        A coder with rules alone where there is too little to learn from.
    """
    human = human or {}
    codes = rules.codebook.codes
    if len(human) >= ENOUGH_LABELS:
        rows = np.fromiter(human, dtype=np.int64)
        labels, taught = _human(human, codes), "people"
    else:
        rows, labels = _pseudo(rules, texts, human)
        labels = np.vstack([labels, *([_human(human, codes)] * (_REPEAT if human else 0))])
        rows = np.concatenate([rows, *([np.fromiter(human, dtype=np.int64)] * (_REPEAT if human else 0))])
        taught = "rules"
    if len(rows) < 20 or not labels.any():
        return Coder(rules)
    chosen = [texts[int(row)] for row in rows]
    ruled = rules.matrix([rules(text) for text in chosen]).astype(np.float64)
    extra = ruled if taught == "people" else np.zeros_like(ruled)
    cut = None if words is None else [words[int(row)] for row in rows]
    model = train(chosen, labels, codes, words=cut, extra=extra, how=how)
    return Coder(rules, model, taught)


def route(
    rules: ThemeRules,
    texts: Sequence[str],
    words: Sequence[Sequence[str]] | None = None,
    human: Mapping[int, str] | None = None,
    *,
    how: Training | None = None,
) -> LinearModel:
    """Train a model for one theme per text, for example the department that should get a message.

    The texts with the clearest seed evidence (the upper `CONFIDENT_SHARE` by margin) become pseudo-labels; labels by
    people, where given, are added with threefold weight, and from `ENOUGH_LABELS` on are used alone.
    """
    codes = rules.codebook.codes
    human = human or {}
    rows, chosen = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if len(human) < ENOUGH_LABELS:
        weight = rules.weights(texts)
        order = np.sort(weight, axis=1)
        margin = (order[:, -1] - order[:, -2]) / (order[:, -1] + 1e-9)
        clear: Flags = np.array((order[:, -1] > 0) & (margin >= np.quantile(margin, 1 - CONFIDENT_SHARE)))
        clear[list(human)] = False
        rows = np.flatnonzero(clear)
        chosen = weight[rows].argmax(axis=1)
    if human:
        times = _REPEAT if len(rows) else 1
        rows = np.concatenate([rows, *([np.fromiter(human, dtype=np.int64)] * times)])
        given = np.array([codes.index(code) for code in human.values()])
        chosen = np.concatenate([chosen, *([given] * times)])
    labels = chosen[:, None] == np.arange(len(codes))
    cut = None if words is None else [words[int(row)] for row in rows]
    return train([texts[int(row)] for row in rows], labels, codes, words=cut, how=how)


def _human(human: Mapping[int, frozenset[str]], codes: Sequence[str]) -> Flags:
    return np.array([[code in given for code in codes] for given in human.values()], dtype=bool)


def _pseudo(
    rules: ThemeRules, texts: Sequence[str], human: Mapping[int, frozenset[str]]
) -> tuple[npt.NDArray[np.int64], Flags]:
    """Return the rows with a theme by the rules, and their themes, without those that a person has coded."""
    ruled = rules.matrix([rules(text) for text in texts])
    matched: Flags = np.array(ruled.any(axis=1))
    matched[list(human)] = False
    rows = np.flatnonzero(matched)
    return rows, ruled[rows]
