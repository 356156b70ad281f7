"""看数字 below every chart: the numbers that it draws, as a table and as a file for spreadsheet programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from survey.host import access
from survey.storage.spreadsheets import csv_file
from views.blocks.actions import MOCK, table_of
from views.charts.parts.numbers import numbers
from views.shell.markup import WORD_JOINER
from views.visitor import session

LABEL = "看数字"


def numbers_behind(picture: go.Figure, key: str) -> None:
    """Draw the button that opens the table of a chart, with its download.

    The file is made on the click, and logged like a view (rule R-22); it holds what the chart shows and its own words.
    """
    table = numbers(picture)
    if table.empty:
        return
    with st.popover(LABEL, type="tertiary", key=f"numbers-{key}"):
        st.html(table_of(table))
        st.download_button(
            "下载表格（CSV）",
            saving(picture, table, key),
            file_name=f"{key}.csv",
            mime="text/csv",
            key=f"csv-{key}",
            on_click="ignore",
        )


def saving(picture: go.Figure, table: pd.DataFrame, key: str) -> Callable[[], bytes]:
    """Return what makes the file of a chart: it logs the download first.

    Raises (when called):
        StoreError: it cannot be logged and the role is not analyst.
    """
    words, mock = picture.layout.meta["words"], picture.layout.meta["mock"]
    facts = {**st.session_state.get(session.LOGGED, {}), "numbers": key}
    root = Path(os.environ.get(session.STUDY_VARIABLE, "."))
    lines = [word.replace(WORD_JOINER, "") for word in (MOCK if mock else "", *words) if word]
    return partial(_file, root, facts, table, lines)


def _file(root: Path, facts: dict[str, object], table: pd.DataFrame, lines: list[str]) -> bytes:
    access.log_view(root, facts)
    return csv_file(table, lines)
