"""Read delimited text (CSV, TSV) into a Sheet: all cells are text, rows are numbered as in Excel."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from survey.errors import ReadError
from survey.readers.files.encoding import decoded, find_encoding, transcoded
from survey.readers.files.gathered import Gathered
from survey.readers.files.sheet import HEAD_ROWS, REPEATED, Body, BrokenRow, Sheet, blank_rows

SEPARATORS = (",", "\t", ";", "|")
DECLARED = re.compile(r'"?sep=([,\t;|])\1*"?\r?\n')
"""A first line that declares the separator, as Excel writes and reads it."""
BLOCK, LARGEST_ROW = 2**20, 2**22
"""Bytes that are parsed at a time; more where a row is longer."""
LARGEST_CELL = 2**20
END = "silu-end"


def open_delimited(path: Path) -> tuple[Sheet, str]:
    """Open a text file.

    Returns:
        The single sheet, and the name of the encoding.

    Raises:
        ReadError: unknown encoding, or truncated file.
    """
    encoding = find_encoding(path)
    start, whole = _start(path, encoding)
    separator = separator_of(start)
    head, lines = _head(start, separator, whole=whole)

    def load(after: int, repeated: Collection[int] = ()) -> Body:
        if whole and after >= len(head):  # only the heading, perhaps without a line break behind it
            return Body(pa.table({}), np.array([], dtype=np.int32))
        width = _width(head, after)
        types = {f"c{i}": REPEATED if i in repeated else pa.string() for i in range(width)}
        body = _body(path, encoding, separator, types=types, after=after, lines=lines[after - 1])
        return body if width == len(head[after - 1]) else _as_wide(body, len(head[after - 1]))

    return Sheet(name="", head=head, hidden=False, load=load), encoding


def _width(head: Sequence[Sequence[str]], after: int) -> int:
    """Return the number of cells of a row: that of the heading, or of the rows where only empty cells differ.

    A separator at the end of every row, or of the heading, is no column.
    """
    heading, below = head[after - 1], head[after:]
    counts = Counter(len(record) for record in below)
    width = counts.most_common(1)[0][0] if counts else len(heading)
    extra = [record[len(heading) :] for record in below if len(record) == width] + [heading[width:]]
    return width if not any(cell.strip() for cells in extra for cell in cells) else len(heading)


def _as_wide(body: Body, width: int) -> Body:
    """Return the body with as many columns as the heading: empty ones dropped or added at the end."""
    frame = body.frame.select(range(min(width, body.frame.num_columns)))
    for index in range(frame.num_columns, width):
        frame = frame.append_column(f"c{index}", pa.nulls(frame.num_rows, pa.string()))
    return replace(body, frame=frame)


def _start(path: Path, encoding: str) -> tuple[str, bool]:
    """Return the first characters, and whether they are the whole file."""
    pieces = decoded(path, encoding)
    first = next(pieces, "").lstrip("\ufeff")
    return first, next(pieces, "") == ""


def separator_of(text: str) -> str:
    """Return the declared separator, else the one that splits most of the first records into the most cells.

    Records are parsed, because a quoted text may hold any number of separators; one that occurs once in each line,
    inside the cells of a multiple choice, yields fewer cells than the real one.
    """
    if declared := DECLARED.match(text):
        return declared[1]

    def score(separator: str) -> int:
        records, _ = _head(text, separator, whole=True)
        counts = Counter(len(record) for record in records if len(record) > 1)
        return max((cells * often for cells, often in counts.items()), default=0)

    return max(SEPARATORS, key=score)


def _head(text: str, separator: str, *, whole: bool) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """Return the first records, and the number of text lines up to the end of each."""
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
        pass  # the reader of the body reports the error with its row
    if not whole and len(head) < HEAD_ROWS:
        head, lines = head[:-1], lines[:-1]
    return tuple(head), tuple(lines)


def _body(
    path: Path, encoding: str, separator: str, *, types: Mapping[str, pa.DataType], after: int, lines: int
) -> Body:
    """Read the rows below the heading; they lie on disk where there are many (`Spill`)."""
    source = str(path) if encoding == "utf-8" else pa.py_buffer(transcoded(path, encoding))
    for block in (BLOCK, LARGEST_ROW):
        broken: list[BrokenRow] = []
        filled: list[np.ndarray[tuple[int], np.dtype[np.bool_]]] = []
        cells = Gathered(types)
        try:
            for batch in _batches(source, separator, types, lines, (block, after, broken)):
                filled.append(~blank_rows(batch))
                cells.add(batch, filled[-1])
            break
        except pa.ArrowInvalid as error:
            if block == LARGEST_ROW or "straddling" not in str(error):
                raise _unreadable(path, encoding, separator, str(error)) from error
    if _may_be_open(cells.last, broken) and (line := _endless(path, encoding, separator)):
        raise ReadError(
            "有一格的引号没有成对，它后面的答卷都会被算进这一格",
            where=f"{path.name} 第 {line} 行起",
            cure="在 Excel 里打开，补上或删去这个引号后另存为 xlsx 再试",
        )
    keep = np.concatenate([np.zeros(0, dtype=np.bool_), *filled])
    return Body(cells.table(), _rows(len(keep), after, broken)[keep], tuple(broken))


def _batches(
    source: str | pa.Buffer,
    separator: str,
    types: Mapping[str, pa.DataType],
    lines: int,
    about: tuple[int, int, list[BrokenRow]],
) -> Iterator[pa.RecordBatch]:
    """Yield the rows in blocks, in one thread: only then does pyarrow number the rows it rejects.

    Args:
        source: the file, or its content in UTF-8.
        separator: between cells.
        types: name of a column -> its type.
        lines: text lines up to the end of the heading.
        about: bytes of a block, rows up to the end of the heading, and the list that gets the rejected rows.
    """
    block, after, broken = about

    def refuse(row: pacsv.InvalidRow) -> str:
        number = after + int(row.number) - lines
        broken.append(BrokenRow(number, row.text, row.actual_columns, row.expected_columns))
        return "skip"

    yield from pacsv.open_csv(
        source if isinstance(source, str) else pa.BufferReader(source),
        read_options=pacsv.ReadOptions(column_names=list(types), skip_rows=lines, use_threads=False, block_size=block),
        parse_options=pacsv.ParseOptions(
            delimiter=separator,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=refuse,
        ),
        convert_options=pacsv.ConvertOptions(column_types=dict(types), strings_can_be_null=False, check_utf8=False),
    )


def _may_be_open(last: str, broken: list[BrokenRow]) -> bool:
    """Return whether the last record spans several lines: an unclosed quote swallows all that follows it."""
    return "\n" in last or bool(broken and "\n" in broken[-1].text)


def _rows(count: int, after: int, broken: list[BrokenRow]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return the row numbers of the kept rows: all below the heading except the broken ones."""
    numbers = np.arange(after + 1, after + 1 + count + len(broken), dtype=np.int32)
    return numbers[~np.isin(numbers, [row.row for row in broken])] if broken else numbers


def _unreadable(path: Path, encoding: str, separator: str, detail: str) -> ReadError:
    """Return the Chinese error for an error of pyarrow."""
    line = _endless(path, encoding, separator) if "straddling" in detail else 0
    what = f"有一格的文字超过 {LARGEST_CELL // 2**20} MB，不是答卷" if line else "文本文件读不下去"
    return ReadError(
        what,
        where=f"{path.name} 第 {line} 行起" if line else path.name,
        cure="多半是某个引号没有成对；在 Excel 里打开检查后另存为 xlsx 再试",
    )


def _endless(path: Path, encoding: str, separator: str) -> int:
    """Return the first line of a record with an oversized cell or without an end before the end of the file.

    A sentinel line is appended: it forms a record of its own unless a cell before it is still open. Return 0 if there
    is no such record.
    """
    csv.field_size_limit(LARGEST_CELL)
    text = io.StringIO("".join(decoded(path, encoding)).lstrip("\ufeff"), newline="")
    begun = following = 1
    reader = csv.reader(chain(text, [END]), delimiter=separator)
    try:
        for record in reader:
            begun, following = following, reader.line_num + 1
            if record == [END]:
                return 0
    except csv.Error:
        return following
    return begun
