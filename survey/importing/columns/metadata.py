"""Code the paradata columns of a file: id, place, mode, time, interviewer, weight and pseudonyms."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import ArgumentError
from survey.importing.columns.particulars import ColumnCells, Mask, Particulars, cells_of
from survey.importing.columns.places import PlaceNames, code_places
from survey.importing.columns.whole import WholeFile, whole_file, within
from survey.importing.mapping_file import place_aliases
from survey.readers.cells.dates import LONGEST, digits_of, read_moments, read_span
from survey.readers.cells.decoding import ungrouped
from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.cells.keys import key
from survey.readers.cells.missing import ERROR_CELL, NO_VALUE, WORDS
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import Column, Form, ReadTable
from survey.storage.store import W_SCALE
from survey.study.study import MODES, Study
from survey.study.terms import Wave

ROUNDED = r"^\d(\.\d+)?[eE]\+\d+$"
LARGEST_WEIGHT = 2.0**40
ADD_MODE = "核对文件和轮次；确有这种方式时，先写进 study.toml 这一期的 modes"


def read_particulars(
    read: ReadTable, study: Study, wave: Wave, *, mode: str, whole: WholeFile | None = None
) -> Particulars:
    """Code the columns about the response.

    Args:
        read: the file.
        study: source of the frame.
        wave: the wave of the import.
        mode: mode of data collection, for files without a column for it.
        whole: facts about the whole file, where `read` is a block of it.
    """
    coded, whole = Particulars(), whole or whole_file(read, wave)
    by_target = {column.target: column for column in read.columns if column.form is Form.META}
    _times(coded, by_target, read, (wave, whole))
    _ids(coded, by_target, read, whole)
    _modes(coded, by_target, read, wave, mode)
    aliases = place_aliases(study) if "community" in by_target else {}
    code_places(coded, by_target, read, PlaceNames(study.areas, aliases))
    _weights(coded, by_target, read)
    _interviewers(coded, by_target, read)
    _pseudonyms(coded, by_target, read)
    _waves(coded, by_target, read, wave)
    return coded


def _times(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, about: tuple[Wave, WholeFile]) -> None:
    rows, (wave, whole) = read.frame.num_rows, about
    coded.columns["submitted"] = pa.nulls(rows, pa.timestamp("us"))
    coded.columns["seconds"] = pa.nulls(rows, pa.int32())
    if column := by_target.get("submitted"):
        cells = as_text(read.frame[f"c{column.index}"])
        moments = read_moments(cells, within(wave), whole.short)
        coded.columns["submitted"] = pa.array(moments.values, pa.timestamp("us"))
        outside = _outside(moments.values, wave)
        expected = "时间，如 2026-11-03 09:12:05"
        span = f"{wave.start.isoformat()} 至 {wave.end.isoformat()}"
        for code, mask, right in (
            (IssueCode.BAD_DATE, moments.bad & ~moments.unsure, expected),
            (IssueCode.DAY_ORDER, moments.unsure, expected),
            (IssueCode.SERIAL_DATE, moments.serial, ""),
            (IssueCode.OUTSIDE_WAVE, outside, span),
        ):
            if mask.any():
                positions = np.flatnonzero(mask)
                values = cells.take(pa.array(positions)).to_pylist()
                coded.findings.append(CellIssue(code, column.label, positions, values, right))
    if column := by_target.get("seconds"):
        _spans(coded, cells_of(read, column))


def _outside(values: npt.NDArray[np.datetime64], wave: Wave) -> Mask:
    start, end = _midnight(wave.start), _midnight(wave.end + timedelta(days=1))
    return np.asarray(~np.isnat(values) & ((values < start) | (values >= end)), dtype=bool)


def _midnight(day: date) -> np.datetime64:
    return np.datetime64(day.isoformat(), "us")


def _spans(coded: Particulars, cells: ColumnCells) -> None:
    spans = [read_span(cell) for cell in cells.distinct]
    wrong = np.array(
        [bool(cell) and span is None for cell, span in zip(cells.distinct, spans, strict=True)], dtype=bool
    )
    coded.columns["seconds"] = pa.array(spans, pa.int32()).take(pa.array(cells.where))
    if wrong.any():
        coded.findings.append(
            cells.finding(IssueCode.BAD_DURATION, wrong[cells.where], expected=f"秒数，不超过 {LONGEST}")
        )


def _ids(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, whole: WholeFile) -> None:
    """Code the ids of the file, or prefix-time-serial for a tool that numbers responses from 1."""
    column = by_target.get("response_id") or by_target["serial"]
    cells = pc.utf8_trim_whitespace(pc.fill_null(as_text(read.frame[f"c{column.index}"]), ""))
    empty = _without_id(cells)
    if "response_id" not in by_target:
        stamp = digits_of(coded.columns["submitted"])
        untimed = pc.is_null(stamp)
        _report_untimed(coded, by_target["submitted"], np.flatnonzero(untimed.to_numpy(zero_copy_only=False)))
        cells = pc.binary_join_element_wise(read.dialect.prefix, pc.fill_null(stamp, ""), cells, "-")
    elif rounded := _rounded(whole):
        positions = np.flatnonzero(pc.match_substring_regex(cells, ROUNDED).to_numpy())
        cure = "Excel 只保留 15 位数字：请对方把编号一列设为文本后重新导出"
        coded.findings.append(CellIssue(IssueCode.ROUNDED_ID, column.label, positions, rounded, cure=cure))
    mask = np.asarray(pc.fill_null(empty, True).to_numpy(), dtype=bool)
    if mask.any():
        coded.findings.append(CellIssue(IssueCode.NO_ID, column.label, np.flatnonzero(mask), cure="补上编号后重新导入"))
    coded.columns["response_id"] = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _rounded(whole: WholeFile) -> tuple[str, ...]:
    """Return an id that lost digits as a number (1.23E+17), by the first cells: it concerns the whole column."""
    sample = ((cell or "").strip() for cell in whole.ids)
    return next(((cell,) for cell in sample if re.match(ROUNDED, cell)), ())


def _without_id(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return which cells hold no id: empty ones, words for missing, and marks of cells without a value."""
    nothing = pa.array(["", *WORDS, NO_VALUE, ERROR_CELL])
    longest = max(len(word.encode()) for word in nothing.to_pylist())
    short = pc.less_equal(pc.binary_length(cells), longest)
    few = np.flatnonzero(short.to_numpy())
    mask = np.zeros(len(cells), dtype=bool)
    mask[few] = pc.is_in(cells.take(pa.array(few)), nothing).to_numpy()
    return pa.chunked_array([pa.array(mask)])


