"""Code an answer file into responses, free texts, issues and rejected rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from survey.host.spilled import Spill, drop_pages
from survey.importing.block import CodedBlock, code_block, joined, marked_rows
from survey.importing.columns.whole import blocks, whole_file
from survey.readers.cells.issues import CellIssue, IssueCode, Issues
from survey.readers.cells.personal import is_personal
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import ReadTable
from survey.storage.import_batch import REJECTED, TEXTS
from survey.study.responses import response_schema
from survey.study.study import Study
from survey.study.terms import Wave

BLOCK = 250_000  # rows that are coded at a time
SAMPLED = 500  # cells of each column that are searched for personal data
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


def code_table(
    read: ReadTable,
    study: Study,
    wave: Wave,
    *,
    mode: str,
    keep_partial: bool = False,
    progress: Callable[[float], None] | None = None,
    block: int = BLOCK,
) -> CodedFile:
    """Code one file by the questionnaire of a study, block by block.

    Args:
        read: the file as text.
        study: source of questionnaire and frame.
        wave: the wave of the file.
        mode: mode of data collection, for files without a column for it.
        keep_partial: whether to store rows with cells that cannot be coded, without these cells.
        progress: receives the share of the rows that are coded.
        block: number of rows that are coded at a time; it changes no result.
    """
    whole, gathered = whole_file(read, wave), _Gathered(study)
    drop_pages()
    for part in blocks(read, block):
        gathered.add(part, code_block(part, study, wave, whole, mode=mode, keep_partial=keep_partial), wave)
        drop_pages()
        if progress is not None:
            progress(gathered.rows / max(read.frame.num_rows, 1))
    return gathered.file(read, wave)


class _Gathered:
    """The coded blocks of a file."""

    def __init__(self, study: Study) -> None:
        self.rows = 0
        self._kept = 0
        self._responses = Spill(response_schema(study.questionnaire))
        self._texts: dict[str, Spill] = {}
        self._text_rows: dict[str, list[npt.NDArray[np.int64]]] = {}
        self._rejected: list[pa.Table] = []
        self._findings: list[list[tuple[int, Sequence[CellIssue]]]] = [[], [], []]
        self._refused: dict[int, list[str | None]] = {}

    def add(self, part: ReadTable, block: CodedBlock, wave: Wave) -> None:
        """Add the next block."""
        self._responses.write(block.responses)
        for item, (texts, rows) in block.texts.items():
            self._texts.setdefault(item, Spill(TEXTS)).write(texts)
            self._text_rows.setdefault(item, []).append(rows + self._kept)
        self._rejected.append(rejected_rows(part, wave, block.reasons))
        for found, some in zip(self._findings, block.findings, strict=True):
            found.append((self.rows, some))
        for number, names in block.refused.items():
            self._refused.setdefault(number, []).extend(names)
        self._kept += block.responses.num_rows
        self.rows += part.frame.num_rows

    def file(self, read: ReadTable, wave: Wave) -> CodedFile:
        """Return the file."""
        findings = [one for some in self._findings for one in joined(some)]
        refused = (name for number in sorted(self._refused) for name in self._refused[number])
        return CodedFile(
            read=read,
            responses=self._responses.table(),
            texts=pa.concat_tables([TEXTS.empty_table(), *(spill.table() for spill in self._texts.values())]),
            text_rows=np.concatenate([NOWHERE, *(rows for some in self._text_rows.values() for rows in some)]),
            rejected=pa.concat_tables([*self._rejected, _broken_rows(read, wave)]),
            issues=Issues(read.provenance.file, read.rows, (*findings, *_of_file(read))),
            refused=tuple(dict.fromkeys(name for name in refused if name)),
        )


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
    findings += marked_rows(read)
    findings += [
        CellIssue(IssueCode.BROKEN_ROW, f"第 {row.row} 行", NOWHERE, (f"{row.cells} 列",), f"{row.expected} 列")
        for row in read.broken
    ]
    return findings


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
