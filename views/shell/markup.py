"""Escape external text on pages (titles, place names, open answers), which Streamlit would parse as Markdown.

`plain` makes such a text safe for every element that takes Markdown: markdown, captions, boxes, headings, labels,
help, tables of `st.table`. Cells of `st.dataframe`, options of a select box and alternative texts of figures do not
parse Markdown and take the text as it is. Plotly has its own markup; `literal` escapes text for figures.
"""

from __future__ import annotations

import re

import pandas as pd

MARKS = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~$:&=^]")
"""Escaped one by one."""
WORD_JOINER = "\u2060"
"""Invisible and of zero width."""
LATE = re.compile(r"(?<=[-<>=~])(?=[-<>=~])|(?<=:)(?=[\w/+])|(?<=@)(?=\w)|(?<=www)(?=\.)", re.IGNORECASE)
"""Patterns that Streamlit converts after unescaping: URLs, icons (`:material/home:`), arrows and dashes."""
WITHIN = re.compile(r"(?<=\d) (?=[年月日天周个份人项条次处名元])|(?<=[年月]) (?=\d)")
"""Blanks within a day, 12 月 25 日, and between a number and what it counts, 115 天."""
BY = re.compile(r"(?<=\d\u00a0[年月日])(?=[前起])")
"""Between a day and the word that makes it a deadline or a start."""
TAG = re.compile(r"(?<=[<&])(?=\S)")
"""Start of a tag or an entity in the texts of a figure."""


def unsplit(text: str) -> str:
    """Return text in which no line ends within a day, or between a number and what it counts."""
    return BY.sub(WORD_JOINER, WITHIN.sub("\u00a0", text))


def plain(text: object) -> str:
    """Return Markdown that displays exactly this text, on one line, in which days and counts are not split."""
    return MARKS.sub(r"\\\g<0>", LATE.sub(WORD_JOINER, unsplit(" ".join(str(text).split()))))


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose headings and text cells are shown by `st.table` as they are."""
    return table.map(lambda cell: plain(cell) if isinstance(cell, str) else cell).rename(columns=plain)


def literal(text: object) -> str:
    """Return text that Plotly draws literally; Plotly parses tags such as `<b>` and entities such as `&lt;`."""
    return TAG.sub(WORD_JOINER, str(text))


def literal_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts Plotly draws literally; categories keep their order."""
    drawn = table.copy(deep=False)
    for name, column in table.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            drawn[name] = column.cat.rename_categories([literal(one) for one in column.cat.categories])
        elif not pd.api.types.is_numeric_dtype(column.dtype):
            drawn[name] = column.map(lambda cell: literal(cell) if type(cell) is str and TAG.search(cell) else cell)
    return drawn
