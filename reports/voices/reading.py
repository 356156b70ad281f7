"""Which open questions are read: marks beside the store, so that a page need not start to read a million texts.

A mark is named by a digest of all that the reading depends on. It says that readings, themes, copies and what they add
up to are kept; where one of them was deleted since, it is made again, and only costs time.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from reports.voices.kept.answers import KeptAnswers, keep_answers, reading_key, summaries_of
from reports.voices.kept.summaries import EDITION
from reports.voices.open_answers import load_answers, open_questions, study_engine, study_lexicon
from reports.voices.summing import sum_up
from survey.errors import SiluError
from survey.host.disk import write_whole
from survey.storage.files import keep_newest
from survey.storage.stored_parts import stored_parts
from survey.study.coding_sheet import read_codes, settled
from survey.study.study import Study

LARGE = 50_000
"""Responses of a study above which pages do not wait for the reading of its texts: about eight CPU seconds."""
KEPT = 12


def is_read(study: Study, item: str, version: int) -> bool:
    """Return whether the answers to an open question are read, coded and compared."""
    return mark_of(study, item, version).exists()


def read_ahead(study: Study, version: int) -> None:
    """Read the answers to all open questions of a large study that are not read yet."""
    if sum(part.rows for part in stored_parts(study.root / "store", version)) <= LARGE:
        return
    with suppress(SiluError):
        for item in open_questions(study):
            if not is_read(study, item, version):
                _read(study, item, version)


def _read(study: Study, item: str, version: int) -> None:
    key = _key(study, item, version)
    answers = load_answers(study, item, version=version)
    names = np.array(answers.digests, dtype=np.int64)
    found = KeptAnswers(answers.table, names, answers.coded, answers.copies)
    if key == _key(study, item, version):  # else the lexicon, codes or exclusions changed meanwhile
        keep_answers(study, key, found)
        sum_up(study, replace(answers, summaries=summaries_of(study, key)), item, version)
    mark = mark_of(study, item, version)
    with suppress(OSError):
        write_whole(mark, lambda draft: draft.write_text(item, encoding="utf-8"))
        keep_newest(mark.parent, "*.read", KEPT)


def mark_of(study: Study, item: str, version: int) -> Path:
    """Return the file that says that an open question is read, whether it exists or not."""
    return study.root / "store" / "themecache" / f"{_key(study, item, version)}-{EDITION}.read"


def _key(study: Study, item: str, version: int) -> str:
    words = (study_lexicon(study).fingerprint, study_engine(study))
    return reading_key(study, item, version, words, settled(read_codes(study.root)))
