"""Kept answers: open answers that are read, coded and compared, beside the store, so that a new process loads them.

A file is named by a digest of the stored parts and all else that it depends on, by one of the answers themselves and
what they are read with, and by the checksum of its content. Where parts have changed and the answers have not, such as
after an import without texts, it is named anew; after an import with texts only what has changed is written. It lies in
a folder that is removed when answers are withdrawn or their period is over. A damaged file is ignored; deleting it
changes no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.text.answers import VERSION, Digests
from analysis.text.duplicates import EDITION as COPIES_EDITION
from analysis.text.duplicates import Copies, grouped
from analysis.text.themes.coder import EDITION, CodedTexts, Flags
from reports.voices.kept.answer_files import NOTHING, Made, files, first_of, has_first, made_of, read, write
from reports.voices.kept.summaries import NAMED, Summaries
from reports.voices.kept.themes import Codes, assigned_from, assigned_lists
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import imports_of, stored_parts, text_identities, text_parts
from survey.study.study import Study

LAYOUT = 3
"""Incremented when the columns of the files change."""
_OWN = ("digest", "primary", "margin", "assigned", "group", "trains", "import")


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers to a question as they were read.

    Attributes:
        table: response_id, wave, mode, item and the columns of `analysis.text.answers.SCHEMA` but the digest.
        names: [N] digests of the raw texts.
        coded: their themes.
        trains: [N] whether their texts train the model of the codebook.
        find: finds the groups of copied answers.
        imports: [N] the import of each.
        made: what all of them were made from.
        content: from `content_key`; "" where nobody has made it.
    """

    table: pa.Table
    names: Digests
    coded: CodedTexts
    trains: Flags
    find: Callable[[], Copies] = field(repr=False, compare=False)
    imports: pa.ChunkedArray | None = field(default=None, repr=False, compare=False)
    made: Made = NOTHING
    content: str = ""

    def coded_among(self, codes: Codes) -> int:
        """Return how many of the texts coded by people are among these."""
        return int(np.isin(np.array(list(codes), dtype=np.int64), self.names).sum())


def reading_key(study: Study, item: str, version: int | None, words: tuple[str, str], codes: Codes) -> str:
    """Return a digest of all that decides themes and copies of the answers to a question; "" where none is kept.

    Args:
        study: the study.
        item: column of the open question.
        version: data version, the newest when None.
        words: fingerprint of the lexicon, and name of the segmenter.
        codes: codes by people, by digest of the raw text.
    """
    store = study.root / "store"
    at = ResponseStore(store).version if version is None else version
    if at is None or study.publication:
        return ""
    theirs = imports_of(text_parts(store))
    parts = [part for part in stored_parts(store, at) if part.imports() & theirs]  # others bring no texts
    stored = [part.identity or part.path.name for part in parts]
    out = [exclusions.left_out_of(study, wave) for wave in sorted({part.wave for part in parts})]
    made_from = (item, stored, text_identities(store), out, rules_of(words), sorted(codes.items()))
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:NAMED]


def content_key(item: str, rows: pa.Table, names: Digests, train: Digests, words: tuple[str, str], codes: Codes) -> str:
    """Return a digest of the answers to a question and of what they are read with: equal ones have equal themes.

    Args:
        item: column of the open question.
        rows: response_id, wave and mode of the answers, in their order.
        names: [N] digests of the raw texts.
        train: digests of the texts that train the model of themes.
        words: as in `reading_key`.
        codes: as in `reading_key`.
    """
    found = hashlib.sha256(repr((item, rules_of(words), sorted(codes.items()))).encode())
    for name in ("wave", "mode", "response_id"):
        column = rows[name].cast(pa.large_string()).combine_chunks()
        column = pa.concat_arrays([column.slice(0, 0), column])  # without an offset
        for values in column.buffers()[1:]:
            found.update(values or b"")
    found.update(names.tobytes())
    found.update(train.tobytes())
    return found.hexdigest()[:NAMED]


def rules_of(words: tuple[str, str]) -> tuple[str | int, ...]:
    """Return all that decides what texts are read as, given lexicon and segmenter."""
    return (*words, VERSION, EDITION, COPIES_EDITION, LAYOUT)


def is_kept(study: Study, key: str) -> bool:
    """Return whether there are files of answers under a key; whether they are whole shows when they are loaded."""
    return any(has_first(path) for path in _files(study, key))


