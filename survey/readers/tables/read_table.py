"""ReadTable: an answer file whose columns have been identified. Every cell is still text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import pyarrow as pa

from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import IssueCode
from survey.readers.files.sheet import BrokenRow, Opened, Rows


class Form(StrEnum):
    """How a column of a file represents answers."""

    META = "meta"  # about the response: target is one of META_TARGETS
    SINGLE = "single"  # one option: target is an item
    NUMBER = "number"  # target is an item
    OPTIONS = "options"  # all chosen options in one cell: target is a question
    FLAG = "flag"  # one option of a multiple choice: target is an item such as "B1.4"
    TEXT = "text"  # target is a text item such as "H1" or "B1.other"


META_TARGETS: Mapping[str, str] = {
    "response_id": "答卷编号",
    "serial": "序号（与提交时间合成编号）",
    "wave": "期次",
    "mode": "调查方式",
    "psu": "社区编码",
    "district": "区县名称",
    "street": "街道名称",
    "community": "社区名称",
    "link": "来源详情（链接里可带社区编码）",
    "submitted": "提交时间",
    "seconds": "答题用时",
    "interviewer": "访问员",
    "weight": "基础权重",
    "ip": "网络地址",
    "device": "设备",
}
"""target of a META column -> Chinese name."""


@dataclass(frozen=True, slots=True)
class MarkedRows:
    """Rows flagged by the tool itself, for example as a preview or an unfinished interview.

    Args:
        problem: the issue; its severity decides whether the rows are stored.
        positions: row positions in the frame; empty for the whole file.
        column: heading of the flagging column.
        value: its cell in the first of the rows.
    """

    problem: IssueCode
    positions: tuple[int, ...]
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a whole file that its reader noticed.

    Args:
        problem: the issue, a note.
        where: the column or range concerned; "" for none.
        found: what was found, in Chinese.
    """

    problem: IssueCode
    where: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and its target.

    Args:
        index: position; the column is c<index> of the frame.
        heading: heading as written in the file.
        letters: Excel letters of the column; "" where there are none.
        form: how its cells represent answers.
        target: item, text item, question or META target that it feeds.
    """

    index: int
    heading: str
    letters: str
    form: Form
    target: str

    @property
    def label(self) -> str:
        """Excel letters and heading, for messages."""
        return f"{self.letters} {self.heading}".strip()


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of the rows, and what the reader recognised (`why`); recorded in the history of the store."""

    file: str
    sha256: str
    sheet: str
    reader: str
    encoding: str
    header_row: int
    why: str = ""


@dataclass(frozen=True)
class ReadTable:
    """The result of a reader, ready for coding.

    Args:
        provenance: file, digest, sheet, reader.
        frame: text columns c0, c1, ...; an empty cell is NULL or "".
        rows: Excel row number of each row of the frame, ascending.
        headings: headings of all columns of the frame, as written in the file.
        columns: the used columns with their targets.
        dialect: conventions of the tool.
        unused: headings without a target.
        broken: rows that could not be assigned to columns.
        lost: text items that this kind of file cannot hold; texts already stored are kept.
        hidden: names of hidden sheets.
        ignored: Excel row numbers dropped as totals.
        passed: names of visible sheets with rows that were not read.
        marked: rows flagged by the tool.
        remarks: what the reader noticed about the whole file.
    """

    provenance: Provenance
    frame: pa.Table
    rows: Rows
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    dialect: Dialect
    unused: tuple[str, ...] = ()
    broken: tuple[BrokenRow, ...] = ()
    lost: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    ignored: tuple[int, ...] = ()
    passed: tuple[str, ...] = ()
    marked: tuple[MarkedRows, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """The study as a reader knows it: the questionnaire and the confirmed mappings of its files.

    Args:
        questionnaire: the questionnaire.
        mapping: heading -> native column name.
        answers: question -> answer label in the file -> code.
    """

    questionnaire: Questionnaire
    mapping: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The confidence of a reader that a file comes from its tool.

    Args:
        score: from 0 (does not) to 1 (certain).
        why: what it recognised, in Chinese, for the preview.
    """

    score: float
    why: str = ""


class Reader(Protocol):
    """Reader of the exports of one tool. Detection is by content, never by file name."""

    @property
    def name(self) -> str:
        """The key in the registry."""
        ...

    @property
    def title(self) -> str:
        """The name of the tool shown to users."""
        ...

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Return the confidence that the file comes from this tool; must be cheap and never raise."""
        ...

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Identify the columns and return the cells; raise ReadError or CodingError for an unreadable file."""
        ...
