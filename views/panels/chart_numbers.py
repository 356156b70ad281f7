"""看数字: the numbers behind charts and blocks as table and as file; a chart with its alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from reports.provenance import Provenance
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from survey.storage.spreadsheets import csv_file
from views.blocks.actions import MOCK, table_of
from views.cached.kept import new_token
from views.charts.parts.described import described
from views.charts.parts.numbers import numbers
from views.shell.markup import WORD_JOINER
from views.visitor import session
from views.visitor.downloads import Make, download

LABEL = "看数字"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A chart that is ready to be shown; all visitors share it.

    Attributes:
        picture: the chart.
        title: what it shows.
        alt: its alternative text: the finding and what the marks say.
        table: the numbers that it draws.
        html: the same as HTML; "" where it has none.
        token: number of the chart, by which its elements are kept.
    """

    picture: go.Figure
    title: str
    alt: str
    table: pd.DataFrame
    html: str
    token: int = field(default_factory=new_token)


def drawn(picture: go.Figure, finding: Sentence) -> Drawn:
    """Return a chart with its alternative text and its numbers.

    Args:
        picture: the chart.
        finding: what it shows.
    """
    table = numbers(picture)
    return Drawn(picture, str(finding), described(picture, str(finding)), table, "" if table.empty else table_of(table))


def numbers_behind(seen: Drawn, key: str) -> None:
    """Draw the button that opens the table of a chart, with its download.

    The file is made on the click, and logged like a view (rule R-22); it holds what the chart shows and its own words.
    """
    if seen.html:
        _button(LABEL, seen.html, file_of(seen.table, words_of(seen.picture)), key)


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """The numbers behind a block of HTML; all visitors share them.

    Attributes:
        key: name of the block on its page.
        label: what the block shows.
        table: its numbers.
        html: the same as HTML.
        lines: mark and method line, for the file.
    """

    key: str
    label: str
    table: pd.DataFrame
    html: str
    lines: tuple[str, ...]


def behind(key: str, label: str, table: pd.DataFrame, origin: Provenance) -> Behind:
    """Return the numbers of a block.

    Args:
        key: name of the block on its page.
        label: what the block shows, such as 四率.
        table: what the block shows, formatted for readers; nothing that the block hides.
        origin: provenance of the numbers.
    """
    lines = (MOCK if origin.mock else "", label, origin.people, origin.strip)
    return Behind(key, label, table, table_of(table), lines)


def blocks_behind(found: Sequence[Behind]) -> None:
    """Draw one button for each block of a page that opens its numbers, with their download."""
    there = [one for one in found if len(one.table)]
    if not there:
        return
    with st.container(key="below-blocks", horizontal=True, vertical_alignment="center"):
        for one in there:
            _button(f"{LABEL}：{one.label}", one.html, file_of(one.table, one.lines), one.key)


def words_of(picture: go.Figure) -> tuple[str, ...]:
    """Return the words of a chart that its file repeats: the mark of mock data, title, method line."""
    meta = picture.layout.meta
    return (MOCK if meta["mock"] else "", *meta["words"])


def file_of(table: pd.DataFrame, words: Sequence[str]) -> Make:
    """Return what makes the file of a table with some lines below."""
    return partial(csv_file, table, [word.replace(WORD_JOINER, "") for word in words if word])


def _button(label: str, html: str, make: Make, key: str) -> None:
    facts = {**st.session_state.get(session.LOGGED, {}), "numbers": key}
    with st.popover(label, type="tertiary", key=f"numbers-{key}"):
        st.html(html)
        download(tr("下载表格（CSV）"), make, f"{key}.csv", facts, mime="text/csv", key=f"csv-{key}")
