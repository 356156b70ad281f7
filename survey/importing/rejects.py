"""Find the rejected rows that are still outstanding, and write them as workbooks for correction and re-import."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

import pyarrow as pa

from survey.errors import SiluError
from survey.host.scratch import scratch_folder
from survey.importing.columns.metadata import read_particulars
from survey.importing.mapping_file import guide_of
from survey.readers import registry
from survey.readers.cells.issues import IssueCode
from survey.readers.files.opening import open_file
from survey.storage.import_batch import REJECTED
from survey.storage.spreadsheets import exact_writer, open_workbook
from survey.storage.store import ResponseStore
from survey.study.study import Study

Rows = Sequence[Mapping[str, Any]]


def outstanding(study: Study, version: int | None = None) -> pa.Table:
    """Return the rejected rows of a data version that have not been corrected yet.

    A row is corrected once the store has a response with its id in its wave. Rows without an id, or of files with
    generated ids, cannot be recognised and remain outstanding. A row rejected in several imports is returned once, in
    its last state; contradictory rows of one import with the same id are all returned.

    Args:
        study: the study.
        version: data version; None for the newest.

    Returns:
        Rows of schema `store.REJECTED`, in order of rejection.
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
    """Return the id of each row as its reader forms it; "" if there is none or the rows cannot be read again."""
    headings = json.loads(rows[0]["headings"])
    cells = [json.loads(row["cells"]) for row in rows]
    whole = [at for at, row in enumerate(cells) if len(row) == len(headings)]
    found = [""] * len(rows)
    with scratch_folder() as folder:
        path = folder / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            exact_writer(file, quoting=csv.QUOTE_ALL).writerows([headings, *(cells[at] for at in whole)])
        try:
            table = registry.read(open_file(path), guide_of(study))
            one = study.wave(wave)  # ids do not depend on the mode
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

    The workbook has the columns of the file, so that it can be imported after correction, followed by reason and row
    number. All cells are text, so that a respondent's `=1+1` does not become a formula.

    Args:
        rejected: rows, schema `store.REJECTED`.
        folder: target folder, created if missing.

    Returns:
        The workbooks, `<file>_退回.xlsx`, numbered if the name exists, because that file may be under correction.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_file: dict[str, list[Mapping[str, Any]]] = {}
    for row in rejected.to_pylist():
        by_file.setdefault(row["file"], []).append(row)
    return tuple(_write(_free(folder, f"{Path(file).stem}_退回"), rows) for file, rows in by_file.items())


def rejected_workbook(rejected: pa.Table) -> bytes:
    """Return the workbooks in one zip, for download."""
    content = io.BytesIO()
    with scratch_folder() as folder, zipfile.ZipFile(content, "w") as archive:
        for path in write_rejected(rejected, folder):
            archive.write(path, path.name)
    return content.getvalue()


def _free(folder: Path, stem: str) -> Path:
    """Return the first free name, so that manual corrections are never overwritten."""
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
