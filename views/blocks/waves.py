"""Waves: one rate over the waves as points with intervals, joined by a line, beside its target; no chart library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.numerals import percent, target, whole
from views.blocks.html import text

HALF = "0.75px"
"""Half of the width of the line through the points."""
Ends = tuple[float, float]
"""Lowest and highest share of a scale."""
EDGE = 0.03
"""Free space above and below the marks, a share."""
SHARES = ["estimate", "conf_low", "conf_high"]
MOST_NUMBERS = 6
"""Number of waves up to which each point has its number."""


def ends_of(waves: Sequence[pd.DataFrame], lines: Sequence[float]) -> Ends:
    """Return a scale on which all points, intervals and lines of some pictures have a place.

    Args:
        waves: tables with estimate, conf_low and conf_high, shares; missing ones are left out.
        lines: targets, shares; missing ones are left out.
    """
    every = [*lines, *(share for one in waves for share in one[SHARES].to_numpy(dtype=float).ravel())]
    shares = [share for share in every if pd.notna(share)]
    return (min(shares) - EDGE, max(shares) + EDGE) if shares else (0.0, 1.0)


def wave_picture(waves: pd.DataFrame, line: float, dates: Mapping[str, str], ends: Ends, *, numbers: bool) -> str:
    """Return the picture; the words beside it say the same, so that screen readers skip it.

    Args:
        waves: wave, estimate, conf_low and conf_high, in order; suppressed waves have no point.
        line: the target, a share; missing where there is none.
        dates: wave -> its date below the axis.
        ends: the scale, see `ends_of`.
        numbers: whether points have their numbers, where there are few.
    """
    rows = waves.to_dict("records")
    places = [_across(at, len(rows)) for at in range(len(rows))]
    marks = "".join(
        _mark(row, place, ends, numbers=numbers and len(rows) <= MOST_NUMBERS)
        for row, place in zip(rows, places, strict=True)
    )
    feet = "".join(
        f'<em style="left:{percent(place)}">{text(dates.get(str(row["wave"]), row["wave"]))}</em>'
        for row, place in zip(rows, places, strict=True)
    )
    goal = _goal(line, ends) if pd.notna(line) else ""
    path = _path([float(str(row["estimate"])) for row in rows], places, ends)
    return f'<div class="silu-plot" aria-hidden="true"><div>{goal}{path}{marks}</div><p>{feet}</p></div>'


def _goal(line: float, ends: Ends) -> str:
    at = f'style="bottom:{_up(line, ends)}"'
    return f'<i class="silu-aim" {at}></i><span class="silu-aim-text" {at}>{target(line)}</span>'


def _path(shares: Sequence[float], places: Sequence[float], ends: Ends) -> str:
    """Return the line through the points that there are, a thin polygon; none for a single point."""
    known = [
        (percent(place), percent(1 - _part(share, ends)))
        for place, share in zip(places, shares, strict=True)
        if pd.notna(share)
    ]
    if len(known) < 2:
        return ""
    above = [f"{left} calc({top} - {HALF})" for left, top in known]
    below = [f"{left} calc({top} + {HALF})" for left, top in reversed(known)]
    return f'<i class="silu-path" style="clip-path:polygon({",".join(above + below)})"></i>'


def _mark(row: Mapping[object, object], place: float, ends: Ends, *, numbers: bool) -> str:
    share, low, high = (float(str(row[name])) for name in SHARES)
    if pd.isna(share):
        return ""
    left, bar = percent(place), ""
    if pd.notna(low):
        tall = percent((high - low) / (ends[1] - ends[0]))
        bar = f'<i class="silu-reach" style="left:{left};bottom:{_up(low, ends)};height:{tall}"></i>'
    number = f'<b style="left:{left};bottom:{_up(share, ends)}">{whole(share)}</b>' if numbers else ""
    return f'{bar}<i class="silu-point" style="left:{left};bottom:{_up(share, ends)}"></i>{number}'


def _across(at: int, number: int) -> float:
    return (at + 0.5) / number


def _up(share: float, ends: Ends) -> str:
    return percent(_part(share, ends))


def _part(share: float, ends: Ends) -> float:
    return (share - ends[0]) / (ends[1] - ends[0])
