"""Rejected rows that still wait: those of which no answer has come into the store since.

Mending: rejected rows as a workbook that a person corrects and imports again.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import pyarrow as pa

from survey.errors import SiluError
from survey.importing.mapping_file import guide_of
from survey.importing.metadata import read_particulars
from survey.readers import registry
from survey.readers.cells.issues import IssueCode
from survey.readers.files.opening import open_file
from survey.storage.spreadsheets import exact_writer, open_workbook
from survey.storage.store import REJECTED, ResponseStore
from survey.study.study import Study

Rows = Sequence[Mapping[str, Any]]


def outstanding(study: Study, version: int | None = None) -> pa.Table:
    """The rejected rows of a data version that nobody has mended yet.

    A row is mended when the store has a response of its id in its wave. A row without an id, or of a file whose ids
    were made up, cannot be known again and stays. The same row of a file imported twice is told once, as it was last;
    two rows of one import that contradict each other under one id are both told.

    Args:
        study: the study.
        version: data version, the newest when None.

    Returns:
        Rows of schema `store.REJECTED`, in the order of their rejection.
    """
    store = ResponseStore(study.root / "store")
    rows = store.rejected(version=version).to_pylist()
    if not rows:
        return REJECTED.empty_table()
    stored = store.read(["response_id", "wave"], version=version).to_pydict()
    known = set(zip(stored["wave"], stored["response_id"], strict=True))
    by_file: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        by_file.setdefault((row["wave"], row["file"], row["headings"]), []).append(row)
    waiting: dict[tuple[str | int, ...], Mapping[str, Any]] = {}
    for (wave, file, _), mine in by_file.items():
        seen: Counter[tuple[str, ...]] = Counter()
        for row, name in zip(mine, _ids(study, wave, mine), strict=True):
            if (wave, name) not in known:
                same = (row["sheet"], name or row["cells"])
                seen[(row["import_id"], *same)] += 1
                waiting[(wave, file, *same, seen[(row["import_id"], *same)])] = row
    return pa.Table.from_pylist(list(waiting.values()), schema=REJECTED)


def _ids(study: Study, wave: str, rows: Rows) -> list[str]:
    """The id of each row as its reader makes it; "" where it has none or the rows cannot be read again."""
    headings = json.loads(rows[0]["headings"])
    cells = [json.loads(row["cells"]) for row in rows]
    whole = [at for at, row in enumerate(cells) if len(row) == len(headings)]
    found = [""] * len(rows)
    with tempfile.TemporaryDirectory(prefix="silu-") as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            exact_writer(file, quoting=csv.QUOTE_ALL).writerows([headings, *(cells[at] for at in whole)])
        try:
            table = registry.read(open_file(path), guide_of(study))
            one = study.wave(wave)  # the mode is no part of an id
            ids = read_particulars(table, study, one, mode=one.modes[0]).columns["response_id"].to_pylist()
        except SiluError:
            return found
    if any(mark.problem is IssueCode.MADE_ID for mark in table.marked):
        return found
    for number, name in zip(table.rows, ids, strict=True):
        found[whole[int(number) - 2]] = name or ""  # the heading is row 1
    return found


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
    headings = json.loads(rows[0]["headings"])
    with open_workbook(path, constant_memory=True) as book:
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
