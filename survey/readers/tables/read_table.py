"""ReadTable: an answer file after a reader has understood its heading. Every cell is still text."""

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
    """How a column of a file writes its answers."""

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
    """Rows about which the tool itself says something, such as a preview or an unfinished interview.

    Args:
        problem: what; its severity decides whether the rows are stored.
        positions: in the frame; empty for the file as a whole.
        column: heading that says so.
        value: what stands there.
    """

    problem: IssueCode
    positions: tuple[int, ...]
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and what it feeds.

    Args:
        index: it is column c<index> of the frame.
        heading: as it stands in the file.
        letters: of the column in Excel.
        form: how its cells are written.
        target: item, question or META target.
    """

    index: int
    heading: str
    letters: str
    form: Form
    target: str

    @property
    def label(self) -> str:
        """How to name it to a person: letters and heading."""
        return f"{self.letters} {self.heading}".strip()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the rows came from, and what the reader recognised; kept in the history of the store."""

    file: str
    sha256: str
    sheet: str
    reader: str
    encoding: str
    header_row: int
    why: str = ""


@dataclass(frozen=True)
class ReadTable:
    """What a reader hands to the coder.

    Args:
        provenance: file, digest, sheet, reader.
        frame: text columns c0, c1, ...; an empty cell is NULL or "".
        rows: Excel row of each row of the frame, ascending.
        headings: of every column of the frame, as they stand in the file.
        columns: what each used column feeds.
        dialect: habits of the tool.
        unused: headings that feed nothing.
        broken: rows that could not be put into columns.
        lost: text items that this kind of file cannot carry; texts stored before are then kept.
        hidden: names of hidden sheets.
        ignored: Excel rows left out as totals.
        passed: names of visible sheets that hold rows and were not read.
        marked: what the tool says about single rows.
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


@dataclass(frozen=True, slots=True)
class Guide:
    """What a reader may know of the study: the questionnaire, and what a person confirmed about its files.

    Args:
        questionnaire: what was asked.
        mapping: heading -> our column name.
        answers: question -> wording in the file -> code.
    """

    questionnaire: Questionnaire
    mapping: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """How sure a reader is that a file is its own.

    Args:
        score: 0 (not mine) to 1 (certain).
        why: what it recognised, for the preview.
    """

    score: float
    why: str = ""


class Reader(Protocol):
    """One tool that exports answers. Detection is by content; the name of a file is never looked at."""

    @property
    def name(self) -> str:
        """Its key in the registry."""
        ...

    @property
    def title(self) -> str:
        """What an analyst calls the tool."""
        ...

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """How sure it is; must be cheap and must not raise for any file."""
        ...

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Understand the heading and hand over the cells; ReadError or CodingError when it cannot."""
        ...
