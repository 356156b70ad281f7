"""Code the communities of a file: by a column of codes, or by the link that a respondent followed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.particulars import Particulars, cells_of
from survey.readers.cells.decoding import whole
from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.cells.keys import key
from survey.readers.tables.read_table import Column, ReadTable
from survey.study.study import PROBABILITY_MODES, Study

CODE = re.compile(r"(?<!\d)\d{12}(?!\d)")
SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+")


def code_places(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, study: Study) -> None:
    """Code the column of community codes; without one, the links."""
    column = by_target.get("psu")
    if column is None:
        _linked_places(coded, by_target.get("link"), read, study)
        return
    cells = cells_of(read, column)
    codes = [_place(cell, study) for cell in cells.distinct]
    empty = np.array([not cell for cell in cells.distinct], dtype=bool)[cells.where]
    wrong = np.array([code is None for code in codes], dtype=bool)[cells.where]
    coded.columns["psu"] = pa.array(codes, pa.int64()).take(pa.array(cells.where))
    if (wrong & ~empty).any():
        rounded = any(SCIENTIFIC.fullmatch(key(cell)) for cell in cells.distinct)
        cure = "Excel 把编码显示成了科学计数，请把这一列设为文本后重新填写" if rounded else "核对抽样框 frame.csv"
        coded.findings.append(
            cells.finding(IssueCode.UNKNOWN_PSU, wrong & ~empty, expected="frame.csv 里的 12 位编码", cure=cure)
        )
    without = empty & _sampled(coded)
    if without.any():
        coded.findings.append(cells.finding(IssueCode.NO_PSU, without, expected="12 位社区编码"))


def _place(cell: str, study: Study) -> int | None:
    digits = whole(key(cell))
    return int(digits) if digits.isdecimal() and int(digits) in study.areas.by_code else None


def _linked_places(coded: Particulars, column: Column | None, read: ReadTable, study: Study) -> None:
    """Code the community in the link of a QR poster; a missing code is only noted, unless the mode requires it."""
    coded.columns["psu"] = pa.nulls(read.frame.num_rows, pa.int64())
    if column is not None:
        cells = cells_of(read, column)
        codes = [_first_code(cell, study) for cell in cells.distinct]
        coded.columns["psu"] = pa.array(codes, pa.int64()).take(pa.array(cells.where))
    lost = np.asarray(coded.columns["psu"].is_null().to_numpy(zero_copy_only=False), dtype=bool)
    without = lost & _sampled(coded)
    if without.any():  # self-selected responses must not be mistaken for the probability sample
        cure = "补上社区编码一列；自愿参加的网络问卷请用 --mode online"
        where = np.flatnonzero(without)
        coded.findings.append(CellIssue(IssueCode.NO_PSU, "psu", where, (), "12 位社区编码", cure))
    elif lost.all():
        coded.findings.append(CellIssue(IssueCode.NO_PSU_COLUMN, "", np.array([], dtype=np.int64)))


def _sampled(coded: Particulars) -> npt.NDArray[np.bool_]:
    """Return the rows with the mode of a probability sample, which therefore need a place."""
    sampled = pc.is_in(coded.columns["mode"], pa.array(sorted(PROBABILITY_MODES)))
    return np.asarray(sampled.to_numpy(zero_copy_only=False), dtype=bool)


def _first_code(cell: str, study: Study) -> int | None:
    return next((int(code) for code in CODE.findall(cell) if int(code) in study.areas.by_code), None)