def kept_answers(study: Study, key: str, count: int) -> Reading | None:
    """Return the answers kept under a key; None where there are none, or where the file is damaged.

    Args:
        study: the study.
        key: from `reading_key`.
        count: themes of the codebook.
    """
    return next(_loaded(_files(study, key), count), None)


def answers_as_before(study: Study, key: str, content: str, count: int) -> Reading | None:
    """Return the answers kept under another key with the same content; they are kept under this key from now on.

    Args:
        study: the study.
        key: from `reading_key`, under which nothing is kept.
        content: from `content_key`.
        count: themes of the codebook.
    """
    for path in [*files(_folder(study), f"*-{content}-*")] if key else ():
        for found in _loaded([path], count):
            with suppress(OSError):
                path.replace(path.with_name(f"{key}{path.name[NAMED:]}")).touch()  # the newest files stay
                return found
    return None


def answers_before(study: Study, rules: str, count: int) -> Reading | None:
    """Return the answers that were kept last of the same question, read with the same rules; None for none.

    Args:
        study: the study.
        rules: as in `Made`.
        count: themes of the codebook.
    """
    there = list[tuple[int, Path]]()
    for path in files(_folder(study), "*"):
        with suppress(OSError, KeyError, ValueError, TypeError, pa.ArrowException):
            if made_of(path).rules == rules:
                there.append((path.stat().st_mtime_ns, path))
    return next(_loaded((path for _, path in sorted(there, reverse=True)), count), None)


def kept_columns(study: Study, key: str, columns: Sequence[str]) -> pa.Table | None:
    """Return some columns of the answers kept under a key, without reading the others; None as `kept_answers`."""
    found = next(filter(None, (read(path, columns) for path in _files(study, key))), None)
    return None if found is None else found[0]


def keep_answers(study: Study, key: str, answers: Reading) -> None:
    """Keep answers under `reading_key` and their content; a folder that cannot be written only costs time."""
    if key:
        with suppress(OSError):
            write(_folder(study), f"{key}-{answers.content}", _to_table(answers), answers.made)


def kept_names(study: Study) -> frozenset[str]:
    """Return the names of the answers and summaries that are kept: the first `NAMED` characters of the files'."""
    return frozenset(path.name[:NAMED] for path in _folder(study).glob("*"))


def names_of(study: Study, key: str) -> tuple[str, ...]:
    """Return the names, as of `kept_names`, of the files that hold the answers of a key."""
    return (key, *(one.name[:NAMED] for path in _files(study, key) for one in first_of(path)))


def summaries_of(study: Study, key: str) -> Summaries:
    """Return where summaries of the answers of a key are kept: nowhere where the answers themselves are not."""
    content = next((path.name.split("-")[1] for path in _files(study, key)), "")
    return Summaries(_folder(study), content)


def _files(study: Study, key: str) -> Iterator[Path]:
    return files(_folder(study), f"{key}-*") if key else iter(())


def _folder(study: Study) -> Path:
    return study.root / "store" / "textcache"


def _loaded(paths: Iterable[Path], count: int) -> Iterator[Reading]:
    """Yield the answers of the files that are whole."""
    for path in paths:
        found = read(path)
        with suppress(KeyError):
            if found is not None:
                yield _from_table(*found, path, count)


def _to_table(answers: Reading) -> pa.Table:
    coded, assigned = answers.coded, assigned_lists(answers.coded.assigned)
    group, primary = answers.find().group, coded.primary.astype(np.int16)
    arrays = (answers.names, primary, coded.margin, assigned, group, answers.trains, answers.imports)
    table = answers.table
    for name, values in zip(_OWN, arrays, strict=True):
        table = table.append_column(name, values if isinstance(values, pa.ChunkedArray) else pa.array(values))
    return table


def _from_table(table: pa.Table, made: Made, path: Path, count: int) -> Reading:
    names, primary, margin, group, trains = (
        table[name].to_numpy() for name in ("digest", "primary", "margin", "group", "trains")
    )
    coded = CodedTexts(assigned_from(table["assigned"].combine_chunks(), count), primary.astype(np.int64), margin)
    imports = table["import"]
    made = made if made.whole else replace(made, whole="-".join(path.stem.split("-")[1:]))
    return Reading(table.drop_columns(list(_OWN)), names, coded, trains, lambda: grouped(group), imports, made)
