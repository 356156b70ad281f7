"""Tables of results: the numbers of every table on a page are written as in sentences, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import pandas as pd
import streamlit as st

from analysis import numerals

ROW, HEAD = 36, 38
"""Height of a row and of the headings, in pixels."""


def show_table(table: pd.DataFrame, *, most: int | None = None, columns: Mapping[str, Any] | None = None) -> None:
    """Show a table of results.

    Args:
        table: formatted for readers; columns of numbers sort as numbers.
        most: largest height in pixels, above which the table scrolls; None to show every row.
        columns: configuration of columns that Streamlit draws itself, such as progress bars.
    """
    height: int | Literal["content"] = "content" if most is None else min(ROW * len(table) + HEAD, most)
    shown = written(table, tuple(columns or ()))
    # Streamlit writes None in empty cells of numbers, whatever the style says.
    empty = numerals.DASH
    st.dataframe(shown, hide_index=True, width="stretch", height=height, column_config=columns, placeholder=empty)


def written(table: pd.DataFrame, drawn: tuple[str, ...] = ()) -> Any:
    """Return a table whose numbers are displayed with one precision a column, separators and a true minus sign.

    Args:
        table: the table.
        drawn: columns that Streamlit draws itself.
    """
    numbers = [
        name
        for name, column in table.items()
        if name not in drawn and pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    ]
    if not numbers:
        return table
    forms: dict[Any, str | Callable[[Any], str] | None] = {
        name: partial(numerals.cell, decimals=numerals.decimals(table[name].dropna())) for name in numbers
    }
    return table.reset_index(drop=True).style.format(forms, na_rep=numerals.DASH)
