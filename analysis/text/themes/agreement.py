"""Agreement: how well coders agree, and the live F1 of the model on answers that people have coded.

Two people who code the same answers reach about .70 to .80 (text.md 4), so a model in the seventies is at human level.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.text.themes.coder import CodedTexts, Human

Flags = npt.NDArray[np.bool_]
_FOLDS = 5
_FEWEST = 25


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on `n` texts that both coded: mean `f1` and mean Cohen's `kappa` over themes either used."""

    n: int
    f1: float
    kappa: float


def f1_by_theme(truth: Flags, found: Flags) -> npt.NDArray[np.float64]:
    """Return F1 of each theme [K]; NaN where neither side uses it."""
    both = (truth & found).sum(axis=0)
    either = truth.sum(axis=0) + found.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(either > 0, 2 * both / either, np.nan))


Coded = Mapping[int, Collection[str]]
"""Text -> codes of the themes that a coder assigned."""


def agreement(one: Coded, other: Coded, codes: Sequence[str]) -> Agreement:
    """Return the agreement of two coders on the texts that both have coded; NaN without any."""
    from statsmodels.stats.inter_rater import cohens_kappa

    n, (left, right) = _flags_of_all([one, other], codes)
    if not left.size:
        return Agreement(n, float("nan"), float("nan"))
    kappas = [
        1.0 if (mine == theirs).all() else cohens_kappa(_crossed(mine, theirs), return_results=False)
        for mine, theirs in zip(left.T, right.T, strict=True)
    ]
    return Agreement(n, float(np.nanmean(f1_by_theme(left, right))), float(np.mean(kappas)))


def joint_kappa(coders: Sequence[Coded], codes: Sequence[str]) -> tuple[int, float]:
    """Return how many texts all coders have coded, and Fleiss' kappa on them: the mean over the themes they used.

    NaN without such texts. Source: Fleiss (1971), Psychological Bulletin 76:378.
    """
    from statsmodels.stats.inter_rater import fleiss_kappa

    n, flags = _flags_of_all(coders, codes)
    if not flags.size:
        return n, float("nan")
    yes = flags.sum(axis=0)
    tables = [np.column_stack([count, len(coders) - count]) for count in yes.T]
    unanimous = ((yes == 0) | (yes == len(coders))).all(axis=0)
    kappas = [1.0 if same else fleiss_kappa(table) for table, same in zip(tables, unanimous, strict=True)]
    return n, float(np.mean(kappas))


def _flags_of_all(coders: Sequence[Coded], codes: Sequence[str]) -> tuple[int, Flags]:
    """Return the number of texts all coded, and [coders, texts, used themes] of who assigned which theme."""
    shared = sorted(set.intersection(*(set(given) for given in coders)))
    flags = np.array([[[code in given[at] for code in codes] for at in shared] for given in coders], dtype=np.bool_)
    flags = flags.reshape(len(coders), len(shared), len(codes))
    return len(shared), flags[:, :, flags.any(axis=(0, 1))]


def _crossed(mine: Flags, theirs: Flags) -> npt.NDArray[np.float64]:
    """Return 2 x 2 counts: no and yes of one coder by no and yes of the other."""
    return np.histogram2d(mine, theirs, bins=2, range=[[0, 1], [0, 1]])[0]


def live_f1(coder: Callable[[Human], CodedTexts], codes: Sequence[str], human: Human) -> float:
    """Return the macro-F1 of the coder on texts that people coded, in five-fold cross-validation.

    Args:
        coder: returns the themes of all texts, given some codes by people.
        codes: [K] themes.
        human: codes by people; NaN with fewer than 25.
    """
    if len(human) < _FEWEST:
        return float("nan")
    rows = np.array(sorted(human))
    fold = np.random.default_rng(0).permutation(len(rows)) % _FOLDS
    truth = np.array([[code in human[int(row)] for code in codes] for row in rows])
    found = np.zeros_like(truth)
    for at in range(_FOLDS):
        coded = coder({int(row): human[int(row)] for row in rows[fold != at]})
        found[fold == at] = coded.assigned[rows[fold == at]]
    return float(np.nanmean(f1_by_theme(truth, found)))


def next_to_code(
    margin: npt.NDArray[np.floating[Any]], texts: Sequence[str], done: frozenset[int] = frozenset(), most: int = 20
) -> list[int]:
    """Return the answers whose code would teach the model most: doubtful ones, and no near duplicates.

    Args:
        margin: [N] distance between the best and the second theme.
        texts: [N] normalised.
        done: positions that are already coded.
        most: largest number of positions returned, the most doubtful first.
    """
    chosen: list[int] = []
    taken: list[set[str]] = []
    for at in np.argsort(margin, kind="stable"):
        text = texts[at]
        pieces = {text[i : i + 2] for i in range(max(1, len(text) - 1))}
        if int(at) in done or any(len(pieces & other) > len(pieces | other) / 2 for other in taken):
            continue
        chosen.append(int(at))
        taken.append(pieces)
        if len(chosen) == most:
            break
    return chosen
