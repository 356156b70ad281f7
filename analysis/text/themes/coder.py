"""Coder: the primary theme of an answer and further ones, from the codebook, a model of it, and codes by people.

The codebook alone starts: the answers it settles most clearly train a linear model, which ranks the themes of the
others (pseudo-labels; text.md 4). Codes by people train a second model. The two are averaged theme by theme with the
weight n / (n + 20), where n is the number of coded answers that people or the codebook give the theme; so the first
codes already count, and there is no number at which the result jumps. What a person coded is kept as coded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.text.themes.classifier import LinearModel, Training, train
from analysis.text.themes.lists import Lists, Texts

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Words = Sequence[Sequence[str]]
Human = Mapping[int, tuple[str, ...]]
"""Position of a text -> codes that people gave it, the primary one first; empty: none fits."""

PRIOR_COUNT = 20.0
"""Coded answers of a theme that weigh as much as the codebook."""
EDITION = 2
"""Incremented when other themes are assigned, so that stored themes are recomputed."""
NONE = -1
"""Primary theme of an answer that no theme fits."""
_CLEAR, _SURE = 0.6, 0.9  # shares of answers whose pseudo-label is used, in the first round and in the second
_RULES = Training(cost=0.1, balanced=True, ratio=True)
_PEOPLE = Training(cost=0.6, ratio=True)
_FEW = 200  # coded answers below which a feature of a single one counts
_MOST_TRAINED = 10_000
_FEWEST_TRAINED = 20
_BLOCK = 20_000
_MATCHED, _SILENT = 0.3, -0.3  # score of a match; score that a theme without any match must exceed


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """Themes of N texts.

    Attributes:
        assigned: [N, K]; a row without any is "未归类".
        primary: [N] position of the primary theme, which is assigned, or `NONE`.
        margin: [N] distance between the best and the second choice, "none" included; small means doubtful.
    """

    assigned: Flags
    primary: Ints
    margin: Scores

    def themes(self, codes: Sequence[str]) -> pa.ListArray:
        """Return the codes of each text [N], the primary one first."""
        text, theme = where(self.assigned)
        order = np.lexsort((theme, theme != self.primary[text], text))
        names = pa.array(codes, pa.string()).take(pa.array(theme[order]))
        ends = np.concatenate([[0], np.cumsum(np.bincount(text, minlength=len(self.assigned)))])
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), names)


def where(assigned: Flags) -> tuple[Ints, Ints]:
    """Return the text and the theme of each that is assigned [N, K]; `numpy.nonzero` takes four times as long."""
    text, theme = np.divmod(np.flatnonzero(assigned), max(assigned.shape[1], 1))
    return text, theme


@dataclass(frozen=True, slots=True)
class Prior:
    """What the codebook alone says about N texts and K themes.

    Attributes:
        matched: [N, K] whether a seed or rule of the theme matches.
        scores: [N, K + 1] above 0 inside a theme, of a model trained on the matches; the last column is "none".
    """

    matched: Flags
    scores: Scores


def prior_of(
    matched: Flags, texts: Sequence[str], words: Words, model: LinearModel | None, *, every: bool = True
) -> Prior:
    """Return what the codebook says, which depends on each text and the model alone.

    Args:
        matched: [N, K] as `matched_themes` gives it.
        texts: [N] different normalised texts.
        words: [N] words of each.
        model: from `model_of_rules`.
        every: score every text; else only those without a single matching theme, which is enough without codes.
    """
    count = matched.sum(axis=1)
    scores = np.full((len(texts), matched.shape[1] + 1), -1.0, dtype=np.float32)
    rows = np.arange(len(texts)) if every else np.flatnonzero(count != 1)
    if model is not None:
        scores[rows, :-1] = _scores(model, rows, texts, words)
    scores[:, :-1] += np.float32(_MATCHED) * matched
    scores[:, -1] = np.where(count > 0, -3.0, _SILENT)
    return Prior(matched, scores)


def code(prior: Prior, codes: Sequence[str], texts: Sequence[str], words: Words, human: Human) -> CodedTexts:
    """Return the themes of texts: by the codebook, by a model of the codes of people, and as people coded them.

    Args:
        prior: what the codebook says about the same texts; of every text where `human` has any.
        codes: [K] codes of the themes.
        texts: [N] different normalised texts.
        words: [N] words of each.
        human: codes by people.
    """
    rank = prior.scores
    further = prior.matched
    if human:
        rows = np.fromiter(human, dtype=np.int64)
        given = _given(human, codes)
        share = _share_of_people(given, prior.scores[rows])
        model = _model_of_people(rows, given, texts, words)
        learned = share * _scores(model, np.arange(len(texts)), texts, words)
        rank = (1 - share) * rank + learned
        further = (1 - share[:-1]) * np.where(prior.matched, np.float32(1), np.float32(-1)) + learned[:, :-1] > 0
    return _as_people_coded(_decide(rank, further), codes, human)


def _decide(rank: Scores, further: Flags) -> CodedTexts:
    """Take the best theme as the primary one, and the further ones unless "none" is best."""
    count = len(rank)
    best = rank.argmax(axis=1) if count else np.empty(0, dtype=np.int64)
    primary = np.where(best == rank.shape[1] - 1, NONE, best)
    themed = primary != NONE
    assigned: Flags = further & themed[:, None]
    assigned[np.flatnonzero(themed), primary[themed]] = True
    top = np.partition(rank, -2, axis=1)
    return CodedTexts(assigned, primary, top[:, -1] - top[:, -2])


def _as_people_coded(coded: CodedTexts, codes: Sequence[str], human: Human) -> CodedTexts:
    """Replace the themes of what people coded by their codes."""
    place = {name: at for at, name in enumerate(codes)}
    for row, given in human.items():
        columns = [place[name] for name in given if name in place]
        coded.assigned[row] = False
        coded.assigned[row, columns] = True
        coded.primary[row] = columns[0] if columns else NONE
    return coded


def model_of_rules(evidence: Scores, texts: Sequence[str], words: Words) -> LinearModel | None:
    """Train on the texts that the codebook settles most clearly, then once more on all but the doubtful ones.

    Args:
        evidence: [N, K] as `seed_evidence` gives it.
        texts: [N] different normalised texts.
        words: [N] words of each.

    Returns:
        The model of K themes; None with too few texts.
    """
    if evidence.shape[1] < 2:
        return None
    rows = np.flatnonzero(evidence.max(axis=1, initial=0.0) > 0)
    rows = rows[:: max(1, -(-len(rows) // _MOST_TRAINED))]
    chosen, cut = _taken(rows, texts, words)
    share = evidence[rows] / evidence[rows].max(axis=1, keepdims=True, initial=1e-9)
    model, score = None, share
    for part in (_CLEAR, _SURE):
        clear = _clearest(score, part)
        labels = score[clear].argmax(axis=1)[:, None] == np.arange(evidence.shape[1])
        if len(clear) < _FEWEST_TRAINED:
            return None
        names = tuple(map(str, range(evidence.shape[1])))
        known, known_words = _taken(clear, chosen, cut)
        model = train(known, labels, names, words=known_words, how=_RULES)
        score = model.scores(chosen, cut) + 0.3 * share
    return model


def _clearest(score: Scores, part: float) -> Ints:
    """Return the part of the rows with the largest distance between the best and the second theme."""
    if not len(score):
        return np.empty(0, dtype=np.int64)
    best = np.partition(score, -2, axis=1)
    margin = best[:, -1] - best[:, -2]
    return np.flatnonzero(margin >= np.quantile(margin, 1 - part))


def _given(human: Human, codes: Sequence[str]) -> Flags:
    """Return [n, K + 1] of what people gave each coded text; the last column is "none"."""
    flags = [[*(name in given for name in codes), not given] for given in human.values()]
    return np.array(flags, dtype=bool)


def _share_of_people(given: Flags, prior: Scores) -> Scores:
    """Return the weight [K + 1] of the codes by people for each theme."""
    proposed = prior.argmax(axis=1)[:, None] == np.arange(prior.shape[1])
    seen = (given | proposed).sum(axis=0)
    return np.asarray(seen / (seen + PRIOR_COUNT), dtype=np.float32)


def _model_of_people(rows: Ints, given: Flags, texts: Sequence[str], words: Words) -> LinearModel:
    names = tuple(map(str, range(given.shape[1])))
    how = Training(_PEOPLE.cost, fewest=1, ratio=True) if len(rows) < _FEW else _PEOPLE
    known, known_words = _taken(rows, texts, words)
    return train(known, given, names, words=known_words, how=how)


def _scores(model: LinearModel, rows: Ints, texts: Sequence[str], words: Words) -> Scores:
    """Return the scores [n, K] of some rows, block by block: the features of a million texts do not fit in memory."""
    blocks = [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]
    scores = [model.scores(*_taken(block, texts, words)).astype(np.float32) for block in blocks]
    return np.concatenate(scores) if scores else np.empty((0, len(model.classes)), dtype=np.float32)


def _taken(rows: Ints, texts: Sequence[str], words: Words) -> tuple[list[str], Words]:
    """Return the texts and words of some rows."""
    chosen = words.some(rows) if isinstance(words, Lists) else [words[at] for at in rows.tolist()]
    return texts.some(rows) if isinstance(texts, Texts) else [texts[at] for at in rows.tolist()], chosen
