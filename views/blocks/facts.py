"""Tables of facts about accounts and the system: a label, words, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from views.blocks.html import text


def facts_table(rows: Iterable[Sequence[object]], heads: Sequence[str] = ()) -> str:
    """Return a table.

    Args:
        rows: cells of each row from left to right; the first one is its label.
        heads: headings; none where the labels say enough.
    """
    head = f"<thead><tr>{''.join(f'<th>{text(one)}</th>' for one in heads)}</tr></thead>" if heads else ""
    lines = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f'<table class="silu-facts">{head}<tbody>{lines}</tbody></table>'


def _cells(row: Sequence[object]) -> str:
    label, *others = row
    return f'<th scope="row">{text(label)}</th>' + "".join(f"<td>{text(one)}</td>" for one in others)
