"""Cards of rates: number, interval, verdict, target, and the change since the previous wave where it can be seen."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.areas.verdict import UNSHOWN
from analysis.numerals import DASH, change, target, whole, whole_interval
from reports.sentences.notes.catalogue import tr
from views.blocks.axis import floor_of, place
from views.blocks.bars import range_bar
from views.blocks.html import chip, text
from views.charts.parts import style


def rate_cards(judged: pd.DataFrame) -> str:
    """Return one card per rate, all on one axis.

    Args:
        judged: one row per rate, from `reports.rates.with_change`.
    """
    floor = floor_of(judged, "estimate", "conf_low", "line")
    cards = "".join(_card(row, floor) for _, row in judged.iterrows())
    return f'<div class="silu-cards" style="--cards:{len(judged)}">{cards}</div>'


def _card(row: Any, floor: float) -> str:
    state = style.state(row)
    number = DASH if state in UNSHOWN else whole(float(row["estimate"]))
    spread = "" if pd.isna(row["conf_low"]) else tr("区间 ") + whole_interval(row["conf_low"], row["conf_high"])
    big = f"{number[:-1]}<small>%</small>" if number.endswith("%") else number
    return (
        f'<section class="silu-card"><header><h2>{text(row["label"])}</h2>{chip(state)}</header>'
        f'<p class="silu-figure"><b>{big}</b><span>{spread}</span></p>'
        f"{range_bar(row, floor)}"
        f"{_goal(row, floor)}{_moved(row)}</section>"
    )


def _goal(row: Any, floor: float) -> str:
    """Return the target below its place on the axis, kept inside the card."""
    if pd.isna(row["line"]):
        return ""
    at = place(row["line"], floor)
    shift = f"margin-left:clamp(0%, calc({at} - 2rem), calc(100% - 4.5rem))"
    return f'<p class="silu-goal"><span style="{shift}">{tr("目标 ")}{target(float(row["line"]))}</span></p>'


def _moved(row: Any) -> str:
    """Return the change since the previous wave where its interval excludes 0."""
    seen = pd.notna(row["change"]) and (row["change_low"] > 0 or row["change_high"] < 0)
    return f'<p class="silu-goal">{tr("比上轮 ")}{change(float(row["change"]))}</p>' if seen else ""
