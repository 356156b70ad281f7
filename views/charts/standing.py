"""Grid of verdicts, areas by rates, with the probability behind each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.weak import FALSE_DISCOVERY, Standing
from analysis.numerals import chance, percent, width
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.grid import Field, grid
from views.shell import palette
from views.shell.markup import literal_table

# standing -> (fill, text, sign): sign and label repeat what the colour means
LOOKS: Mapping[str, tuple[str, str, str]] = {
    Standing.WEAK: (palette.FAR_BELOW, palette.WHITE, "▼"),
    Standing.WATCH: (palette.BELOW, style.INK, "◇"),
    Standing.UNCLEAR: (palette.LEVEL, style.INK, "？"),
    Standing.MET: (palette.ABOVE, style.INK, "▲"),
    "": (palette.WHITE, style.SOFT, ""),
}
WORDS: Mapping[str, str] = {
    Standing.WEAK: f"确认薄弱：名单整体错判率不超过 {FALSE_DISCOVERY:.0%}",
    Standing.WATCH: "观察：多半没到，还不能确认",
    Standing.UNCLEAR: "样本不足：两边都可能",
    Standing.MET: f"达标：没到的可能不超过 {FALSE_DISCOVERY:.0%}",
}
RANKS = tuple(LOOKS)


def standing(judged: pd.DataFrame, row: str, caption: Caption, *, page_width: int = 1180) -> go.Figure:
    """Draw one cell per area and rate: verdict, rate, and the probability that the true rate is below the line.

    Args:
        judged: from `analysis.areas.verdicts.standings`, with `label`.
        row: the column that names the areas; those with most confirmed weaknesses come first.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    judged = literal_table(judged)
    columns, rows = list(dict.fromkeys(judged["label"])), _order(judged, row)
    spot = {name: at for at, name in enumerate(columns)}
    index = {name: at for at, name in enumerate(rows)}
    step = 34 if len(rows) <= 12 else 26
    cells = [_cell(line, (spot[line["label"]], index[str(line[row])])) for _, line in judged.iterrows()]
    left = int(max(width(name) for name in rows) * 15) + 22
    layout = grid(rows, columns, cells)
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [spot[name] for name in judged["label"]],
        "y": [index[str(name)] for name in judged[row]],
        "marker": {"size": 22, "opacity": 0},
        "hoverinfo": "skip",
    }
    seen = set(judged["standing"])
    key = [LegendEntry("■", LOOKS[name][0], text) for name, text in WORDS.items() if name in seen]
    box = Box(plot_height=step * len(rows), left=left, right=12, above=30, below=8, width=page_width)
    return framed([points], layout, caption, box, key)


def _order(judged: pd.DataFrame, row: str) -> list[str]:
    rank = judged["standing"].map({name: at for at, name in enumerate(RANKS)}).astype(float)
    name = judged[row].astype(str)
    table = pd.DataFrame(
        {
            "weak": -(judged["standing"] == Standing.WEAK).groupby(name).sum(),
            "rank": rank.groupby(name).mean(),
            "below": -judged["prob_below"].astype(float).groupby(name).max(),
        }
    )
    return [str(one) for one in table.sort_values(["weak", "rank", "below"], kind="stable").index]


def _cell(line: Any, place: tuple[int, int]) -> Field:
    fill, ink, sign = LOOKS[line["standing"]]
    bold = f"<b>{sign}{line['standing']}</b>" if line["standing"] == Standing.WEAK else f"{sign}{line['standing']}"
    return Field(*place, f"{bold or '没有目标'}  {_number(line)}", fill, ink, 13)


def _number(line: Any) -> str:
    if pd.isna(line["estimate"]):
        return "—"
    below = "" if pd.isna(line["prob_below"]) else f" · 没到 {chance(float(line['prob_below']))}"
    return f"{percent(line['estimate'], 0)}{below}"
