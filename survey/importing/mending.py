"""Mending: rejected rows as a workbook that a person corrects and imports again."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import pyarrow as pa

REASON = "退回原因"
ROW = "原行号"


def write_rejected(rejected: pa.Table, folder: Path) -> tuple[Path, ...]:
    """Write one workbook per source file.

    The columns are those of the file, so that the mended workbook can be imported as it is; reason and row number
    stand behind them. Every cell is written as text: a respondent's `=1+1` never becomes a formula.

    Args:
        rejected: rows, schema `store.REJECTED`.
        folder: where to write; made when missing.

    Returns:
        The workbooks, `<file>_退回.xlsx`; a name that is taken is numbered, because somebody may be mending that file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_file: dict[str, list[Mapping[str, Any]]] = {}
    for row in rejected.to_pylist():
        by_file.setdefault(row["file"], []).append(row)
    return tuple(_write(_free(folder, f"{Path(file).stem}_退回"), rows) for file, rows in by_file.items())


def rejected_workbook(rejected: pa.Table) -> bytes:
    """The same workbooks in one zip, for a download."""
    content = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="silu-") as folder, zipfile.ZipFile(content, "w") as archive:
        for path in write_rejected(rejected, Path(folder)):
            archive.write(path, path.name)
    return content.getvalue()


def _free(folder: Path, stem: str) -> Path:
    """The first name that is not taken: what a person has mended by hand is never overwritten."""
    names = (folder / f"{stem}{mark}.xlsx" for mark in chain([""], (f"({number})" for number in count(2))))
    return next(path for path in names if not path.exists())


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    import xlsxwriter

    headings = json.loads(rows[0]["headings"])
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {**options, "constant_memory": True}) as book:
        sheet = book.add_worksheet("退回")
        bold = book.add_format({"bold": True})
        for column, heading in enumerate([*headings, REASON, ROW]):
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(json.loads(row["cells"])):
                sheet.write_string(number, column, cell or "")
            sheet.write_string(number, len(headings), row["reason"])
            sheet.write_number(number, len(headings) + 1, row["row"])
        sheet.freeze_panes(1, 0)
    return path
