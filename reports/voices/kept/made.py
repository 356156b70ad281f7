"""Answers made: those kept last with what has been written since, else all of them, read now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import SCHEMA, Digests, Progress, attach
from analysis.text.coding import spread
from analysis.text.copy_rule import Ints
from analysis.text.duplicates import Copies
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.coder import CodedTexts
from analysis.text.themes.training_texts import training_texts
from reports.voices.kept.answer_files import Made
from reports.voices.kept.answers import Reading, answers_as_before, answers_before, content_key, reading_key, rules_of
from reports.voices.kept.blocks import Pieces, blocks_of, pieces_of
from reports.voices.kept.copies import kept_copies
from reports.voices.kept.digests import kept_digests
from reports.voices.kept.readings import kept_readings, rules_key
from reports.voices.kept.themes import Answered, Codes, kept_themes, model_key
from survey.quality import exclusions
from survey.storage.store import DIGEST, ResponseStore
from survey.study.lexicon import Lexicon
from survey.study.study import Study

WHO = ("response_id", "wave", "item", "mode")


@dataclass(frozen=True, slots=True)
class Question:
    """An open question of a study, and what its answers are read with.

    Attributes:
        study, item, version: the study, the column of the question and the data version, the newest when None.
        lexicon, engine: word lists, and segmenter.
        codes: codes by people, by digest of the raw text.
    """

    study: Study
    item: str
    version: int | None
    lexicon: Lexicon
    engine: str
    codes: Codes

    @property
    def words(self) -> tuple[str, str]:
        """Fingerprint of the lexicon, and name of the segmenter."""
        return self.lexicon.fingerprint, self.engine

    @property
    def key(self) -> str:
        """What the answers are kept under; see `reading_key`."""
        return reading_key(self.study, self.item, self.version, self.words, self.codes)

    @property
    def themes(self) -> tuple[str, ...]:
        """The codes of the themes."""
        return parse_codebook(self.lexicon.themes).codes

    @property
    def rules(self) -> str:
        """Digest of the question and of what its texts are read with."""
        return hashlib.sha256(repr((self.item, rules_of(self.words))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Written:
    """Who has answered, and which texts are not read yet.

    Attributes:
        who: the columns `WHO` of all answers.
        names: [N] digests of the raw texts.
        imports: [N] the import of each.
        fresh: the texts that are not among those kept last, with their digests and imports.
        pieces: which answers are in `before`, and which in `fresh`.
        before: the answers kept last.
        made: what all answers are made from.
    """

    who: pa.Table
    names: Digests
    imports: pa.ChunkedArray
    fresh: pa.Table
    pieces: Pieces
    before: Reading | None
    made: Made

    @property
    def fresh_names(self) -> Digests:
        """The digests of the texts that are not among those kept last."""
        names: Digests = self.fresh[DIGEST].to_numpy()
        return names


def made_answers(asked: Question, progress: Progress | None = None) -> Reading:
    """Return the answers to a question in all waves.

    Args:
        asked: the question.
        progress: receives the number of texts done.
    """
    written = _written(asked)
    train = training_texts(written.names, _arrival(asked, written.imports))
    content = content_key(asked.item, written.who, written.names, train, asked.words, asked.codes)
    same = answers_as_before(asked.study, asked.key, content, len(asked.themes))
    return replace(_coded(asked, written, train, progress), content=content) if same is None else same


def copies_among(asked: Question, table: pa.Table, names: Digests) -> Callable[[], Copies]:
    """Return what finds the copies among answers, given the digests of their texts."""
    return partial(kept_copies, asked.study, partial(_said, table), names, f"{rules_key(asked.lexicon)}-{asked.item}")


def _written(asked: Question) -> _Written:
    study, item = asked.study, asked.item
    if not asked.key:
        named = partial(kept_digests, study)
        texts = exclusions.counted_texts(study, version=asked.version, item=item, digest=named, described=True)
        return _joined(texts, None, Made((("", len(texts)),)))
    before = answers_before(study, asked.rules, len(asked.themes))
    there = {} if before is None else {key: n for key, n in before.made.blocks if key}
    sizes, fresh = list[tuple[str, int]](), list[pa.Table]()
    for block in blocks_of(study, item, asked.version, asked.rules):
        if block.key not in there:
            fresh.append(block.read(study, item))
        sizes.append((block.key, there[block.key] if block.key in there else len(fresh[-1])))
    if not any(key in there for key, _ in sizes):
        before = None
    made = Made(tuple(sizes), asked.rules, whole="" if before is None else before.made.whole)
    return _joined(pa.concat_tables(fresh) if fresh else _nothing(), before, made)


def _nothing() -> pa.Table:
    """Return no texts."""
    columns = {**dict.fromkeys(("response_id", "wave", "item", "text", "import_id"), pa.string()), DIGEST: pa.int64()}
    return pa.schema({**columns, "mode": pa.string()}).empty_table()


def _joined(fresh: pa.Table, before: Reading | None, made: Made) -> _Written:
    pieces = pieces_of(made.blocks, () if before is None else before.made.blocks)
    who, names, imports = fresh.select(list(WHO)), fresh[DIGEST].to_numpy(), fresh["import_id"].dictionary_encode()
    if before is not None and before.imports is not None:
        who = pieces.table(before.table.select(list(WHO)), who)
        names = pieces.array(before.names, names)
        both = pieces.table(pa.table({"import": before.imports}), pa.table({"import": imports}))
        imports = both["import"]
    return _Written(who, names, imports, fresh, pieces, before, made)


def _coded(asked: Question, written: _Written, train: Digests, progress: Progress | None) -> Reading:
    """Return the answers with their themes, and who trains."""
    names, before = written.names, written.before
    table = _read(asked, written, progress)
    if before is not None:
        table = written.pieces.table(before.table, table)
    # Texts of all waves train the model, so that themes are found before waves are chosen.
    model = model_key(names, train, asked.codes, rules_key(asked.lexicon))
    made = replace(written.made, model=model)
    answered, trains = Answered(table, names, train, asked.themes), np.isin(names, train)
    same = before is not None and before.made.model == model
    coded, place = kept_themes(asked.study, answered, asked.codes, model, written.fresh_names if same else None)
    themes, coded = coded.themes(asked.themes).take(pa.array(place)), spread(coded, place)
    if before is not None and same:
        known = pa.table({"themes": before.table["themes"]})
        themes = written.pieces.table(known, pa.table({"themes": themes}))["themes"]
        coded = _both_coded(written.pieces, before.coded, coded)
    table = table.set_column(table.schema.get_field_index("themes"), "themes", themes)
    find = copies_among(asked, table, names)
    return Reading(table, names, coded, trains, find, written.imports, made)


def _both_coded(pieces: Pieces, known: CodedTexts, new: CodedTexts) -> CodedTexts:
    """Return the themes of answers of which some are known and others new."""
    assigned, primary, margin = (
        pieces.array(getattr(known, name), getattr(new, name)) for name in ("assigned", "primary", "margin")
    )
    return CodedTexts(assigned, primary, margin)


def _read(asked: Question, written: _Written, progress: Progress | None) -> pa.Table:
    """Return the answers that are not among those kept last, with the readings of their texts."""
    fresh, before = written.fresh, written.before
    names = written.fresh_names
    known, new = SCHEMA.empty_table(), np.ones(len(names), dtype=np.bool_)
    if before is not None:
        at = pc.index_in(pa.array(names), value_set=pa.array(before.names))
        new = np.asarray(at.is_null())
        columns = [name for name in SCHEMA.names if name != "digest"]
        known = before.table.select(columns).take(at.drop_null())
        known = known.add_column(0, "digest", pa.array(names[~new])).cast(SCHEMA)
    if new.any():
        texts = fresh["text"].filter(pa.array(new))
        words = (asked.lexicon, asked.engine)
        read = kept_readings(asked.study, words, texts, names[new], progress, asked.item)
        known = pa.concat_tables([known, read]).unify_dictionaries()
    return attach(fresh.drop_columns([DIGEST, "import_id"]), known, names)


def _arrival(asked: Question, imports: pa.ChunkedArray) -> Ints:
    """Return the number of the import of each answer, the oldest first; unknown ones come last."""
    lineage = ResponseStore(asked.study.root / "store").lineage(asked.version)
    known = list(dict.fromkeys(str(one.meta.get("import_id", "")) for one in lineage))
    at = pc.fill_null(pc.index_in(imports.cast(pa.string()), value_set=pa.array(known, pa.string())), len(known))
    return np.asarray(at, dtype=np.int64)


def _said(table: pa.Table, rows: Ints) -> list[str]:
    """Return the texts of some answers, "" for those that say nothing."""
    table = table.select(["text", "says"]).take(pa.array(rows))
    both = zip(table["text"].to_pylist(), table["says"].to_pylist(), strict=True)
    return [text if says else "" for text, says in both]
