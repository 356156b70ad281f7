"""Small forms as tables, read by Silu and by pyxform."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xlsxwriter

from survey.formats.xlsform.read import ImportedForm, form_of
from survey.formats.xlsform.sheets import workbook_of
from survey.readers.files.sheet import Body, Sheet

Table = Sequence[Sequence[str]]
Form = Mapping[str, Table]
"""Name of a sheet -> its rows, the heading first."""
YN: Table = [["list_name", "name", "label"], ["yn", "1", "是"], ["yn", "2", "否"]]


def saved(path: Path, form: Form) -> Path:
    """Write a form as a workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in form.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def _sheet(name: str, rows: Table) -> Sheet:
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = [pa.array([row[index] or None for row in full[1:]], pa.string()) for index in range(width)]

    def load(after: int, repeated: object = ()) -> Body:
        assert after == 1
        frame = pa.table(columns, names=[f"c{index}" for index in range(width)])
        return Body(frame, np.arange(2, len(full) + 1, dtype=np.int32))

    return Sheet(name, tuple(map(tuple, full)), hidden=False, load=load)


def imported(form: Form, *, leave_out: bool = False) -> ImportedForm:
    """Read a form without writing it to a file."""
    sheets = [_sheet(name, rows) for name, rows in form.items()]
    return form_of(workbook_of(sheets, "form.xlsx"), "form", leave_out=leave_out)


@cache
def _pyxform() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyxform.errors import PyXFormError
        from pyxform.xls2xform import convert
    return convert, PyXFormError


def xform(form: Form | Path) -> str:
    """Return the XForm that pyxform makes of a form; raise ValueError with the reason if it refuses it."""
    convert, refused = _pyxform()
    source: Any = str(form)
    if isinstance(form, Mapping):
        source = {"sheet_names": list(form), "fallback_form_name": "form"}
        for name, (heading, *rows) in form.items():
            source[name] = [
                {title: cell for title, cell in zip(heading, row, strict=False) if title and cell} for row in rows
            ]
            source[f"{name}_header"] = [dict.fromkeys(filter(None, heading))]
    try:
        return str(convert(source, validate=False).xform)
    except refused as error:
        raise ValueError(str(error)) from error


def verdicts(form: Form) -> tuple[str, list[str]]:
    """Return why pyxform refuses a form, "" if it does not, and our reasons."""
    try:
        xform(form)
        reason = ""
    except ValueError as error:
        reason = str(error)
    return reason, [str(error) for error in imported(form).errors]
