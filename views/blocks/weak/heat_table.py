"""Heat table: areas by rates as a table of HTML, coloured and marked by verdict; a click opens the area."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pandas as pd

from analysis.areas.verdict import UNSHOWN, Reason, Verdict
from analysis.integrity.lights import MARK
from analysis.numerals import DASH, chance, count, target, whole, whole_interval
from reports.sentences.notes.catalogue import tr
from reports.sentences.weak import readable
from views.blocks.html import class_of, entry, mark, text
from views.charts.parts import style
from views.charts.parts.row_order import order

Line = Mapping[str, Any]
"""One line of the verdicts: column -> value."""
ALL = "显示全部数字"
SHOWN = 8
"""Number of rows above the fold; two more stand there rather than alone below it."""


def heat_table(
    judged: pd.DataFrame,
    area: str,
    address: Callable[[str], str],
    further: Callable[[Sequence[str]], object],
    note: object = "",
) -> str:
    """Return one cell per area and rate, and the legend; rows beyond `SHOWN` are folded.

    Args:
        judged: from `reports.verdicts.judged`; names may bear the mark of a red light.
        area: the column that names the areas.
        address: area -> where a click leads; "" for nowhere.
        further: names of the folded areas -> heading of the fold.
        note: what to know where all numbers are shown.
    """
    names, rates = order(judged, area), list(dict.fromkeys(judged["label"].astype(str)))
    cells: dict[tuple[str, str], Line] = {
        (str(row[area]), str(row["label"])): cast(Line, row) for row in judged.to_dict("records")
    }
    heads = "".join(_head(rate, judged) for rate in rates)
    head = f"<thead><tr><td></td>{heads}</tr></thead>"
    rows = [_row(name, [cells.get((name, rate)) for rate in rates], address) for name in names]
    first = len(rows) if len(rows) <= SHOWN + 2 else SHOWN
    table = _all_numbers(note) + f'<table class="silu-heat">{head}<tbody>{"".join(rows[:first])}</tbody></table>'
    if len(rows) > first:
        table += (
            f'<details class="silu-fold"><summary>{text(further(names[first:]))}</summary>'
            f'<table class="silu-heat">{head}<tbody>{"".join(rows[first:])}</tbody></table></details>'
        )
    return table + _legend(judged)


def _head(rate: str, judged: pd.DataFrame) -> str:
    """Return the name of a rate with its target, where all areas share one."""
    lines = judged.loc[judged["label"].astype(str) == rate, "line"].dropna().unique()
    goal = f"<small>{tr('目标 ')}{target(float(lines[0]))}</small>" if len(lines) == 1 else ""
    return f'<th scope="col">{text(rate)}{goal}</th>'


def _row(name: str, row: Sequence[Line | None], address: Callable[[str], str]) -> str:
    plain = name.removesuffix(MARK)
    href = address(plain)
    shown = f'<a href="{href}">{text(name)}</a>' if href else text(name)
    return f'<tr><th scope="row">{shown}</th>{"".join(_cell(plain, one, href) for one in row)}</tr>'


def _cell(name: str, row: Line | None, href: str) -> str:
    if row is None:
        return f"<td>{DASH}</td>"
    state = style.state(row)
    number = DASH if state in UNSHOWN else whole(float(row["estimate"]))
    sign = "" if state in UNSHOWN else f"{mark(state)} "
    words = text(_words(name, row, state))
    number = f"<span>{number}</span>" if readable(row) else f'<span class="silu-digits">{number}</span>'
    inner = f"{sign}{number}"
    what = f'class="silu-cell {class_of(state)}" title="{words}" aria-label="{words}"'
    return f'<td><a {what} href="{href}">{inner}</a></td>' if href else f"<td><span {what}>{inner}</span></td>"


def _words(name: str, row: Line, state: str) -> str:
    """Return what the pointer and a screen reader are told: rate, interval, n, verdict and its probability."""
    if state in UNSHOWN:
        return f"{name} {row['label']}：{state}"
    number = whole(float(row["estimate"]))
    spread: str = "" if pd.isna(row["conf_low"]) else f"（{whole_interval(row['conf_low'], row['conf_high'])}）"
    below = row.get("prob_below")
    sure = "" if below is None or pd.isna(below) else tr("，没到的可能 ") + chance(float(below))
    return f"{name} {row['label']} {number}{spread}，n={count(row['n'])}，{state}{sure}"


def _all_numbers(note: object) -> str:
    """Return the control that shows every number; the stylesheet does it while it is open."""
    body = f"<p>{text(note)}</p>" if str(note) else ""
    return f'<details class="silu-fold silu-all-numbers"><summary>{ALL}</summary>{body}</details>'


def _legend(judged: pd.DataFrame) -> str:
    found = {style.state(row) for row in judged.to_dict("records")}
    every = (*Verdict, *Reason)
    entries = "".join(f"<li>{entry(one)}</li>" for one in every if one in found and one in style.MARKS)
    return f'<ul class="silu-legend">{entries}</ul>'
