"""Display: a table of estimates in a console, in a notebook, or as a chart.

The only file outside `views` that imports Plotly, and the import contract names it: a statistician who calls
`Estimates.plot()` has no page around it, while pages draw with `views.charts`, where suppression and captions apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from analysis.numerals import DASH

SHOWN = ("n", "estimate", "std_error", "conf_low", "conf_high", "p_value", "verdict", "flag")
"""Columns shown besides item and by-columns, where the table has them."""
SCALED = ("estimate", "std_error", "conf_low", "conf_high")
ROWS = 20
INK, ZERO = "#2166AC", "#767676"
ROW_HEIGHT, HEAD_HEIGHT = 26, 140  # pixels


def heading(table: pd.DataFrame, by: Sequence[str], meta: Mapping[str, Any]) -> str:
    """Return one line: the number of rows, by-columns, domain, interval and weights."""
    where = "、".join(f"{name}={value}" for name, value in meta.get("where", {}).items())
    level = meta.get("level")
    parts = [
        f"{len(table)} 行",
        f"按 {'、'.join(by)}" if by else "",
        f"范围 {where}" if where else "",
        f"{meta.get('interval_label', '区间')} {level:.0%}" if level else "",
        str(meta.get("weighting", "")),
    ]
    return f"Estimates：{'；'.join(filter(None, parts))}"


def shown(table: pd.DataFrame, by: Sequence[str], meta: Mapping[str, Any]) -> pd.DataFrame:
    """Return the main columns as text; shares in percent."""
    found = table[["item", *by, *(name for name in SHOWN if name in table)]].copy()
    share = meta.get("unit", "share") == "share"
    for name in SCALED:
        digits = 2 if name == "std_error" else 1
        found[name] = [_number(value, digits, share=share) for value in table[name]]
    if "p_value" in found:
        found["p_value"] = [DASH if pd.isna(value) else f"{value:.3g}" for value in table["p_value"]]
    return found


def _number(value: float, digits: int, *, share: bool) -> str:
    if pd.isna(value):
        return DASH
    return f"{value:.{digits}%}" if share else f"{value:,.6g}"


def text(table: pd.DataFrame, by: Sequence[str], meta: Mapping[str, Any]) -> str:
    """Return the table for a console, with the middle left out where it is long."""
    lines = shown(table, by, meta).to_string(index=False, max_rows=ROWS) if len(table) else "（没有行）"
    return f"{heading(table, by, meta)}\n{lines}"


def html(table: pd.DataFrame, by: Sequence[str], meta: Mapping[str, Any]) -> str:
    """Return the table for a notebook."""
    rows = shown(table, by, meta).to_html(index=False, max_rows=ROWS, border=0)
    return f"<div><p>{escape(heading(table, by, meta))}</p>{rows}</div>"


def figure(table: pd.DataFrame, by: Sequence[str], meta: Mapping[str, Any]) -> Any:
    """Return a Plotly figure: one point with its interval per row, one colour per item; hollow where a flag warns."""
    import plotly.graph_objects as go

    known = table[table["estimate"].notna()]
    share = meta.get("unit", "share") == "share"
    drawn = go.Figure([_trace(go, str(item), rows, by, share) for item, rows in known.groupby("item", sort=False)])
    groups = max(1, len(known[list(by)].drop_duplicates())) if by else known["item"].nunique()
    drawn.update_layout(
        template="plotly_white",
        title={"text": heading(table, by, meta), "font": {"size": 13}},
        height=HEAD_HEIGHT + ROW_HEIGHT * groups,
        showlegend=bool(by) and known["item"].nunique() > 1,
        xaxis={"tickformat": ".0%" if share else "", "zeroline": False},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    if "contrast" in meta:
        drawn.add_vline(x=0, line={"color": ZERO, "width": 1})
    return drawn


def _trace(go: Any, item: str, rows: pd.DataFrame, by: Sequence[str], share: bool) -> Any:
    """Return the points of one item as a trace."""
    label = rows[list(by)].astype(str).agg(" · ".join, axis=1) if by else rows["item"]
    flagged = rows["flag"].fillna("").astype(str)
    return go.Scatter(
        name=item,
        x=rows["estimate"],
        y=label,
        mode="markers",
        marker={"size": 9, "symbol": ["circle-open" if flag else "circle" for flag in flagged]},
        error_x={
            "symmetric": False,
            "array": rows["conf_high"] - rows["estimate"],
            "arrayminus": rows["estimate"] - rows["conf_low"],
            "width": 0,
        },
        customdata=list(zip(rows["n"], flagged, strict=True)),
        hovertemplate=f"%{{y}}：%{{x:{'.1%' if share else ',.6~g'}}}<br>n=%{{customdata[0]}} %{{customdata[1]}}",
        **({"marker_color": INK} if not by else {}),
    )
