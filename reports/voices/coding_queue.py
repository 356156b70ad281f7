"""Manual coding: which answers to code next, agreement of model and coders, and answers that no theme covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.text.discovery import WordCandidate, candidates, uncovered
from analysis.text.quotes import Quoter
from analysis.text.themes.agreement import agreement, joint_kappa, live_f1, next_to_code
from analysis.text.words.segment import Segmenter
from reports.voices.open_answers import OpenAnswers
from survey.host.scratch import scratch_folder
from survey.study.coding_sheet import Line, read_codes, settled, write_sheet
from survey.study.study import Study

__all__ = ["WordCandidate"]

OFFERED = 20


@dataclass(frozen=True, slots=True)
class Score:
    """State of the coding.

    Attributes:
        coded: different texts coded by people.
        f1: F1 of the model on them; NaN while there are too few.
        pairs: two overlapping coders: names, answers coded by both, F1, Cohen's kappa.
        together: with three coders or more, answers that all have coded and Fleiss' kappa on them; else (0, NaN).
    """

    coded: int
    f1: float
    pairs: tuple[tuple[str, str, int, float, float], ...]
    together: tuple[int, float]


def to_code(study: Study, answers: OpenAnswers, coder: str, *, again: bool = False) -> list[Line]:
    """Return the answers most informative to code, masked, with the codes that the system proposes.

    Args:
        study: its kept codes show which answers are done.
        answers: read and coded.
        coder: whose turn it is; nobody codes an answer twice.
        again: only answers that somebody else has coded, so that two can be compared.
    """
    kept = read_codes(study.root)
    mine = {each.digest for each in kept if each.coder == coder}
    theirs = {each.digest for each in kept if each.coder != coder}
    done = [
        not says or not text or digest in mine or (digest in theirs) != again
        for says, text, digest in zip(
            answers.table["says"].to_pylist(), answers.table["text"].to_pylist(), answers.digests, strict=True
        )
    ]
    texts = answers.table["text"].to_pylist()
    scrub, themes = Quoter(study.areas).scrub, answers.table["themes"].to_pylist()
    rows = next_to_code(
        answers.coded.margin, texts, frozenset(at for at, is_done in enumerate(done) if is_done), OFFERED
    )
    return [Line(answers.digests[at], scrub(texts[at]), tuple(themes[at])) for at in rows]


def score(study: Study, answers: OpenAnswers) -> Score:
    """Return the F1 by cross-validation and the agreement of every two coders, and of all where they are more."""
    there = frozenset(answers.digests)
    kept = [each for each in read_codes(study.root) if each.digest in there]
    codes = answers.codebook.codes
    coders = sorted({each.coder for each in kept})
    by = {name: {each.digest: each.codes for each in kept if each.coder == name} for name in coders}
    pairs = []
    for one, other in combinations(coders, 2):
        both = agreement(by[one], by[other], codes)
        if both.n:
            pairs.append((one, other, both.n, both.f1, both.kappa))
    together = joint_kappa(list(by.values()), codes) if len(by) > 2 else (0, float("nan"))
    human = answers.different.human(settled(kept))
    f1 = live_f1(answers.coder(), codes, human)
    return Score(len(human), f1, tuple(pairs), together)


def sheet_of(lines: Sequence[Line], answers: OpenAnswers) -> bytes:
    """Return the coding sheet as an Excel file."""
    with scratch_folder() as folder:
        path = folder / "编码表.xlsx"
        write_sheet(path, lines, answers.labels)
        return path.read_bytes()


SHOWN_WORDS = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Similar answers that no theme covers: count, distinctive words, and quotes where there are enough."""

    n: int
    words: tuple[str, ...]
    quotes: tuple[str, ...]


def groups_of(study: Study, answers: OpenAnswers) -> tuple[int, tuple[Group, ...]]:
    """Return the number of answers that no theme covers, and their groups; copies count once.

    Groups below the study's suppression limit are left out.
    """
    table = answers.without_copies()
    bare = table.filter(table["says"]).select(["text", "words", "themes"]).to_pylist()
    bare = [row for row in bare if not row["themes"]]
    texts = [row["text"] for row in bare]
    quoter = Quoter(study.areas)
    found = []
    for cluster in uncovered(texts, [row["words"] for row in bare], fewest=study.suppression):
        quotes = quoter([texts[row] for row in cluster.rows], fewest=study.suppression, most=2)
        if cluster.pieces:  # answers such as 都挺好 have no word to name the group
            found.append(Group(len(cluster.rows), cluster.pieces, quotes))
    return len(texts), tuple(found)


def words_of(answers: OpenAnswers) -> list[WordCandidate]:
    """Return words of the answers that are in no dictionary, the most frequent first."""
    table = answers.without_copies()
    segmenter, greetings = Segmenter(answers.lexicon.words, engine=answers.engine), answers.lexicon.greetings
    texts = table.filter(table["says"])["text"].to_pylist()
    return candidates(texts, lambda word: word in greetings or segmenter.knows(word), most=SHOWN_WORDS)
