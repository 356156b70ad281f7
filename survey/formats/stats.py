"""Write coded answers as SPSS .sav and Stata .dta, with labels and user-missing values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import numpy as np
import pandas as pd

from survey.formats.codebook import Dataset, ExportVariable
from survey.instrument.question import BLANK

NOT_ASKED_LABEL = "未问"
MOST_DISCRETE = 3  # SPSS allows three missing values, or a range and one value
NOTE_BYTES = 80  # of one line of the notes of an SPSS file
LONGEST_NAME = 32  # characters of a Stata variable name
NOT_ASKED_LETTER = "z"


def write_sav(dataset: Dataset, path: Path) -> None:
    """Write an SPSS file: don't know, refused and blank become user-missing, not asked system-missing."""
    import pyreadstat

    labels: dict[str, Any] = {one.name: dict(one.labels) for one in dataset.variables if one.labels}
    frame = pd.DataFrame({variable.name: _plain(dataset, variable) for variable in dataset.variables})
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=dataset.title[:20],
        note=[line for note in dataset.notes for line in _wrapped(note)] or None,
        column_labels={variable.name: variable.label for variable in dataset.variables},
        variable_value_labels=labels,
        missing_ranges={one.name: missing_ranges(one) for one in dataset.variables if one.missing},
        variable_measure={one.name: "nominal" for one in dataset.variables if one.form in ("code", "text")},
    )


def _wrapped(note: str) -> Iterator[str]:
    """Yield a note in lines of at most `NOTE_BYTES` bytes of UTF-8."""
    line = ""
    for sign in note:
        if len((line + sign).encode()) > NOTE_BYTES:
            yield line
            line = ""
        line += sign
    yield line


def write_dta(dataset: Dataset, path: Path) -> None:
    """Write a Stata file: missing codes become .a, .b, ... with labels, not asked .z; dots in names become _."""
    import pyreadstat

    names = stata_names(dataset)
    columns: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    missing: dict[str, list[str]] = {}
    for variable in dataset.variables:
        name = names[variable.name]
        extended = dict(zip(variable.missing, ascii_lowercase, strict=False))
        columns[name] = (
            _with_extended_missing(dataset, variable, extended) if variable.missing else _plain(dataset, variable)
        )
        if variable.missing:
            labels[name] = {extended.get(code, code): text for code, text in variable.labels.items()}
            labels[name][NOT_ASKED_LETTER] = NOT_ASKED_LABEL
            missing[name] = [*extended.values(), NOT_ASKED_LETTER]
    pyreadstat.write_dta(
        pd.DataFrame(columns),
        str(path),
        file_label=dataset.title[:20],
        column_labels={names[variable.name]: variable.label[:80] for variable in dataset.variables},
        variable_value_labels=labels,
        missing_user_values=missing,
    )


def stata_names(dataset: Dataset) -> Mapping[str, str]:
    """Return name -> unique Stata name of ASCII letters, digits and _, at most 32 characters."""
    made: dict[str, str] = {}
    for variable in dataset.variables:
        plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in variable.name)
        plain = plain if plain[:1].isalpha() or plain.startswith("_") else f"v{plain}"
        name, number = plain[:LONGEST_NAME], 2
        while name in made.values():
            name, number = f"{plain[: LONGEST_NAME - 4]}_{number}", number + 1
        made[variable.name] = name
    return made


def _plain(dataset: Dataset, variable: ExportVariable) -> Any:
    cells = dataset.table[variable.name]
    if variable.form == "text":
        return np.array([text or "" for text in cells.to_pylist()], dtype=object)
    if variable.form == "time":
        return cells.to_pandas().astype("datetime64[us]")
    return cells.to_pandas().astype("float64")


def _with_extended_missing(dataset: Dataset, variable: ExportVariable, extended: Mapping[int, str]) -> Any:
    """Return codes with missing values as letters. NULL needs a letter too: it would be written as 0."""
    cells = dataset.table[variable.name].to_pylist()
    return np.array([NOT_ASKED_LETTER if cell is None else extended.get(cell, cell) for cell in cells], dtype=object)


def missing_ranges(variable: ExportVariable) -> list[Any]:
    """Return the missing values for SPSS: up to three single values, else a range without valid codes, and BLANK."""
    codes = sorted(variable.missing)
    if len(codes) <= MOST_DISCRETE:
        return codes
    high = [code for code in codes if code != BLANK]
    valid = [code for code in variable.labels if code not in variable.missing]
    if any(min(high) <= code <= max(high) for code in valid):
        return codes[:MOST_DISCRETE]
    return [{"lo": min(high), "hi": max(high)}, BLANK]
