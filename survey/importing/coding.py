"""Code an answer file into responses, free texts, issues and rejected rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

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
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.issues import CellIssue, IssueCode, Issues
from survey.readers.cells.keys import GARBLED_HINT, is_garbled
from survey.readers.cells.personal import is_personal
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import ReadTable
from survey.storage.store import REJECTED, TEXTS
from survey.study.responses import FIXED, TYPES, column_of, response_schema, role_column
from survey.study.study import INTERVIEWER_MODES, Study, Wave

Mask = npt.NDArray[np.bool_]
SAMPLED = 500  # cells of each column that are searched for personal data
SET_APART = frozenset({IssueCode.NOT_ACCEPTED, IssueCode.PREVIEW_ROW})
NOWHERE = np.array([], dtype=np.int64)


@dataclass(frozen=True)
class CodedFile:
    """One answer file, coded.

    Args:
        read: the file as text.
        responses: valid rows, `responses.response_schema`; import_id and row_hash are still NULL.
        texts: their free texts, `store.TEXTS`; import_id is still NULL.
        text_rows: row of `responses` of each text.
        rejected: rows set aside for correction, `store.REJECTED`; import_id is still NULL.
        issues: all issues found.
        refused: ids of the rows that a status sets apart (not accepted, invalid, deleted, preview).
    """

    read: ReadTable
    responses: pa.Table
    texts: pa.Table
    text_rows: npt.NDArray[np.int64]
    rejected: pa.Table
    issues: Issues
    refused: tuple[str, ...] = ()

    @property
    def rows_in(self) -> int:
        """Number of rows of the file, without totals and blank rows."""
        return int(self.read.frame.num_rows) + len(self.read.broken)


def code_table(read: ReadTable, study: Study, wave: Wave, *, mode: str, keep_partial: bool = False) -> CodedFile:
    """Code one file by the questionnaire of a study.

    Args:
        read: the file as text.
        study: source of questionnaire and frame.
        wave: the wave of the file.
        mode: mode of data collection, for files without a column for it.
        keep_partial: whether to store rows with cells that cannot be coded, without these cells.
    """
    particulars = read_particulars(read, study, wave, mode=mode)
    answers = code_answers(read, study.questionnaire)
    interviewed = pc.is_in(particulars.columns["mode"], pa.array(sorted(INTERVIEWER_MODES)))
    by_interviewer = np.asarray(interviewed.to_numpy(zero_copy_only=False), dtype=bool)
    drop_unasked(answers, study.questionnaire, read, interviewed=by_interviewer)
    mark_unreached(answers, study.questionnaire, read)
    issues = Issues(
        read.provenance.file,
        read.rows,
        (*particulars.findings, *answers.findings, *_garbled(answers), *_of_file(read)),
    )
    reasons = issues.reasons(keep_partial=keep_partial)
    keep = np.ones(read.frame.num_rows, dtype=bool)
    keep[list(reasons)] = False
    rejected = rejected_rows(read, wave, reasons)
    responses = _responses(read, particulars, answers, study.questionnaire)
    texts, at = _texts(particulars, answers, keep)
    return CodedFile(
        read=read,
        responses=responses if keep.all() else responses.filter(pa.array(keep)),
        texts=texts,
        text_rows=at,
        rejected=pa.concat_tables([rejected, _broken_rows(read, wave)]),
        issues=issues,
        refused=_refused(read, particulars),
    )


def _refused(read: ReadTable, particulars: Particulars) -> tuple[str, ...]:
    """Return the ids of the rows that the status of the tool or of a reviewer sets apart."""
    positions = [place for mark in read.marked if mark.problem in SET_APART for place in mark.positions]
    names = particulars.columns["response_id"].take(pa.array(positions, pa.int64())).to_pylist()
    return tuple(dict.fromkeys(name for name in names if name))


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


def _personal(read: ReadTable) -> list[CellIssue]:
    """Return the findings on columns with phone or identity numbers, by their first cells."""
    findings = []
    for index, heading in enumerate(read.headings[: read.frame.num_columns]):
        sample = as_text(read.frame[f"c{index}"].slice(0, SAMPLED)).to_pylist()
        found = sum(bool(cell) and is_personal(cell) for cell in sample)
        if found:
            value = f"前 {len(sample):,} 行里有 {found:,} 行"
            cure = "不需要就从文件里删去这一列，再导入"
            findings.append(CellIssue(IssueCode.PERSONAL, heading.strip(), NOWHERE, (value,), cure=cure))
    return findings


def _of_file(read: ReadTable) -> list[CellIssue]:
    """Return the findings on the whole file."""
    findings = [CellIssue(IssueCode.UNUSED_COLUMN, heading, NOWHERE) for heading in read.unused]
    findings += [CellIssue(IssueCode.HIDDEN_SHEET, sheet, NOWHERE) for sheet in read.hidden]
    findings += [CellIssue(IssueCode.SUMMARY_ROW, f"第 {row} 行", NOWHERE) for row in read.ignored]
    findings += [CellIssue(IssueCode.OTHER_SHEET, sheet, NOWHERE) for sheet in read.passed]
    findings += [CellIssue(IssueCode.LOST_TEXT, item, NOWHERE) for item in read.lost]
    findings += _personal(read)
    findings += [CellIssue(remark.problem, remark.where, NOWHERE, (remark.found,)) for remark in read.remarks]
    findings += [
        CellIssue(mark.problem, mark.column, np.array(mark.positions, dtype=np.int64), (mark.value,))
        for mark in read.marked
    ]
    findings += [
        CellIssue(IssueCode.BROKEN_ROW, f"第 {row.row} 行", NOWHERE, (f"{row.cells} 列",), f"{row.expected} 列")
        for row in read.broken
    ]
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


def _texts(particulars: Particulars, answers: CodedAnswers, keep: Mask) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Return the texts of the kept rows, item by item, and the kept row of each."""
    row_of = np.cumsum(keep) - 1
    pieces, rows = [TEXTS.empty_table()], [NOWHERE]
    for item, words in answers.words.items():
        kept = keep[words.positions]
        positions = words.positions[kept]
        count, where = len(positions), pa.array(positions)
        ids, waves = (pc.take(particulars.columns[name], where) for name in ("response_id", "wave"))
        texts = words.texts if kept.all() else words.texts.filter(pa.array(kept))
        columns = [ids, waves, pa.repeat(item, count), texts, pa.nulls(count, pa.string())]
        pieces.append(pa.table(columns, schema=TEXTS))
        rows.append(row_of[positions])
    return pa.concat_tables(pieces), np.concatenate(rows)


def rejected_rows(read: ReadTable, wave: Wave, reasons: Mapping[int, str]) -> pa.Table:
    """Return rows of a file unchanged, for the side table.

    Args:
        read: the file.
        wave: the wave of the import.
        reasons: position in the frame -> reason in Chinese.
    """
    positions = sorted(reasons)
    frame = read.frame.take(pa.array(positions, pa.int64()))
    cells = [json.dumps(row, ensure_ascii=False) for row in zip(*(c.to_pylist() for c in frame.columns), strict=True)]
    return _side_table(read, wave, [int(read.rows[i]) for i in positions], [reasons[i] for i in positions], cells)


def _broken_rows(read: ReadTable, wave: Wave) -> pa.Table:
    reasons = [f"这一行有 {row.cells} 列，表头有 {row.expected} 列" for row in read.broken]
    cells = [json.dumps([row.text], ensure_ascii=False) for row in read.broken]
    return _side_table(read, wave, [row.row for row in read.broken], reasons, cells)


def _side_table(read: ReadTable, wave: Wave, rows: list[int], reasons: list[str], cells: list[str]) -> pa.Table:
    count = len(rows)
    where = read.provenance
    names = (pa.repeat(text, count).cast(pa.string()) for text in (wave.name, where.file, where.sheet))
    headings = pa.repeat(json.dumps(read.headings, ensure_ascii=False), count).cast(pa.string())
    values = (pa.array(rows, pa.int32()), pa.array(reasons, pa.string()), headings, pa.array(cells, pa.string()))
    return pa.table([pa.nulls(count, pa.string()), *names, *values], schema=REJECTED)
