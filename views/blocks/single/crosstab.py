"""The table of a crosstab: groups side by side, answers below each other, marks beside the shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import pandas as pd

from analysis import numerals
from reports.crosstab.crosstab import Column, Crosstab
from reports.crosstab.layout import BASE, SIGNS, WHOLE, column_title
from reports.crosstab.request import Marks
from reports.fieldwork.area_lights import MARK
from reports.sentences.notes.catalogue import tr
from views.blocks.html import text

INTERVAL = "区间"
RED = "真实性红灯，独立复访前不下结论"
WORDS = {"high": "明显高于其余", "low": "明显低于其余"}


def table(
    found: Crosstab,
    *,
    intervals: bool = False,
    key: tuple[int, int] | None = None,
    doubted: frozenset[int] = frozenset(),
) -> str:
    """Return the table; it scrolls sideways in its own box, the answers stay in view.

    Args:
        found: the crosstab.
        intervals: whether the interval stands below each share; otherwise it is in the title of the cell.
        key: line and column of the cell of the finding, which is framed.
        doubted: columns of areas with a red light.
    """
    body, cells = list[str](), found.cells
    for variable, some in groupby(enumerate(found.lines), key=lambda one: one[1].variable):
        lines = list(some)
        bases = (_base(cells[lines[0][0], at]["n"]) for at in range(len(found.columns)))
        label = f"<b>{text(variable.label)}</b> <small>{text(variable.name)}，{BASE}</small>"
        body.append(f'<tr class="silu-cross-base"><th scope="row">{label}</th>{"".join(bases)}</tr>')
        for number, line in lines:
            shown = "".join(
                _cell(cells[number, at], bool(line.codes), intervals, framed=key == (number, at))
                for at in range(len(found.columns))
            )
            kind = ' class="silu-cross-net"' if line.net or line.codes else ""
            body.append(f'<tr{kind}><th scope="row">{text(line.label)}</th>{shown}</tr>')
    caption = tr("交叉表：") + "、".join(dict.fromkeys(line.variable.label for line in found.lines))
    heads = "".join(_heads(found, doubted))
    signed = " silu-cross-signed" if found.request.marks == Marks.REST else ""
    return (
        f'<div class="silu-cross{signed}" tabindex="0" role="region" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption><thead>{heads}</thead><tbody>{''.join(body)}</tbody>"
        "</table></div>"
    )


def _heads(found: Crosstab, doubted: frozenset[int]) -> Iterator[str]:
    over, under = ["<td></td>"], ["<td></td>"]
    for head, some in groupby(enumerate(found.columns), key=lambda one: one[1].head):
        columns = list(some)
        title = "" if head < 0 else found.heads[head]
        over.append(f'<th scope="colgroup" colspan="{len(columns)}">{text(title)}</th>')
        under += [f'<th scope="col">{_title(found, column, red=at in doubted)}</th>' for at, column in columns]
    yield f"<tr>{''.join(over)}</tr>"
    yield f"<tr>{''.join(under)}</tr>"


def _title(found: Crosstab, column: Column, *, red: bool) -> str:
    sign = f' <abbr title="{RED}">{MARK}</abbr>' if red else ""
    return WHOLE if column.head < 0 else text(column_title(found, column)) + sign


def _base(n: Any) -> str:
    return f"<td>{numerals.DASH if pd.isna(n) else numerals.count(float(n))}</td>"


def _cell(cell: Mapping[str, Any], mean: bool, intervals: bool, *, framed: bool) -> str:
    value, low, high = (float(cell[name]) for name in ("estimate", "conf_low", "conf_high"))
    if pd.isna(value):
        return f'<td title="{tr("不足以公布")}">{numerals.DASH}</td>'
    written = numerals.decimal(value) if mean else numerals.whole(value)
    spread = (
        ""
        if pd.isna(low)
        else (f"{numerals.decimal(low)}—{numerals.decimal(high)}" if mean else numerals.whole_interval(low, high))
    )
    sign = str(cell["mark"])
    marked = f'<i title="{WORDS[sign]}">{SIGNS[sign]}</i>' if sign in SIGNS else f"<i>{text(sign)}</i>" if sign else ""
    below = f"<small>{INTERVAL} {spread}</small>" if intervals and spread else ""
    title = f' title="{INTERVAL} {spread}"' if spread and not intervals else ""
    kind = ' class="silu-cross-key"' if framed else ""
    return f"<td{kind}{title}>{written}{marked}{below}</td>"
