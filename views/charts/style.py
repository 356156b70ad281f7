"""One look for every picture: fonts, colours, marks. Colours hold 3:1 on white, and shape repeats what colour says."""

from __future__ import annotations

from typing import Any

FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"
INK, SOFT, FAINT, RULE = "#1F2328", "#57606A", "#767676", "#E3E6EA"
WEAK, NEUTRAL, STRONG = "#C44E00", "#767676", "#2166AC"
UNKNOWN = "#6A51A3"
MOCK = "#9C3A00"

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
    (-0.10, "#B85400", "#FFFFFF", "低 10 个百分点以上"),
    (-0.03, "#F3BF8A", INK, "低 3—10"),
    (0.03, "#F1F1EF", INK, "相差不到 3"),
    (0.10, "#A9CBE6", INK, "高 3—10"),
    (float("inf"), "#2166AC", "#FFFFFF", "高 10 以上"),
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
    "paper_bgcolor": "#FFFFFF",
    "plot_bgcolor": "#FFFFFF",
    "hoverlabel": {"font": {"family": FONT, "size": 13}, "bgcolor": "#FFFFFF"},
    "hovermode": "closest",
    "dragmode": False,
    "showlegend": False,
}

# Plotly's bar of tools is English and asks to be clicked: only the picture itself remains.
CONFIG: dict[str, Any] = {"displaylogo": False, "displayModeBar": False, "responsive": True, "locale": "zh-CN"}


def bin_of(gap: float) -> tuple[str, str]:
    """Fill and text colour of a gap to the target (share, negative = below)."""
    for edge, fill, text, _ in BINS:
        if gap < edge or edge == float("inf"):
            return fill, text
    raise AssertionError("the last bin has no upper edge")
