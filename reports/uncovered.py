"""Uncovered: answers that no theme covers, and words that no dictionary knows. No Streamlit here."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.text.discovery import Candidate, candidates, uncovered
from analysis.text.quotes import Quoter
from analysis.text.words.segment import RustSegmenter
from reports.open_answers import Answers
from survey.study.study import Study

SHOWN_WORDS = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Answers alike that no theme covers: how many, the words that tell them apart, quotes where these are enough."""

    n: int
    words: tuple[str, ...]
    quotes: tuple[str, ...]


def groups_of(study: Study, answers: Answers) -> tuple[int, tuple[Group, ...]]:
    """How many answers say something that no theme covers, and the groups they fall into; copies counted once.

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
        if cluster.pieces:  # 都挺好 and the like hold no word to name them by
            found.append(Group(len(cluster.rows), cluster.pieces, quotes))
    return len(texts), tuple(found)


def words_of(answers: Answers) -> list[Candidate]:
    """Words that the answers use and no dictionary knows, the most frequent first."""
    table = answers.without_copies()
    engine, greetings = RustSegmenter(answers.lexicon.words), answers.lexicon.greetings
    texts = table.filter(table["says"])["text"].to_pylist()
    return candidates(texts, lambda word: word in greetings or engine.knows(word), most=SHOWN_WORDS)