def _report_untimed(coded: Particulars, column: Column, rows: npt.NDArray[np.int64]) -> None:
    """Report rows without a time, which the id needs; an unreadable time is reported as such already."""
    known = [one.positions for one in coded.findings if one.code in (IssueCode.BAD_DATE, IssueCode.DAY_ORDER)]
    left = np.setdiff1d(rows, np.concatenate(known)) if known else rows
    if len(left):
        cure = "补上提交时间：这种文件的编号由提交时间和序号合成"
        coded.findings.append(CellIssue(IssueCode.NO_TIME, column.label, left, cure=cure))


def _modes(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, wave: Wave, mode: str) -> None:
    rows = read.frame.num_rows
    column = by_target.get("mode")
    if column is None:
        if not mode:
            expected = "、".join(f"{name}（{MODES[name]}）" for name in wave.modes)
            raise ArgumentError("这一期有多种调查方式，请写明是哪一种", expected=expected, cure="加上 --mode")
        coded.columns["mode"] = pa.repeat(mode, rows).cast(pa.string())
        return
    known = {key(name): name for name in MODES} | {key(label): name for name, label in MODES.items()}
    known |= {"": mode} if mode else {}
    cells = cells_of(read, column)
    found = [known.get(key(cell)) for cell in cells.distinct]
    coded.columns["mode"] = pa.array([name or mode for name in found], pa.string()).take(pa.array(cells.where))
    expected = "、".join(f"{name}（{label}）" for name, label in MODES.items())
    planned = "、".join(MODES[name] for name in wave.modes)
    empty = [not cell for cell in cells.distinct]
    for code, these, right, cure in (
        (IssueCode.UNKNOWN_MODE, [name is None for name in found], expected, ""),
        (IssueCode.OTHER_MODE, [bool(name) and name not in wave.modes for name in found], planned, ADD_MODE),
        (IssueCode.EMPTY_MODE, [bool(name) and none for name, none in zip(found, empty, strict=True)], "", ""),
    ):
        mask = np.array(these, dtype=bool)
        if mask.any():
            coded.findings.append(cells.finding(code, mask[cells.where], expected=right, cure=cure))


def _weights(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable) -> None:
    """Code weights in fixed point."""
    column = by_target.get("weight")
    if column is None:
        coded.columns["w_fx"] = pa.array(np.full(read.frame.num_rows, W_SCALE, dtype=np.int64))
        return
    cells = cells_of(read, column)
    fixed = [_fixed(cell) for cell in cells.distinct]
    wrong = np.array([value is None for value in fixed], dtype=bool)
    coded.columns["w_fx"] = pa.array(fixed, pa.int64()).take(pa.array(cells.where))
    if wrong.any():
        coded.findings.append(cells.finding(IssueCode.BAD_WEIGHT, wrong[cells.where], expected="大于 0 的数"))


def _fixed(cell: str) -> int | None:
    try:
        weight = float(ungrouped(key(cell)))
    except ValueError:
        return None
    value = round(weight * W_SCALE) if 0 < weight < LARGEST_WEIGHT else 0
    return value or None


def _interviewers(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable) -> None:
    column = by_target.get("interviewer")
    if column is None:
        coded.columns["interviewer"] = pa.nulls(read.frame.num_rows, pa.string())
        return
    cells = cells_of(read, column)
    coded.columns["interviewer"] = pa.array([cell or None for cell in cells.distinct], pa.string()).take(
        pa.array(cells.where)
    )


def _pseudonyms(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable) -> None:
    """Code address and device as keys for comparison only, without the place that a tool adds in brackets."""
    for target in ("ip", "device"):
        if column := by_target.get(target):
            cells = cells_of(read, column)
            keys = [_pseudonym(key(cell).partition("(")[0]) for cell in cells.distinct]
            coded.columns[f"{target}_key"] = pa.array(keys, pa.int64()).take(pa.array(cells.where))


def _pseudonym(text: str) -> int | None:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) if text else None


def _waves(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, wave: Wave) -> None:
    coded.columns["wave"] = pa.repeat(wave.name, read.frame.num_rows).cast(pa.string())
    if column := by_target.get("wave"):
        cells = cells_of(read, column)
        own = {key(wave.name), key(wave.title), ""}
        wrong = np.array([key(cell) not in own for cell in cells.distinct], dtype=bool)
        if wrong.any():
            coded.findings.append(
                cells.finding(IssueCode.OTHER_WAVE, wrong[cells.where], expected=wave.name, cure="分期导入")
            )
