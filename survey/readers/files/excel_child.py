"""Convert Excel sheets to Arrow files in a separate process: `python -P excel_child.py FILE FOLDER MEMORY SECONDS`.

The process bounds the memory and time that a hostile or broken workbook can take. It imports nothing of Silu, so that
it starts in a tenth of a second, and prints one JSON object.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

MAX_BYTES = 1_200 * 2**20
"""Inflated size of a workbook; the largest sheet of Excel, 1,048,576 rows, has 950 MB with 20 columns of text."""
CHUNK = 2**18
OLE = b"\xd0\xcf\x11\xe0"
ERROR_CELL, NOT_AVAILABLE, NO_VALUE = "#错误", "#N/A", "#公式没有值"
"""In place of error cells such as #DIV/0!, of #N/A, and of formulas that were never calculated."""
CHANGED = r"-?(?:\d{16,}|\d+\.\d{9})"
"""Numbers that the parser may have changed: cut at nine decimals, or of more digits than a double holds."""
SAMPLED, LONG = 1_000, 11


def limit(memory: int, seconds: int) -> bool:
    """Limit address space (bytes) and CPU time; return False where the system cannot (Windows)."""
    try:
        import resource
    except ImportError:
        return False
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, hard))
    return True


def count_bytes(path: Path) -> None:
    """Inflate and count every member where no limit applies: members can hold more than the directory declares.

    Raises:
        OverflowError: more than MAX_BYTES in total.
    """
    total = 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            with cast(zipfile.ZipExtFile, archive.open(entry)) as member:
                while piece := member.read1(CHUNK):  # avoids copying into one piece of this size
                    total += len(piece)
                    if total > MAX_BYTES:
                        raise OverflowError(f"{total} bytes")


