"""The items to begin with: one list by one rule, the lowest shares first."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.numerals import DASH, whole
from reports.causes import FirstItem
from reports.sentences.notes.catalogue import tr
from views.blocks.bars import item_bar
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table


def begin_list(title: object, items: Sequence[FirstItem]) -> str:
    """Return the list, with the share of residents who ask for each item beside its own share.

    Args:
        title: what the list says, with its rule.
        items: the items, the lowest share first.
    """
    columns = [
        Column(tr("项目"), "title"),
        Column(tr("满意率"), "number"),
        Column(tr("竖线为目标"), "wide"),
        Column(tr("责任单位")),
        Column(tr("居民点名要改"), "number"),
    ]
    table = row_table(columns, [_line(one) for one in items], str(title))
    note = tr("先后只看满意率，从低到高；居民点名要改的比例是另一道题，只作参考，下面展开。")
    return f'<section class="silu-begin"><h2>{text(title)}</h2>{table}<p>{note}</p></section>'


def _line(one: FirstItem) -> Line:
    share, goal = float(str(one.row["estimate"])), float(str(one.row["line"]))
    asked = DASH if one.asked is None else whole(float(str(one.asked["wanted"])))
    cells = (text(one.row["label"]), f"<b>{text(whole(share))}</b>", item_bar(share, goal), text(one.unit), text(asked))
    return Line(cells)
