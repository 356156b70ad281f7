"""Which open questions are read: marks beside the store, so that a page need not start to read a million texts.

A mark is named by a digest of all that the reading depends on. It says that readings, themes and copies are kept;
where one of them was deleted since, it is made again, and only costs time.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from analysis.text.answers import VERSION
from analysis.text.themes.coder import EDITION
from reports.voices.open_answers import load_answers, open_questions, study_engine, study_lexicon
from survey.errors import SiluError
from survey.host.disk import write_whole
from survey.quality import exclusions
from survey.storage.files import keep_newest
from survey.storage.stored_parts import stored_parts
from survey.study.coding_sheet import read_codes, settled
from survey.study.study import Study

LARGE = 50_000
"""Responses of a study above which pages do not wait for the reading of its texts: about eight CPU seconds."""
KEPT = 12


def is_read(study: Study, item: str, version: int) -> bool:
    """Return whether the answers to an open question are read, coded and compared."""
    return _mark(study, item, version).exists()


def read_ahead(study: Study, version: int) -> None:
    """Read the answers to all open questions of a large study that are not read yet."""
    if sum(part.rows for part in stored_parts(study.root / "store", version)) <= LARGE:
        return
    with suppress(SiluError):
        for item in open_questions(study):
            if not is_read(study, item, version):
                _read(study, item, version)


def _read(study: Study, item: str, version: int) -> None:
    answers = load_answers(study, item, version=version)
    _ = answers.copies
    mark = _mark(study, item, version)
    with suppress(OSError):
        write_whole(mark, lambda draft: draft.write_text(item, encoding="utf-8"))
        keep_newest(mark.parent, "*.read", KEPT)


def _mark(study: Study, item: str, version: int) -> Path:
    parts = stored_parts(study.root / "store", version)
    stored = [part.identity or part.path.name for part in parts]
    out = [exclusions.left_out_of(study, wave) for wave in sorted({part.wave for part in parts})]
    words = (study_lexicon(study).fingerprint, study_engine(study), VERSION, EDITION)
    made_from = (item, stored, out, words, sorted(settled(read_codes(study.root)).items()))
    digest = hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]
    return study.root / "store" / "themecache" / f"{digest}.read"
