"""Delimited text (CSV, TSV) to a Sheet: every cell text, row numbers as Excel would show them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from survey.errors import ReadError
from survey.readers.encoding import cut_off, decoded, find_encoding, transcoded
from survey.readers.sheet import HEAD_ROWS, Body, BrokenRow, Sheet, without_blank_rows

SEPARATORS = (",", "\t", ";", "|")
BLOCK = 2**22
LARGEST_CELL = 2**20


def open_delimited(path: Path) -> tuple[Sheet, str]:
    """Open a text file.

    Returns:
        Its one sheet, and the name of its encoding.

    Raises:
        ReadError: no known encoding, or cut in half.
    """
    encoding = find_encoding(path)
    start, whole = _start(path, encoding)
    separator = _separator(start)
    head, lines = _head(start, separator, whole=whole)

    def load(after: int) -> Body:
        return _body(path, encoding, separator, width=len(head[after - 1]), after=after, lines=lines[after - 1])

    return Sheet(name="", head=head, hidden=False, load=load), encoding


def _start(path: Path, encoding: str) -> tuple[str, bool]:
    """The first characters, and whether they are all."""
    pieces = decoded(path, encoding)
    first = next(pieces, "").lstrip("\ufeff")
    return first, next(pieces, "") == ""


def _separator(text: str) -> str:
    """The separator that cuts most of the first lines into the same, largest number of cells."""
    lines = text.splitlines()[:HEAD_ROWS]

    def score(separator: str) -> tuple[int, int]:
        counts = Counter(line.count(separator) for line in lines if separator in line)
        count, often = counts.most_common(1)[0] if counts else (0, 0)
        return often, count

    return max(SEPARATORS, key=score)


def _head(text: str, separator: str, *, whole: bool) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """The first records, and after how many lines of text each ends."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    head, lines = [], []
    try:
        for record in reader:
            head.append(tuple(record))
            lines.append(reader.line_num)
            if len(head) == HEAD_ROWS:
                break
    except csv.Error:
        pass  # what is wrong is told by the reader of the body, with its row
    if not whole and len(head) < HEAD_ROWS:
        head, lines = head[:-1], lines[:-1]
    return tuple(head), tuple(lines)


def _body(path: Path, encoding: str, separator: str, *, width: int, after: int, lines: int) -> Body:
    """Rows after the heading. One thread: only then does pyarrow number the rows it refuses."""
    broken: list[BrokenRow] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        number = after + int(row.number) - lines
        broken.append(BrokenRow(number, row.text, row.actual_columns, row.expected_columns))
        return "skip"

    names = [f"c{i}" for i in range(width)]
    source = str(path) if encoding == "utf-8" else pa.BufferReader(transcoded(path, encoding))
    try:
        frame = pacsv.read_csv(
            source,
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=lines, use_threads=False, block_size=BLOCK),
            parse_options=pacsv.ParseOptions(
                delimiter=separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise _unreadable(path, str(error)) from error
    return without_blank_rows(Body(frame, _rows(frame.num_rows, after, broken), tuple(broken)))


def _rows(count: int, after: int, broken: list[BrokenRow]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Row numbers of the kept rows: all numbers below the heading less those of the broken rows."""
    numbers = np.arange(after + 1, after + 1 + count + len(broken), dtype=np.int32)
    return numbers[~np.isin(numbers, [row.row for row in broken])] if broken else numbers


def _unreadable(path: Path, detail: str) -> ReadError:
    if "UTF8" in detail:
        return cut_off(path, 0)
    return ReadError(
        "文本文件读不下去",
        where=path.name,
        got=detail[:200],
        cure="多半是某个引号没有成对；在 Excel 里打开检查后另存为 xlsx 再试",
    )
