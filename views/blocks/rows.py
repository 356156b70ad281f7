"""Tables of words above the fold; on a phone each row becomes a card, in which every cell keeps its heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from views.blocks.html import text


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        head: its heading.
        kind: "number" at the right, "title" the name of a row, "wide" for a drawing; "" for words.
        note: text after the heading, shown above the column but not in the cards of a phone.
    """

    head: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row.

    Attributes:
        cells: HTML of each cell, escaped; an empty cell is left out on a phone.
        kind: "act" where somebody must act first, "done" for what is over, "sum" for totals; "" otherwise.
    """

    cells: Sequence[str]
    kind: str = ""


def row_table(columns: Sequence[Column], lines: Sequence[Line], name: str) -> str:
    """Return a table.

    Args:
        columns: from left to right.
        lines: from top to bottom.
        name: what the table lists, for screen readers.
    """
    heads = "".join(f'<th scope="col"{_class(one.kind)}>{text(one.head + one.note)}</th>' for one in columns)
    body = "".join(_line(columns, one) for one in lines)
    whole = f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
    return f'<table class="silu-rows" aria-label="{text(name)}">{whole}</table>'


def two(first: object, second: object) -> str:
    """Return a cell of two lines, the second one small; one line where the second is empty."""
    return f"{text(first)}<small>{text(second)}</small>" if str(second) else text(first)


def _line(columns: Sequence[Column], line: Line) -> str:
    cells = zip(columns, line.cells, strict=True)
    found = "".join(f'<td data-head="{text(one.head)}"{_class(one.kind)}>{cell}</td>' for one, cell in cells)
    return f"<tr{_class(line.kind)}>{found}</tr>"


def _class(kind: str) -> str:
    return f' class="silu-row-{kind}"' if kind else ""
