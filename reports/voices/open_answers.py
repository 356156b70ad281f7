"""Read and code open answers: from the store to themes, with a cache beside the store."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import Progress
from analysis.text.coding import Distinct, spread
from analysis.text.duplicates import Copies
from analysis.text.themes.codebook import Codebook, parse_codebook
from analysis.text.themes.coder import CodedTexts, Human
from reports.counted.kept_tables import Tables
from reports.voices.kept.answers import (
    Reading,
    is_kept,
    kept_answers,
    summaries_of,
)
from reports.voices.kept.made import Question, copies_among, made_answers
from reports.voices.kept.summaries import Summaries
from reports.voices.kept.themes import Answered, Codes
from survey.errors import StudyError
from survey.study.coding_sheet import read_codes, settled
from survey.study.lexicon import Lexicon, load_lexicon
from survey.study.settings import AUTO
from survey.study.study import Study

FOLDER = "lexicon"
"""A study's own word lists and codebook, in its folder."""
COPIES, READING, DIGESTS = "copies", "reading", "digests"
"""Keys of the cache of the answers."""
NOWHERE = Summaries(Path(), "")


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """The answers to one open question.

    Attributes:
        lexicon, codebook, engine: used to read them.
        codes: codes by people, by digest of the raw text.
        read: returns the answers; those kept beside the store are loaded when first asked for, see `reading`.
        summaries: what they add up to, beside the store.
        cache: what summaries of the answers share; see `reports.voices.gathered`.
    """

    lexicon: Lexicon
    codebook: Codebook
    engine: str
    codes: Codes
    read: Callable[[], Reading] = field(repr=False, compare=False)
    summaries: Summaries = field(default=NOWHERE, repr=False, compare=False)
    cache: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    @property
    def reading(self) -> Reading:
        """The answers themselves, loaded once: a million take seconds and 600 MB that their summaries do not need."""
        with self._lock:
            if READING not in self.cache:
                self.cache[READING] = self.read()
            found: Reading = self.cache[READING]
        return found

    @property
    def table(self) -> pa.Table:
        """The columns response_id, wave, mode, item and those of `analysis.text.answers.SCHEMA` but the digest."""
        return self.reading.table

    @property
    def digests(self) -> tuple[int, ...]:
        """The digests of the raw texts, for the coding sheet."""
        if DIGESTS not in self.cache:
            self.cache[DIGESTS] = tuple(self.reading.names.tolist())
        found: tuple[int, ...] = self.cache[DIGESTS]
        return found

    @property
    def coded(self) -> CodedTexts:
        """The themes; `table["themes"]` holds the same by code, the primary theme first."""
        return self.reading.coded

    @property
    def by_people(self) -> int:
        """The number of different texts that people have coded."""
        if not self.codes:
            return 0
        kept = self.summaries.tables("by people", lambda: Tables({}, {"n": self.reading.coded_among(self.codes)}))
        return int(kept.meta["n"])

    @property
    def items(self) -> tuple[str, ...]:
        """The question, as names of its text columns; what is kept for one question is not for another."""
        return tuple(sorted(map(str, self.table["item"].unique().to_pylist())))

    @property
    def labels(self) -> Mapping[str, str]:
        """Return theme code -> name."""
        return {theme.code: theme.name for theme in self.codebook.themes}

    @property
    def copies(self) -> Copies:
        """The groups of copied answers, found when first asked for: the cost grows faster than the number of texts."""
        if COPIES not in self.cache:
            self.cache[COPIES] = self.reading.find()
        found: Copies = self.cache[COPIES]
        return found

    @property
    def different(self) -> Distinct:
        """The different texts, for coding them again with other codes by people."""
        return self._answered.texts()

    def coder(self) -> Callable[[Human], CodedTexts]:
        """Return the coder of the different texts, for several sets of codes by people."""
        return self.different.coder(self._answered.training().model(), every=True)

    @property
    def _answered(self) -> Answered:
        names = np.array(self.digests, dtype=np.int64)
        return Answered(self.table, names, np.unique(names[self.reading.trains]), self.codebook.codes)

    def without_copies(self) -> pa.Table:
        """Return the answers with each group of copies counted once."""
        return self.table.filter(pa.array(self.copies.first))


def open_questions(study: Study) -> Mapping[str, str]:
    """Return column -> title of the open questions, in the order of the questionnaire.

    Raises:
        StudyError: there is none.
    """
    found = {each.name: each.title for each in study.questionnaire.questions if each.type.open}
    if not found:
        raise StudyError("问卷里没有开放题，没有留言可以分析", where="questionnaire.json", expected="一道 comment 题")
    return found


def study_lexicon(study: Study) -> Lexicon:
    """Return the shipped word lists, extended by those of the study's own folder."""
    own = Path(study.root) / FOLDER
    return load_lexicon(*([own] if own.is_dir() else []))


def study_engine(study: Study) -> str:
    """Return the segmenter of a study: [text] segmenter of its study.toml."""
    return str(study.sections.get("text", {}).get("segmenter", AUTO))


def load_answers(
    study: Study,
    item: str,
    *,
    version: int | None = None,
    waves: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> OpenAnswers:
    """Read the answers to one question; texts already read with this lexicon come from the cache.

    Args:
        study: the study.
        item: column of the open question.
        version: data version, the newest when None.
        waves: these waves; all when empty.
        progress: receives the number of texts done.
    """
    lexicon, engine = study_lexicon(study), study_engine(study)
    codebook = parse_codebook(lexicon.themes)
    codes = settled(read_codes(study.root))
    question = Question(study, item, version, lexicon, engine, codes)
    make = partial(_reading, question, waves, progress)
    key = question.key
    found = OpenAnswers(lexicon, codebook, engine, codes, make, NOWHERE if waves else summaries_of(study, key))
    if not is_kept(study, key):
        found.cache[READING] = make()
    return found


def _reading(asked: Question, waves: tuple[str, ...], progress: Progress | None) -> Reading:
    """Return the answers to a question in some waves: the kept ones, else those of the store, read now."""
    found = kept_answers(asked.study, asked.key, len(asked.themes))
    if found is None:
        found = made_answers(asked, progress)
    wave = found.table["wave"]
    kept = np.flatnonzero(pc.is_in(wave, pa.array(waves, wave.type))) if waves else np.arange(len(wave))
    if len(kept) == len(wave):
        return found
    table, names = found.table.take(pa.array(kept)), found.names[kept]
    return Reading(table, names, spread(found.coded, kept), found.trains[kept], copies_among(asked, table, names))
