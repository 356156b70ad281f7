"""Which open questions are read: marks beside the store, so that a page need not start to read a million texts.

A mark is named by a digest of all that the reading depends on. It says that readings, themes, copies and what they add
up to are kept, and names their files; what was deleted since is made again, by the next run or by a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from reports.voices.gathered import Gathered
from reports.voices.kept.answers import (
    is_kept,
    keep_answers,
    kept_names,
    names_of,
    reading_key,
    summaries_of,
)
from reports.voices.kept.summaries import EDITION, NAMED
from reports.voices.open_answers import load_answers, open_questions, study_engine, study_lexicon
from reports.voices.summing import sum_up
from survey.errors import SiluError
from survey.host.disk import write_whole
from survey.host.memory import give_back
from survey.storage.files import keep_newest
from survey.storage.stored_parts import stored_parts, text_parts
from survey.study.coding_sheet import read_codes, settled
from survey.study.study import Study

LARGE = 50_000
"""Responses of a study above which pages do not wait for the reading of its texts: about eight CPU seconds."""
KEPT = 12


def is_read(study: Study, item: str, version: int) -> bool:
    """Return whether the answers to an open question are read, coded and compared."""
    return mark_of(study, item, version).exists()


def read_ahead(study: Study, version: int, *, every: bool = False) -> int:
    """Read the answers to all open questions of a large study that are not read yet, or whose files lack one.

    Args:
        study: the study.
        version: data version.
        every: whether to read those of a small study, too.

    Returns:
        The number of questions.
    """
    if not every and sum(part.rows for part in stored_parts(study.root / "store", version)) <= LARGE:
        return 0
    made, shared = dict[Path, tuple[str, ...]](), dict[Hashable, Gathered]()
    with suppress(SiluError):
        for item in open_questions(study):
            mark = mark_of(study, item, version)
            if not _is_whole(study, mark):
                made[mark] = _read(study, item, version, shared)
                give_back()
    there = kept_names(study)
    for mark, names in made.items():  # at the end: files of one question may take the place of another's
        _write(mark, sorted(there.intersection(names)))
    return len(made)


def _is_whole(study: Study, mark: Path) -> bool:
    """Return whether all files are there that a mark names."""
    try:
        return kept_names(study).issuperset(mark.read_text(encoding="utf-8").split())
    except OSError:
        return False


def _read(study: Study, item: str, version: int, shared: dict[Hashable, Gathered]) -> tuple[str, ...]:
    """Read the answers to a question and sum them up; return the names of what is kept: none where nobody wrote."""
    if not text_parts(study.root / "store"):
        return ()
    key = _key(study, item, version)
    answers = load_answers(study, item, version=version)
    if not is_kept(study, key):
        give_back()  # what the reading has freed, before copies are looked for, which take most
        found = replace(answers.reading, find=lambda: answers.copies)
        if key != _key(study, item, version):  # the lexicon, codes or exclusions changed meanwhile
            return ()
        keep_answers(study, key, found)
    summaries = summaries_of(study, key)
    sum_up(study, replace(answers, summaries=summaries), item, version, shared)
    return (*names_of(study, key), *summaries.asked)


def _write(mark: Path, names: Sequence[str]) -> None:
    with suppress(OSError):
        write_whole(mark, lambda draft: draft.write_text("\n".join(names), encoding="utf-8"))
        keep_newest(mark.parent, "*.read", KEPT)


def mark_of(study: Study, item: str, version: int) -> Path:
    """Return the file that says that an open question is read, whether it exists or not.

    It is named by the answers to the question, and by all stored parts, of which summaries are made.
    """
    stored = [part.identity or part.path.name for part in stored_parts(study.root / "store", version)]
    name = hashlib.sha256(repr((_key(study, item, version), stored, EDITION)).encode()).hexdigest()[:NAMED]
    return study.root / "store" / "themecache" / f"{name}.read"


def _key(study: Study, item: str, version: int) -> str:
    words = (study_lexicon(study).fingerprint, study_engine(study))
    return reading_key(study, item, version, words, settled(read_codes(study.root)))
