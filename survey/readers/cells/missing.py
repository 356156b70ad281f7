"""Words by which programs write that a value is missing; they mean the same in every column of every tool."""

from __future__ import annotations

from survey.readers.cells.keys import key

WORDS = ("NA", "na", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "<NA>", "NaT", "NULL", "Null", "null", "#NULL!", "-99")
"""As written by R, Excel, pandas, databases and Qualtrics (-99: seen and not answered)."""
MISSING = frozenset(key(word) for word in WORDS)
NO_VALUE = "#公式没有值"
"""In place of a formula that was never calculated, see `survey.readers.files.excel_child`."""
ERROR_CELL = "#错误"
"""In place of an error cell such as #DIV/0!."""


def is_missing(text: str) -> bool:
    """Return whether a cell is empty or holds a word for missing."""
    return not text or key(text) in MISSING or not text.strip()
