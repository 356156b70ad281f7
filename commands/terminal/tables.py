"""Write result tables as text, CSV, workbook or JSON, with explanatory lines."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis import numerals
from reports.labels import CHANCE, HEADINGS

DIGITS: Mapping[str, str] = {
    **{HEADINGS[name]: "0.0" for name in ("estimate", "std_error", "conf_low", "conf_high", "n_eff", "line")},
    HEADINGS["deff"]: "0.00",
}
"""Heading -> number format of a workbook column, for example to show 100 as 100.0 in a column with 94.4."""
DIGITS_OF_CHANCE = '[<1]"<1";[>99]">99";0'
"""Number format of a probability in percent."""


def as_text(table: pd.DataFrame, lines: Sequence[str]) -> bytes:
    """Return aligned columns for the terminal; wide characters count double."""
    columns = [_column(table[name], str(name)) for name in table.columns]
    texts = [[str(name) for name in table.columns], *map(list, zip(*columns, strict=True))]
    widths = [max(_width(row[at]) for row in texts) for at in range(len(table.columns))]
    right = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    rows = ["  ".join(_pad(*cell) for cell in zip(row, widths, right, strict=True)).rstrip() for row in texts]
    return ("\n".join([*rows, "", *lines]) + "\n").encode()


def as_csv(table: pd.DataFrame, lines: Sequence[str]) -> bytes:
    """Return CSV for spreadsheet programs; the lines follow after an empty line."""
    from survey.storage.spreadsheets import csv_file

    return csv_file(table, lines)


def as_xlsx(table: pd.DataFrame, lines: Sequence[str]) -> bytes:
    """Return a workbook with one sheet: the table with a frozen heading, and the lines below."""
    import numpy as np

    from survey.storage.spreadsheets import open_workbook

    buffer = io.BytesIO()
    with open_workbook(buffer, in_memory=True) as book:
        sheet = book.add_worksheet("四率")
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, name in enumerate(table.columns):
            digits = book.add_format({"num_format": known}) if (known := _digits(str(name))) else None
            texts = [str(name), *(_cell(value) for value in table[name])]
            sheet.set_column(column, column, max(map(_width, texts)) + 2, digits)
            sheet.write_string(0, column, str(name), bold)
            for row, value in enumerate(table[name], start=1):
                if not pd.isna(value):
                    sheet.write(row, column, value.item() if isinstance(value, np.generic) else value)
        for offset, line in enumerate(lines):
            sheet.write_string(len(table) + 2 + offset, 0, line)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def as_json(table: pd.DataFrame, meta: Mapping[str, Any]) -> bytes:
    """Return JSON with all columns under their own names, shares in [0, 1], and the meta data."""
    rows = [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]
    plain = {key: _plain(value) for key, value in meta.items()}
    return (json.dumps({"meta": plain, "rows": rows}, ensure_ascii=False, indent=1) + "\n").encode()


FORMATS: Mapping[str, Callable[[pd.DataFrame, Sequence[str]], bytes]] = {
    "table": as_text,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
"""Name -> writer of a table for display and the lines below it; JSON is for programs."""


def _plain(value: Any) -> Any:
    import numpy as np

    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if value is None or pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _digits(heading: str) -> str:
    """Return the number format of a workbook column; "" for the default."""
    return DIGITS_OF_CHANCE if heading.endswith(CHANCE) else DIGITS.get(heading, "")


def _column(values: pd.Series, heading: str) -> list[str]:
    """Return the cells of a column as text: numbers as in sentences, with one precision."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return [_cell(value) for value in values]
    if heading.endswith(CHANCE):
        return [numerals.chance(value / 100).rstrip("%") for value in values]
    decimals = numerals.decimals(values.dropna())
    return [numerals.DASH if pd.isna(value) else numerals.cell(value, decimals) for value in values]


def _cell(value: Any) -> str:
    if pd.isna(value):
        return numerals.DASH
    if isinstance(value, int | float) and not isinstance(value, bool):
        return numerals.cell(value, 0 if isinstance(value, int) else 1)
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int, right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank
