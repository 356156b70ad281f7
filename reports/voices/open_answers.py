"""Read and code open answers: from the store to themes, with a cache beside the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import SCHEMA, VERSION, Progress, attach, digest, read_texts, theme_rules
from analysis.text.duplicates import EDITION, Copies, find_copies, grouped
from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.codebook import Codebook
from analysis.text.themes.coder import CodedTexts, Coder, coded_by_rules, teach
from survey.errors import StudyError
from survey.quality import exclusions
from survey.storage.files import TextCache
from survey.study.coding_sheet import HumanCode, read_codes
from survey.study.lexicon import Lexicon, load_lexicon
from survey.study.settings import AUTO
from survey.study.study import Study

FOLDER = "lexicon"
"""A study's own word lists and codebook, in its folder."""
WORKERS_FROM = 50_000


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """The answers to one open question.

    Attributes:
        table: response_id, wave, item and the columns of `analysis.text.answers.SCHEMA` but the digest.
        digests: digests of the raw texts, for the coding sheet.
        lexicon, codebook, engine: used to read them.
        coded: themes; `table["themes"]` holds the same by code.
        taught: basis of the coding, "rules" or "people".
        copies: groups of copied answers.
    """

    table: pa.Table
    digests: tuple[int, ...]
    lexicon: Lexicon
    codebook: Codebook
    engine: str
    coded: CodedTexts
    taught: str
    copies: Copies

    @property
    def items(self) -> tuple[str, ...]:
        """The question, as names of its text columns; what is kept for one question is not for another."""
        return tuple(sorted(map(str, self.table["item"].unique().to_pylist())))

    @property
    def labels(self) -> Mapping[str, str]:
        """Return theme code -> name."""
        return {theme.code: theme.name for theme in self.codebook.themes}

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
    texts = exclusions.counted_texts(study, waves=waves or None, version=version)
    texts = texts.filter(pc.equal(texts["item"], item))
    lexicon = study_lexicon(study)
    raws = [raw or "" for raw in texts["text"].to_pylist()]
    engine = study_engine(study)
    table = attach(texts, _read(study, lexicon, engine, raws, progress))
    rules = theme_rules(lexicon, engine)
    digests = tuple(digest(raw) for raw in raws)
    substantive = table["says"].to_numpy(zero_copy_only=False)
    shown = [text if says else "" for text, says in zip(table["text"].to_pylist(), substantive, strict=True)]
    coder = _coder(rules, shown, digests, read_codes(study.root))
    if coder.model is None:
        coded = coded_by_rules(rules.matrix(table["themes"].to_pylist()))
    else:
        coded = coder(shown)
        codes = np.array(rules.codebook.codes, dtype=object)
        themes = pa.array([codes[row].tolist() for row in coded.assigned], pa.list_(pa.string()))
        table = table.set_column(table.schema.get_field_index("themes"), "themes", themes)
    copies = _copies(study, shown, digests)
    return OpenAnswers(table, digests, lexicon, rules.codebook, engine, coded, coder.taught, copies)


def verdicts_by_row(digests: tuple[int, ...], verdicts: tuple[HumanCode, ...]) -> dict[int, frozenset[str]]:
    """Return position of a text -> codes; where coders differ, the codes they share, else those of the last coder."""
    kept: dict[int, frozenset[str]] = {}
    for each in verdicts:
        common = kept.get(each.digest, each.codes) & each.codes
        kept[each.digest] = common or each.codes
    place = {name: at for at, name in enumerate(digests)}
    return {place[name]: codes for name, codes in kept.items() if name in place}


def _read(study: Study, lexicon: Lexicon, engine: str, raws: list[str], progress: Progress | None) -> pa.Table:
    cache = TextCache(study.root / "store" / "textcache")
    key = f"{lexicon.fingerprint}-{VERSION}"
    known = cache.read(key, SCHEMA)
    workers = 2 if len(set(raws)) >= WORKERS_FROM else 1
    read = read_texts(raws, lexicon, known=known, workers=workers, engine=engine, progress=progress)
    if known is None or len(read) > len(known):
        cache.write(key, read)
    return read


def _copies(study: Study, texts: list[str], digests: tuple[int, ...]) -> Copies:
    """Return groups of copies, cached by the compared texts and settings."""
    cache = TextCache(study.root / "store" / "copycache")
    schema = pa.schema({"group": pa.int64()})
    named = hashlib.sha256(np.array(digests, dtype=np.int64).tobytes())
    named.update("\n".join(texts).encode("utf-8", "surrogatepass"))
    key = f"{named.hexdigest()[:16]}-{VERSION}-{EDITION}"
    known = cache.read(key, schema)
    if known is not None and len(known) == len(texts):
        return grouped(known["group"].to_numpy())
    found = find_copies(texts)
    cache.write(key, pa.table({"group": found.group}, schema=schema))
    return found


def _coder(rules: ThemeRules, texts: list[str], digests: tuple[int, ...], verdicts: tuple[HumanCode, ...]) -> Coder:
    """Return the rules, or, once people have coded answers, a model trained on their codes and the rules."""
    human = verdicts_by_row(digests, verdicts)
    return teach(rules, texts, human=human) if human else Coder(rules)
