"""Kept answers: open answers that are read, coded and compared, beside the store, so that a new process loads them.

A file is named by a digest of the stored parts and all else that it depends on, by one of the answers themselves and
what they are read with, and by the checksum of its content. Where parts have changed and the answers have not, such as
after an import without texts, it is named anew. It lies in a folder that is removed when answers are withdrawn or their
period is over. A damaged file is ignored; deleting it changes no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.text.answers import VERSION, Digests
from analysis.text.duplicates import EDITION as COPIES_EDITION
from analysis.text.duplicates import Copies, grouped
from analysis.text.themes.coder import EDITION, CodedTexts, Flags
from reports.voices.kept.summaries import NAMED, Summaries
from reports.voices.kept.themes import Codes, assigned_from, assigned_lists
from survey.host.disk import sha256_of, write_whole
from survey.quality import exclusions
from survey.storage.files import keep_newest
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import imports_of, stored_parts, text_identities, text_parts
from survey.study.study import Study

LAYOUT = 2
"""Incremented when the columns of the files change."""
KEPT = 4
"""Files of a study, one for each open question."""
_OWN = ("digest", "primary", "margin", "assigned", "group", "trains")
_TEMPORARY = "answers.arrow"


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers to a question in all waves: see `reports.voices.open_answers.OpenAnswers` for the table.

    `names` are the digests of the raw texts [N]; `trains` is as in `reports.voices.open_answers.Reading`.
    """

    table: pa.Table
    names: Digests
    coded: CodedTexts
    copies: Copies
    trains: Flags


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
    """Return whether there is a file of answers under a key; whether it is whole shows when it is loaded."""
    return any(_files(study, key))


def kept_answers(study: Study, key: str, count: int) -> KeptAnswers | None:
    """Return the answers kept under a key; None where there are none, or where the file is damaged.

    Args:
        study: the study.
        key: from `reading_key`.
        count: themes of the codebook.
    """
    for path in _files(study, key):
        with suppress(OSError, KeyError, pa.ArrowException):
            if _is_whole(path):
                return _from_table(_read(path), count)
    return None


def answers_as_before(study: Study, key: str, content: str, count: int) -> KeptAnswers | None:
    """Return the answers kept under another key with the same content; they are kept under this key from now on.

    Args:
        study: the study.
        key: from `reading_key`, under which nothing is kept.
        content: from `content_key`.
        count: themes of the codebook.
    """
    for path in _folder(study).glob(f"*-{content}-*.arrow") if key else ():
        with suppress(OSError, KeyError, pa.ArrowException):
            if _is_whole(path):
                found = _from_table(_read(path), count)
                path.replace(path.with_name(f"{key}{path.name[NAMED:]}")).touch()  # the newest files stay
                return found
    return None


def kept_columns(study: Study, key: str, columns: Sequence[str]) -> pa.Table | None:
    """Return some columns of the answers kept under a key, without reading the others; None as `kept_answers`."""
    for path in _files(study, key):
        with suppress(OSError, KeyError, pa.ArrowException):
            if _is_whole(path):
                return _read(path, columns)
    return None


def keep_answers(study: Study, key: str, content: str, answers: KeptAnswers) -> None:
    """Keep answers under `reading_key` and `content_key`; a folder that cannot be written only costs time."""
    if not key:
        return
    folder = _folder(study)
    with suppress(OSError):
        written = write_whole(folder / f"{key}-{_TEMPORARY}", lambda draft: _write(_to_table(answers), draft))
        written.replace(folder / f"{key}-{content}-{sha256_of(written)}.arrow")
        keep_newest(folder, "*.arrow", KEPT)


def kept_names(study: Study) -> frozenset[str]:
    """Return the names of the answers and summaries that are kept: the first `NAMED` characters of the files'."""
    return frozenset(path.name[:NAMED] for path in _folder(study).glob("*"))


def summaries_of(study: Study, key: str) -> Summaries:
    """Return where summaries of the answers of a key are kept: nowhere where the answers themselves are not."""
    content = next((path.name.split("-")[1] for path in _files(study, key)), "")
    return Summaries(_folder(study), content)


def _files(study: Study, key: str) -> Iterator[Path]:
    return _folder(study).glob(f"{key}-*.arrow") if key else iter(())


def _folder(study: Study) -> Path:
    return study.root / "store" / "textcache"


def _is_whole(path: Path) -> bool:
    found = path.stat()
    return path.stem.rpartition("-")[2] == _checksum(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _checksum(path: Path, _written: int, _size: int) -> str:
    return sha256_of(path)


def _read(path: Path, columns: Sequence[str] = ()) -> pa.Table:
    """Return a file, of which only some columns if any are named."""
    with pa.OSFile(str(path)) as source:
        names = pa.ipc.open_file(source).schema.names
        options = pa.ipc.IpcReadOptions(included_fields=[names.index(name) for name in columns])
        return pa.ipc.open_file(source, options=options).read_all()


def _write(table: pa.Table, draft: Path) -> None:
    options = pa.ipc.IpcWriteOptions(compression="lz4", unify_dictionaries=True)
    with draft.open("wb") as file, pa.ipc.new_file(file, table.schema, options=options) as out:
        out.write_table(table)


def _to_table(answers: KeptAnswers) -> pa.Table:
    coded = answers.coded
    assigned = assigned_lists(coded.assigned)
    arrays = (
        answers.names,
        coded.primary.astype(np.int16),
        coded.margin,
        assigned,
        answers.copies.group,
        answers.trains,
    )
    table = answers.table
    for name, values in zip(_OWN, arrays, strict=True):
        table = table.append_column(name, pa.array(values))
    return table.combine_chunks()


def _from_table(table: pa.Table, count: int) -> KeptAnswers:
    names, primary, margin, group = (table[name].to_numpy() for name in _OWN if name not in {"assigned", "trains"})
    coded = CodedTexts(assigned_from(table["assigned"].combine_chunks(), count), primary.astype(np.int64), margin)
    trains = table["trains"].to_numpy()
    return KeptAnswers(table.drop_columns(list(_OWN)), names, coded, grouped(group), trains)
