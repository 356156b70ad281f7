"""Some columns of open answers, for those who need no texts: the others stay in the file that keeps them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from reports.counted.held import held
from reports.voices.kept.answers import kept_columns, reading_key, summaries_of
from reports.voices.kept.scopes import SCOPES, scope_name
from reports.voices.open_answers import load_answers, study_engine, study_lexicon
from survey.storage.stored_parts import text_parts
from survey.study.coding_sheet import read_codes, settled
from survey.study.study import Study


def load_columns(study: Study, item: str, columns: Sequence[str], *, version: int, wave: str) -> pa.Table:
    """Return some columns of the answers of a wave; `load_answers` reads them where nobody has kept them.

    Args:
        study: the study.
        item: column of the open question.
        columns: columns of `OpenAnswers.table`.
        version: data version.
        wave: name of the wave.
    """
    key = _key(study, item, version)
    some = [*columns, "wave"]
    kept = held(lambda: ("columns", key, *some), lambda: kept_columns(study, key, some))  # all waves lie in one file
    if kept is None:
        return load_answers(study, item, version=version, waves=(wave,)).table.select(columns)
    return kept.filter(pc.equal(kept["wave"], pa.scalar(wave, kept["wave"].type))).select(columns)


def scope_of(study: Study, item: str, *, version: int, wave: str, mode: str) -> str | None:
    """Return a digest of what the answers to a question say in a wave and mode, "" for none; None where none is kept.

    Args:
        study: the study.
        item: column of the open question.
        version: data version.
        wave: name of the wave.
        mode: how the answers were collected.
    """
    if not text_parts(study.root / "store"):
        return ""
    kept = summaries_of(study, _key(study, item, version)).known(SCOPES)
    return None if kept is None else str(kept.meta.get(scope_name(wave, mode), ""))


def _key(study: Study, item: str, version: int) -> str:
    words = (study_lexicon(study).fingerprint, study_engine(study))
    return reading_key(study, item, version, words, settled(read_codes(study.root)))
