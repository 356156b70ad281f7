"""One look for every chart: fonts, marks, axes; the colours are those of `views.shell.palette`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.areas.verdict import UNDECIDED, Reason, Verdict
from analysis.numerals import target
from views.shell.palette import (
    FAINT,
    INK,
    LEVEL,
    LEVEL_INK,
    MOCK,
    NEUTRAL,
    PALE,
    RULE,
    SOFT,
    STRONG,
    STRONG_DARK,
    STRONG_TINT,
    UNKNOWN,
    WEAK,
    WEAK_DARK,
    WEAK_TINT,
    WHITE,
)

__all__ = [
    "AXIS",
    "CELLS",
    "CONFIG",
    "FAINT",
    "FONT",
    "HALF",
    "INK",
    "LAYOUT",
    "MARKS",
    "MEANINGS",
    "MOCK",
    "NEUTRAL",
    "PALE",
    "RULE",
    "SOFT",
    "STRONG",
    "UNKNOWN",
    "WEAK",
    "WHOLE",
    "cell",
    "glossary",
    "ink",
    "meaning",
    "state",
]

HALF, WHOLE = 580, 1180
"""Widths in pixels that a chart is laid out for: beside another one, and across the page."""
FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"

MARKS: Mapping[str, tuple[str, str, str]] = {
    Verdict.WEAK: (WEAK, "triangle-down", "▼"),
    Verdict.WATCH: (WEAK_DARK, "triangle-down-open", "▽"),
    Verdict.UNCLEAR: (NEUTRAL, "circle-open", "○"),
    Verdict.MET: (STRONG, "square", "■"),
    Reason.NO_LINE: (NEUTRAL, "square-open", "□"),
    Reason.OPINION: (NEUTRAL, "triangle-up-open", "△"),
    Reason.RED_LIGHT: (PALE, "circle", "※"),
    Reason.HIDDEN: (NEUTRAL, "circle", "—"),
    Reason.EMPTY: (NEUTRAL, "circle", "—"),
}
"""Verdict, or the reason for none -> colour, marker, and the sign in a sentence; shape repeats colour."""

CELLS: Mapping[str, tuple[str, str]] = {
    Verdict.WEAK: (WEAK, WHITE),
    Verdict.WATCH: (WEAK_TINT, WEAK_DARK),
    Verdict.UNCLEAR: (LEVEL, LEVEL_INK),
    Verdict.MET: (STRONG_TINT, STRONG_DARK),
}
"""Verdict -> fill and text of a cell; a cell without verdict is white."""

MEANINGS: Mapping[str, str] = {
    Verdict.WEAK: "没到的可能至少 {sure}，自己的答卷也没到",
    Verdict.WATCH: "多半没到，还不能确认",
    Verdict.UNCLEAR: "误差范围跨过目标",
    Verdict.MET: "没到的可能至多 {q}，自己的答卷也到了",
    Reason.NO_LINE: "没有目标",
    Reason.OPINION: "自愿参加者的意见，不作判断",
    Reason.RED_LIGHT: "真实性红灯，不作判断",
}
"""Verdict, or the reason for none -> its meaning in a legend, with q and 1 - q."""


def state(row: Any) -> str:
    """Return the verdict of a row, or the reason for none."""
    return str(row["verdict"] or row["reason"])


def ink(one: str) -> str:
    """Return the colour of the sign of a verdict, or of a reason for none, on white."""
    return WEAK if one == Verdict.WATCH else SOFT if one == Reason.RED_LIGHT else MARKS[one][0]


def cell(row: Any) -> tuple[str, str]:
    """Return fill and text colour of the cell of a row."""
    return CELLS.get(state(row), (WHITE, SOFT))


def meaning(one: str, q: float) -> str:
    """Return a legend entry: the word of a verdict and its meaning."""
    text = MEANINGS[one].format(q=target(q), sure=target(1 - q))
    return f"{one}：{text}" if one in CELLS else text


def glossary() -> str:
    """Return the signs, words and meanings of the verdicts that decide nothing, for a line of text."""
    return "，".join(f"{MARKS[one][2]} {one}（{MEANINGS[one]}）" for one in UNDECIDED)


AXIS: dict[str, Any] = {
    "showgrid": True,
    "gridcolor": RULE,
    "zeroline": False,
    "linecolor": RULE,
    "ticks": "",
    "tickfont": {"size": 13, "color": SOFT},
    "fixedrange": True,
}

LAYOUT: dict[str, Any] = {
    "font": {"family": FONT, "size": 14, "color": INK},
    "paper_bgcolor": WHITE,
    "plot_bgcolor": WHITE,
    "hoverlabel": {"font": {"family": FONT, "size": 13}, "bgcolor": WHITE},
    "hovermode": "closest",
    "dragmode": False,
    "showlegend": False,
}

# Plotly's toolbar is in English, so it is hidden.
CONFIG: dict[str, Any] = {"displaylogo": False, "displayModeBar": False, "responsive": True, "locale": "zh-CN"}
