"""One look for every chart: fonts, marks, axes; the colours are those of `views.shell.palette`."""

from __future__ import annotations

from typing import Any

from views.shell.palette import (
    ABOVE,
    BELOW,
    FAINT,
    FAR_ABOVE,
    FAR_BELOW,
    INK,
    LEVEL,
    MOCK,
    NEUTRAL,
    RULE,
    SOFT,
    STRONG,
    UNKNOWN,
    WEAK,
    WHITE,
)

__all__ = [
    "AXIS",
    "BINS",
    "CONFIG",
    "FAINT",
    "FONT",
    "INK",
    "LAYOUT",
    "MARKS",
    "MOCK",
    "NEUTRAL",
    "RULE",
    "SOFT",
    "STRONG",
    "UNKNOWN",
    "WEAK",
    "bin_of",
]

FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"

# verdict -> (colour, marker, what the mark looks like in a sentence)
MARKS: dict[str, tuple[str, str, str]] = {
    "below": (WEAK, "diamond", "◆"),
    "unclear": (NEUTRAL, "circle", "●"),
    "above": (STRONG, "square", "■"),
    "no_target": (NEUTRAL, "circle", "●"),
    "opinion": (NEUTRAL, "triangle-up", "▲"),
    "hidden": (NEUTRAL, "circle", "—"),
}

# gap to the target in points, upper edge -> (fill, text); five bins, quotable, orange below and blue above
BINS: tuple[tuple[float, str, str, str], ...] = (
    (-0.10, FAR_BELOW, WHITE, "低 10 个百分点以上"),
    (-0.03, BELOW, INK, "低 3—10"),
    (0.03, LEVEL, INK, "相差不到 3"),
    (0.10, ABOVE, INK, "高 3—10"),
    (float("inf"), FAR_ABOVE, WHITE, "高 10 以上"),
)

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


def bin_of(gap: float) -> tuple[str, str]:
    """Return fill and text colour of a gap to the target (share, negative = below)."""
    for edge, fill, text, _ in BINS:
        if gap < edge or edge == float("inf"):
            return fill, text
    raise AssertionError("the last bin has no upper edge")
