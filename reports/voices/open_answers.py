"""Read and code open answers: from the store to themes, with a cache beside the store."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import Digests, Progress, attach
from analysis.text.coding import Distinct, spread
from analysis.text.copy_rule import Ints
from analysis.text.duplicates import Copies
from analysis.text.themes.codebook import Codebook, parse_codebook
from analysis.text.themes.coder import CodedTexts, Flags, Human
from analysis.text.themes.training_texts import training_texts
from reports.counted.kept_tables import Tables
from reports.voices.kept.answers import (
    answers_as_before,
    content_key,
    is_kept,
    kept_answers,
    reading_key,
    summaries_of,
)
from reports.voices.kept.copies import kept_copies
from reports.voices.kept.digests import kept_digests
from reports.voices.kept.readings import kept_readings, rules_key
from reports.voices.kept.summaries import Summaries
from reports.voices.kept.themes import Answered, Codes, kept_themes
from survey.errors import StudyError
from survey.quality import exclusions
from survey.storage.store import DIGEST, ResponseStore
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
class Reading:
    """Answers as they were read.

    Attributes:
        table: response_id, wave, mode, item and the columns of `analysis.text.answers.SCHEMA` but the digest.
        names: digests of the raw texts.
        coded: their themes.
        trains: [N] whether their texts train the model of the codebook.
        find: finds the groups of copied answers.
    """

    table: pa.Table
    names: Digests
    coded: CodedTexts
    trains: Flags
    find: Callable[[], Copies] = field(repr=False, compare=False)

    def coded_among(self, codes: Codes) -> int:
        """Return how many of the texts coded by people are among these."""
        return int(np.isin(np.array(list(codes), dtype=np.int64), self.names).sum())


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
    key = reading_key(study, item, version, (lexicon.fingerprint, engine), codes)
    make = partial(_reading, study, item, version, (lexicon, engine), codes, waves, progress)
    found = OpenAnswers(lexicon, codebook, engine, codes, make, NOWHERE if waves else summaries_of(study, key))
    if not is_kept(study, key):
        found.cache[READING] = make()
    return found


def _reading(
    study: Study,
    item: str,
    version: int | None,
    words: tuple[Lexicon, str],
    codes: Codes,
    waves: tuple[str, ...],
    progress: Progress | None,
) -> Reading:
    """Return the answers to a question in some waves: the kept ones, else those of the store, read now."""
    named, count = (words[0].fingerprint, words[1]), len(parse_codebook(words[0].themes).codes)
    key = reading_key(study, item, version, named, codes)
    of_all = kept_answers(study, key, count)
    if of_all is None:
        named_by = partial(kept_digests, study)
        texts = exclusions.counted_texts(study, version=version, item=item, digest=named_by, described=True)
        train = training_texts(texts[DIGEST].to_numpy(), _arrival(study, version, texts["import_id"]))
        content = content_key(item, texts, texts[DIGEST].to_numpy(), train, named, codes)
        of_all = answers_as_before(study, key, content, count)
    if of_all is None:
        table, names, coded, trains = _coded(study, item, texts, train, words, codes, progress)
    else:
        table, names, coded, trains = of_all.table, of_all.names, of_all.coded, of_all.trains
    wanted = pa.array(waves, table["wave"].type) if waves else table["wave"].unique()
    kept = np.flatnonzero(pc.is_in(table["wave"], wanted))
    if len(kept) < len(table):
        table, names, coded, of_all = table.take(pa.array(kept)), names[kept], spread(coded, kept), None
        trains = trains[kept]
    if of_all is not None:
        copies = of_all.copies
        return Reading(table, names, coded, trains, lambda: copies)
    find = partial(kept_copies, study, partial(_said, table), names, f"{rules_key(words[0])}-{item}")
    return Reading(table, names, coded, trains, find)


def _coded(
    study: Study,
    item: str,
    texts: pa.Table,
    train: Digests,
    words: tuple[Lexicon, str],
    codes: Codes,
    progress: Progress | None,
) -> tuple[pa.Table, Digests, CodedTexts, Flags]:
    """Return the answers to a question in all waves, the digests of their raw texts, their themes, and who trains."""
    codebook = parse_codebook(words[0].themes)
    names: Digests = texts[DIGEST].to_numpy()
    texts = texts.drop_columns([DIGEST, "import_id"])
    table = attach(texts, kept_readings(study, words, texts["text"], names, progress, item), names)
    # Texts of all waves train the model, so that themes are found before waves are chosen.
    coded, place = kept_themes(study, Answered(table, names, train, codebook.codes), codes, rules_key(words[0]))
    themes = coded.themes(codebook.codes).take(pa.array(place))
    table = table.set_column(table.schema.get_field_index("themes"), "themes", themes)
    return table, names, spread(coded, place), np.isin(names, train)


def _arrival(study: Study, version: int | None, imports: pa.ChunkedArray) -> Ints:
    """Return the number of the import of each answer, the oldest first; unknown ones come last."""
    lineage = ResponseStore(study.root / "store").lineage(version)
    known = list(dict.fromkeys(str(one.meta.get("import_id", "")) for one in lineage))
    at = pc.fill_null(pc.index_in(imports, value_set=pa.array(known, pa.string())), len(known))
    return np.asarray(at, dtype=np.int64)


def _said(table: pa.Table, rows: npt.NDArray[np.int64]) -> list[str]:
    """Return the texts of some answers, "" for those that say nothing."""
    table = table.select(["text", "says"]).take(pa.array(rows))
    both = zip(table["text"].to_pylist(), table["says"].to_pylist(), strict=True)
    return [text if says else "" for text, says in both]
