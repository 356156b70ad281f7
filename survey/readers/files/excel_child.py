"""Convert Excel sheets to Arrow files in a separate process: `python -P excel_child.py FILE FOLDER MEMORY SECONDS`.

The process bounds the memory and time that a hostile or broken workbook can take. It imports nothing of Silu, so that
it starts in a tenth of a second, and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

MAX_BYTES = 300 * 2**20
CHUNK = 2**18
ERROR_CELL = "#错误"


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


def read_sheets(path: Path, folder: Path, kept: list[Any]) -> list[dict[str, Any]]:
    """Write every visible, non-empty sheet as text columns c0.. to FOLDER/<n>.arrow; return the facts of all sheets.

    `kept` holds the parsed sheets until the process exits, which frees millions of cells at once.
    """
    # pyarrow works without numpy, which accounts for more than half of its import time
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    import fastexcel
    import pyarrow as pa

    book = fastexcel.read_excel(path)
    sheets: list[dict[str, Any]] = []
    for number, name in enumerate(book.sheet_names):
        # skip_rows=0 keeps leading empty rows, so that row numbers are those of Excel
        sheet = book.load_sheet(number, header_row=None, dtypes="string", skip_rows=0)
        facts: dict[str, Any] = {"name": name, "hidden": sheet.visible != "visible", "rows": 0}
        sheets.append(facts)
        kept.append(sheet)
        if facts["hidden"] or not sheet.width:
            continue
        batch, errors = sheet.to_arrow_with_errors()
        columns = mark(batch.columns, errors.errors if errors else [])
        table = pa.RecordBatch.from_arrays(columns, names=[f"c{i}" for i in range(len(columns))])
        with pa.OSFile(str(folder / f"{number}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_batch(table)
        facts |= {"rows": table.num_rows, "first_column": sheet.available_columns()[0].absolute_index}
    return sheets


def mark(columns: list[Any], errors: list[Any]) -> list[Any]:
    """Mark error cells such as #DIV/0!, which the parser returns empty, so that they do not pass for blank answers."""
    import pyarrow as pa

    where: dict[int, list[int]] = {}
    for error in errors:
        row, column = error.position
        where.setdefault(column, []).append(row)
    for column, rows in where.items():
        cells = columns[column].to_pylist()
        for row in rows:
            cells[row] = ERROR_CELL
        columns[column] = pa.array(cells, pa.string())
    return columns


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
        report = {"error": "unreadable", "detail": f"{type(error).__name__}: {error}"[:500]}
    json.dump(report, sys.stdout)
    return 0


if __name__ == "__main__":
    parsed: list[Any] = []
    code = main(sys.argv[1:], parsed)
    sys.stdout.flush()
    os._exit(code)  # skips freeing the sheets cell by cell
