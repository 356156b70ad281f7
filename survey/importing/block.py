"""Code a block of rows of an answer file, and join what was found in the blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.columns.answers import code_answers
from survey.importing.columns.coded_answers import CodedAnswers, absent, broken
from survey.importing.columns.given_up import mark_unreached
from survey.importing.columns.metadata import read_particulars
from survey.importing.columns.particulars import Particulars
from survey.importing.columns.skip_logic import drop_unasked
from survey.importing.columns.whole import WholeFile
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.issues import CellIssue, IssueCode, Issues
from survey.readers.cells.keys import GARBLED_HINT, is_garbled
from survey.readers.tables.read_table import ReadTable
from survey.storage.import_batch import TEXTS
from survey.study.responses import FIXED, TYPES, column_of, response_schema, role_column
from survey.study.study import INTERVIEWER_MODES, Study
from survey.study.terms import Wave

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
SET_APART = frozenset({IssueCode.NOT_ACCEPTED, IssueCode.PREVIEW_ROW})


@dataclass(frozen=True)
class CodedBlock:
    """Some rows of a file, coded.

    Attributes:
        responses: valid rows, `responses.response_schema`; import_id and row_hash are still NULL.
        texts: text item -> free texts of valid rows, `store.TEXTS`, and the row of `responses` of each.
        findings: about the response, about its answers, on garbled texts; positions count from the first row.
        reasons: position of each rejected row -> reasons in Chinese.
        refused: number of a mark of the reader -> ids of the rows that it sets apart.
    """

    responses: pa.Table
    texts: Mapping[str, tuple[pa.Table, Rows]]
    findings: tuple[Sequence[CellIssue], Sequence[CellIssue], Sequence[CellIssue]]
    reasons: Mapping[int, str]
    refused: Mapping[int, Sequence[str | None]]


def code_block(
    read: ReadTable, study: Study, wave: Wave, whole: WholeFile, *, mode: str, keep_partial: bool
) -> CodedBlock:
    """Code the rows of a block.

    Args:
        read: the block.
        study: source of questionnaire and frame.
        wave: the wave of the file.
        whole: facts about the whole file.
        mode: mode of data collection, for files without a column for it.
        keep_partial: whether to store rows with cells that cannot be coded, without these cells.
    """
    particulars = read_particulars(read, study, wave, mode=mode, whole=whole)
    answers = code_answers(read, study.questionnaire, whole)
    interviewed = pc.is_in(particulars.columns["mode"], pa.array(sorted(INTERVIEWER_MODES)))
    by_interviewer = np.asarray(interviewed.to_numpy(zero_copy_only=False), dtype=bool)
    drop_unasked(answers, study.questionnaire, read, interviewed=by_interviewer)
    mark_unreached(answers, study.questionnaire, read)
    findings = (particulars.findings, answers.findings, _garbled(answers))
    every = (*(one for some in findings for one in some), *marked_rows(read))
    reasons = Issues(read.provenance.file, read.rows, every).reasons(keep_partial=keep_partial)
    keep = np.ones(read.frame.num_rows, dtype=bool)
    keep[list(reasons)] = False
    responses = _responses(read, particulars, answers, study.questionnaire)
    return CodedBlock(
        responses=responses if keep.all() else responses.filter(pa.array(keep)),
        texts=_texts(particulars, answers, keep),
        findings=findings,
        reasons=reasons,
        refused=_refused(read, particulars),
    )


def marked_rows(read: ReadTable) -> list[CellIssue]:
    """Return the findings on rows that the tool flagged."""
    return [
        CellIssue(mark.problem, mark.column, np.array(mark.positions, dtype=np.int64), (mark.value,))
        for mark in read.marked
    ]


def _refused(read: ReadTable, particulars: Particulars) -> Mapping[int, Sequence[str | None]]:
    """Return the ids of the rows that the status of the tool or of a reviewer sets apart, mark by mark."""
    ids = particulars.columns["response_id"]
    return {
        number: ids.take(pa.array(mark.positions, pa.int64())).to_pylist()
        for number, mark in enumerate(read.marked)
        if mark.problem in SET_APART
    }


def _garbled(answers: CodedAnswers) -> list[CellIssue]:
    """Return the findings on garbled free texts, which are stored as given."""
    findings = []
    for item, words in answers.words.items():
        hints = np.flatnonzero(pc.match_substring_regex(words.texts, GARBLED_HINT).to_numpy(zero_copy_only=False))
        texts = words.texts.take(pa.array(hints)).to_pylist()
        bad = [index for index, text in zip(hints.tolist(), texts, strict=True) if is_garbled(text)]
        if bad:
            values = [text for text in texts if is_garbled(text)]
            findings.append(CellIssue(IssueCode.GARBLED, item, words.positions[bad], values))
    return findings


def _responses(
    read: ReadTable, particulars: Particulars, answers: CodedAnswers, questionnaire: Questionnaire
) -> pa.Table:
    rows = read.frame.num_rows
    columns = {name: particulars.columns.get(name, pa.nulls(rows, FIXED.field(name).type)) for name in FIXED.names}
    columns["source_row"] = pa.array(read.rows, pa.int32())
    items = {}
    for item in questionnaire.items:
        codes, kind = answers.codes.get(item.name), TYPES[item.form]
        items[column_of(item, questionnaire)] = pa.nulls(rows, kind) if codes is None else _stored(codes, kind)
    for role, question in questionnaire.roles.items():
        columns[role] = role_column(question, items[column_of(question.items[0], questionnaire)])
    return pa.table({**columns, **items}, schema=response_schema(questionnaire))


def _stored(codes: npt.NDArray[np.int8 | np.int32], kind: pa.DataType) -> pa.Array:
    """Return the stored codes: NULL for not asked, and for cells that could not be coded in a kept row."""
    return pa.array(codes, kind, mask=(codes == absent(codes.dtype)) | (codes == broken(codes.dtype)))


def _texts(particulars: Particulars, answers: CodedAnswers, keep: Mask) -> Mapping[str, tuple[pa.Table, Rows]]:
    """Return the texts of the kept rows, item by item, and the kept row of each."""
    row_of, found = np.cumsum(keep) - 1, {}
    for item, words in answers.words.items():
        kept = keep[words.positions]
        positions = words.positions[kept]
        count, where = len(positions), pa.array(positions)
        ids, waves = (pc.take(particulars.columns[name], where) for name in ("response_id", "wave"))
        texts = words.texts if kept.all() else words.texts.filter(pa.array(kept))
        columns = [ids, waves, pa.repeat(item, count), texts, pa.nulls(count, pa.string())]
        found[item] = (pa.table(columns, schema=TEXTS), row_of[positions])
    return found


def joined(blocks: Sequence[tuple[int, Sequence[CellIssue]]]) -> list[CellIssue]:
    """Return the findings of a file from those of its blocks.

    Args:
        blocks: first row of a block, and its findings.
    """
    if len(blocks) == 1:
        return list(blocks[0][1])
    groups: dict[tuple[str, ...], list[tuple[int, CellIssue]]] = {}
    for start, findings in blocks:
        for one in findings:
            groups.setdefault((one.code, one.column, one.expected, one.cure), []).append((start, one))
    everywhere = {key for key, some in groups.items() if len(some) == len(blocks)}
    return [
        _one(some)
        for key, some in groups.items()
        if some[0][1].code is not IssueCode.NO_PSU_COLUMN or key in everywhere
    ]


def _one(some: Sequence[tuple[int, CellIssue]]) -> CellIssue:
    """Return one finding with the rows of all blocks."""
    first = some[0][1]
    positions = np.concatenate([one.positions + start for start, one in some])
    if not len(positions):
        return first
    if all(len(one.values) <= 1 and tuple(one.values) == tuple(first.values) for _, one in some):
        return replace(first, positions=positions)
    values = [value for _, one in some for value in _each(one)]
    return replace(first, positions=positions, values=values)


def _each(one: CellIssue) -> Sequence[str]:
    """Return the cell at each position."""
    return list(one.values) if len(one.values) == len(one.positions) else list(one.values) * len(one.positions)