def sibling(name: str) -> Any:
    """Return a module beside this file, which runs without the package."""
    loaded = sys.modules.get(f"silu_{name}")
    if loaded is None:
        spec = importlib.util.spec_from_file_location(f"silu_{name}", Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[f"silu_{name}"] = loaded
        spec.loader.exec_module(loaded)
    return loaded


def read_sheets(path: Path, folder: Path, kept: list[Any]) -> list[dict[str, Any]]:
    """Write every visible, non-empty sheet as text columns c0.. to FOLDER/<n>.arrow; return the facts of all sheets.

    `kept` holds the parsed sheets until the process exits, which frees millions of cells at once.
    """
    # pyarrow works without numpy, which accounts for more than half of its import time
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    with path.open("rb") as file:
        old = file.read(4) == OLE
    sheets = []
    for number, (facts, columns) in enumerate(_xls(path) if old else _xlsx(path, folder, kept)):
        sheets.append(facts)
        if columns:
            write(folder / f"{number}.arrow", filled(columns, facts))
    return sheets


def _xls(path: Path) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    import pyarrow as pa

    for facts, columns in sibling("xls_cells").read_book(path):
        yield facts, [pa.array(cells, pa.string()) for cells in columns]


def _xlsx(path: Path, folder: Path, kept: list[Any]) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    import fastexcel

    scan = sibling("xlsx_scan")
    plain = zipfile.is_zipfile(path) and "xl/workbook.xml" in zipfile.ZipFile(path).namelist()  # xlsb has no XML
    source = scan.with_right_dates(path, folder) if plain else path
    book = fastexcel.read_excel(source)
    parts = scan.Workbook(source) if plain else None
    for number, name in enumerate(book.sheet_names):
        # skip_rows=0 keeps leading empty rows, so that row numbers are those of Excel
        sheet = book.load_sheet(number, header_row=None, dtypes="string", skip_rows=0)
        facts: dict[str, Any] = {"name": name, "hidden": sheet.visible != "visible", "rows": 0}
        kept.append(sheet)
        if facts["hidden"] or not sheet.width:
            yield facts, []
            continue
        batch, errors = sheet.to_arrow_with_errors()
        first = sheet.available_columns()[0].absolute_index
        facts |= {"rows": batch.num_rows, "first_column": first}
        marks = {error.position: NOT_AVAILABLE if "NA" in error.detail else ERROR_CELL for error in _errors(errors)}
        columns = batch.columns
        if parts:
            found = parts.scan(name, frozenset(first + at for at, cells in enumerate(columns) if changed(cells)))
            facts |= {"merged": found.merged, "hidden_rows": found.hidden}
            facts["hidden_columns"] = inside(found.hidden_columns, first, len(columns))
            parsed = {at: columns[at - first].to_pylist() for at in {column for _, column in found.numbers}}
            numbers = {where: text for where, text in found.numbers.items() if is_changed(parsed, where)}
            marks |= dict.fromkeys(found.empty_formulas, NO_VALUE) | found.raw | numbers
        yield facts, mark(columns, marks, first)


def inside(ranges: list[tuple[int, int]], first: int, width: int) -> list[int]:
    """Return the columns of some ranges of the sheet as places among the `width` columns from `first` on."""
    places = (range(max(low - first, 0), min(high - first + 1, width)) for low, high in ranges)
    return sorted({place for one in places for place in one})


def _errors(errors: Any) -> list[Any]:
    return errors.errors if errors else []


def is_changed(parsed: dict[int, list[str | None]], where: tuple[int, int]) -> bool:
    """Return whether the parser may have changed the number in a cell.

    Args:
        parsed: column in the sheet, from 0 -> its cells as parsed.
        where: row and column in the sheet, from 0.
    """
    cells = parsed[where[1]]
    text = cells[where[0]] if where[0] < len(cells) else None
    return text is not None and len(text) >= LONG and bool(re.fullmatch(CHANGED, text))


def changed(cells: Any) -> bool:
    """Return whether the parser may have changed the numbers of a column, by its first cells."""
    return any(
        cell and len(cell) >= LONG and re.fullmatch(CHANGED, cell) for cell in cells.slice(0, SAMPLED).to_pylist()
    )


def mark(columns: list[Any], marks: dict[tuple[int, int], str], first: int) -> list[Any]:
    """Put texts in the place of cells that the parser returns empty or changed, so that they do not pass for blank.

    Args:
        columns: text columns.
        marks: row and column in the sheet, from 0 -> text.
        first: column of the sheet that comes first.
    """
    import pyarrow as pa

    where: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in marks.items():
        where.setdefault(column - first, []).append((row, text))
    for column, texts in where.items():
        if not 0 <= column < len(columns):
            continue
        cells = columns[column].to_pylist()
        for row, text in texts:
            if row < len(cells):
                cells[row] = text
        columns[column] = pa.array(cells, pa.string())
    return columns


def filled(columns: list[Any], facts: dict[str, Any]) -> list[Any]:
    """Fill merged cells downwards: every row of a range has its value; the facts get the number of filled cells."""
    import pyarrow as pa

    first, count = facts["first_column"], 0
    by_column: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _ in facts.get("merged", ()):
        if bottom > top and 0 <= left - first < len(columns):
            by_column.setdefault(left - first, []).append((top, bottom))
    for column, ranges in by_column.items():
        cells = columns[column].to_pylist()
        for top, bottom in ranges:
            last = min(bottom, len(cells) - 1)
            if top <= last and cells[top]:
                cells[top : last + 1] = [cells[top]] * (last + 1 - top)
                count += last - top
        columns[column] = pa.array(cells, pa.string())
    facts["filled"] = count
    return columns


def write(path: Path, columns: list[Any]) -> None:
    """Write text columns c0.. as an Arrow file."""
    import pyarrow as pa

    table = pa.RecordBatch.from_arrays(columns, names=[f"c{i}" for i in range(len(columns))])
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_batch(table)


def main(arguments: list[str], kept: list[Any]) -> int:
    """Read one workbook and print JSON with either `sheets` or `error`. `kept` as in `read_sheets`."""
    path, folder = Path(arguments[0]), Path(arguments[1])
    bounded = limit(int(arguments[2]), int(arguments[3]))
    try:
        if not bounded and zipfile.is_zipfile(path):
            count_bytes(path)
        report: dict[str, Any] = {"sheets": read_sheets(path, folder, kept)}
    except OverflowError as error:
        report = {"error": "bomb", "detail": str(error)}
    except MemoryError as error:
        report = {"error": "memory", "detail": str(error)}
    except BaseException as error:  # noqa: BLE001 - a broken file may raise anything, including a panic of the parser
        kind = "encrypted" if type(error).__name__ == "EncryptedError" else "unreadable"
        report = {"error": kind, "detail": f"{type(error).__name__}: {error}"[:500]}
    json.dump(report, sys.stdout)
    return 0


if __name__ == "__main__":
    parsed: list[Any] = []
    code = main(sys.argv[1:], parsed)
    sys.stdout.flush()
    os._exit(code)  # skips freeing the sheets cell by cell
