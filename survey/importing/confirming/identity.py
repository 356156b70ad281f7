"""Check the identity of responses by content: stored answers under another id, other answers under a known id.

Ids change when a spreadsheet drops leading zeros, rounds long numbers or numbers the rows anew; the answers do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.coding import CodedFile
from survey.importing.confirming.confirmations import Confirmation, Doubt
from survey.importing.deduplicate import Comparison
from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.storage.store import ResponseStore
from survey.study.responses import column_of

LEAST_UNTIMED = 3
"""Without a time of submission, short answers can coincide: so many rows, and half of the file, must repeat."""
SAME_UNTIMED, SAME_TIMED = 0.5, 0.8
"""Least share of equal questions of a correction: without times, and with a changed time of submission."""
SHOWN = 3
Mask = npt.NDArray[np.bool_]


def identity_doubts(
    coded: Sequence[CodedFile],
    found: Comparison,
    store: ResponseStore,
    wave: str,
    base: int | None,
    asked: Questionnaire,
) -> Iterator[Confirmation]:
    """Yield what must be confirmed about the ids of files.

    Args:
        coded: the files.
        found: their comparison with the store by id.
        store: the store.
        wave: name of the wave.
        base: data version to compare with; None for an empty store.
        asked: the questionnaire.
    """
    if base is None and len(coded) == 1:
        return
    seen = store.read(["response_id", "row_hash"], waves=[wave], version=base) if base is not None else None
    hashes = [seen["row_hash"].combine_chunks()] if seen else []
    names = [str(name) for name in seen["response_id"].to_pylist()] if seen and seen.num_rows else []
    replaced = pa.array(found.replaced, pa.string())
    for file in coded:
        mine = found.responses.filter(pc.is_in(found.responses["response_id"], file.responses["response_id"]))
        new = mine.filter(pc.invert(pc.is_in(mine["response_id"], pa.array([*found.replaced, *names], pa.string()))))
        if hashes and (repeated := _repeated(new, pa.concat_arrays(hashes), names)):
            yield Confirmation(Doubt.SAME_ANSWERS, file.read.provenance.file, *repeated)
        hashes.append(new["row_hash"].combine_chunks())
        names += [str(name) for name in new["response_id"].to_pylist()]
        known = mine.filter(pc.is_in(mine["response_id"], replaced))
        if known.num_rows and (others := _others(known, store, wave, base, asked)):
            yield Confirmation(Doubt.OTHER_ANSWERS, file.read.provenance.file, *others)


def _repeated(new: pa.Table, hashes: pa.Array, names: Sequence[str]) -> tuple[int, str, str] | None:
    """Return number, description and cure of new rows whose whole content is stored under another id."""
    at = pc.index_in(new["row_hash"], hashes)
    same = np.flatnonzero(pc.is_valid(at).to_numpy())
    timed = pc.is_valid(new["submitted"].take(pa.array(same))).to_numpy() if len(same) else np.array([], dtype=bool)
    enough = len(same) >= max(LEAST_UNTIMED, new.num_rows / 2)
    if not len(same) or not (timed.any() or enough):
        return None
    ids = new["response_id"]
    pairs = "、".join(f"{ids[int(row)].as_py()} 与 {names[at[int(row)].as_py()]}" for row in same[:SHOWN])
    what = f"{new.num_rows:,} 份新答卷里有 {len(same):,} 份与已有的完全相同，只是编号不同：{pairs}{_more(same)}"
    cure = "多半是编号丢了开头的 0、被 Excel 改成数字，或者序号重排：恢复原来的编号再导入，否则会重复计算"
    return len(same), what, cure


def _others(
    known: pa.Table, store: ResponseStore, wave: str, base: int | None, asked: Questionnaire
) -> tuple[int, str, str] | None:
    """Return number, description and cure of changed rows that look like another person's answers."""
    old = store.read(waves=[wave], version=base)
    at = pc.index_in(known["response_id"], old["response_id"].combine_chunks())
    timed = pc.is_valid(at).to_numpy()
    known, old = known.filter(pa.array(timed)), old.take(pc.drop_null(at))
    share = _agreement(known, old, asked)
    times = [np.asarray(rows["submitted"].to_numpy(), dtype="datetime64[us]") for rows in (known, old)]
    both = ~np.isnat(times[0]) & ~np.isnat(times[1])
    moved = both & (times[0] != times[1])
    rows = np.flatnonzero((moved & (share < SAME_TIMED)) | (~both & (share < SAME_UNTIMED)))
    if not len(rows):
        return None
    ids = "、".join(str(known["response_id"][int(row)].as_py()) for row in rows[:SHOWN])
    what = f"{known.num_rows:,} 份更正里有 {len(rows):,} 份与原来的大半不同，像是另一个人的答卷：{ids}{_more(rows)}"
    return len(rows), what, "核对编号是不是重排过；确是另外的答卷，换成没有用过的编号再导入"


def _agreement(new: pa.Table, old: pa.Table, asked: Questionnaire) -> npt.NDArray[np.float64]:
    """Return the share of equal questions, in [0, 1], of those answered in either row; 1 where none is."""
    equal, answered = np.zeros(new.num_rows), np.zeros(new.num_rows)
    for question in asked.questions:
        same, given = _compared(new, old, question, asked)
        answered += given
        equal += given & same
    return np.asarray(np.where(answered > 0, equal / np.maximum(answered, 1), 1.0), dtype=np.float64)


def _compared(new: pa.Table, old: pa.Table, question: Question, asked: Questionnaire) -> tuple[Mask, Mask]:
    same, given = np.ones(new.num_rows, dtype=bool), np.zeros(new.num_rows, dtype=bool)
    for item in question.items:
        name = column_of(item, asked)
        if name not in old.column_names:
            continue
        codes = [pc.fill_null(pc.cast(rows[name], pa.int32()), BLANK).to_numpy() for rows in (new, old)]
        same &= codes[0] == codes[1]
        given |= (codes[0] != BLANK) | (codes[1] != BLANK)
    return same, given


def _more(rows: npt.NDArray[np.int64]) -> str:
    return "……" if len(rows) > SHOWN else ""
