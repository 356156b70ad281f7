"""Weaknesses of the wave before, one small picture each: what became of them, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.decisions.change import ChangeOutcome
from analysis.numerals import percent, target, whole
from reports.sentences.sentence import Row
from views.blocks.html import text

EDGE = 0.03
"""Free space above and below the marks, a share."""


@dataclass(frozen=True, slots=True)
class Look:
    """One weakness.

    Attributes:
        row: a row of `reports.change.Change.looks`.
        waves: wave, estimate, conf_low, conf_high of this rate and district, in order; missing where suppressed.
        to_go: how far it lies below its line, in words.
        units: who is in charge; "" for nobody known, or where nothing is left to do.
    """

    row: Row
    waves: pd.DataFrame
    to_go: str
    units: str


def look_cards(looks: Sequence[Look], dates: Mapping[str, str]) -> str:
    """Return one card per weakness.

    Args:
        looks: the weaknesses, the one to press on first.
        dates: wave -> its date below the axis.
    """
    shares = pd.concat([one.waves[["estimate", "conf_low", "conf_high"]].astype(float).stack() for one in looks])
    every = [*shares.dropna(), *(float(str(one.row["target"])) for one in looks)]
    ends = (min(every) - EDGE, max(every) + EDGE)
    cards = "".join(_card(one, dates, ends, first=at == 0) for at, one in enumerate(looks))
    return f'<ul class="silu-looks">{cards}</ul>'


def _card(one: Look, dates: Mapping[str, str], ends: tuple[float, float], *, first: bool) -> str:
    row, outcome = one.row, str(one.row["outcome"])
    done = outcome == ChangeOutcome.MENDED
    kind = "silu-first" if first and not done else ""
    units = f"<small>{text(one.units)}</small>" if one.units else ""
    then, now = (whole(float(str(row[name]))) for name in ("then", "now"))
    return (
        f'<li class="{kind}"><header><h3>{text(row["district"])}<span>{text(row["label"])}</span></h3>{_state(outcome)}'
        f'</header><p class="silu-step-up">{then} → <b>{now}</b><span>{text(one.to_go)}</span></p>'
        f"{_picture(one, dates, ends)}{units}</li>"
    )


def _state(outcome: str) -> str:
    """Return the outcome as a chip: blue with ■ where the line is reached, else grey."""
    if outcome == ChangeOutcome.MENDED:
        return f'<span class="silu-chip silu-met"><span aria-hidden="true">■</span>{text(outcome)}</span>'
    return f'<span class="silu-chip silu-unclear">{text(outcome)}</span>'


def _picture(one: Look, dates: Mapping[str, str], ends: tuple[float, float]) -> str:
    """Return points with intervals over the waves, and the line of the target."""
    line = float(str(one.row["target"]))
    rows = one.waves.to_dict("records")
    marks = "".join(_mark(row, _across(at, len(rows)), ends) for at, row in enumerate(rows))
    feet = "".join(
        f'<em style="left:{_across(at, len(rows))}">{text(dates.get(str(row["wave"]), row["wave"]))}</em>'
        for at, row in enumerate(rows)
    )
    goal = f'<i class="silu-aim" style="bottom:{_up(line, ends)}"></i>'
    name = f'<span class="silu-aim-text" style="bottom:{_up(line, ends)}">{target(line)}</span>'
    return f'<div class="silu-plot" aria-hidden="true"><div>{goal}{name}{marks}</div><p>{feet}</p></div>'


def _mark(row: Mapping[object, object], left: str, ends: tuple[float, float]) -> str:
    share, low, high = (float(str(row[name])) for name in ("estimate", "conf_low", "conf_high"))
    if pd.isna(share):
        return ""
    bar = ""
    if pd.notna(low):
        tall = percent((high - low) / (ends[1] - ends[0]))
        bar = f'<i class="silu-reach" style="left:{left};bottom:{_up(low, ends)};height:{tall}"></i>'
    return f'{bar}<i class="silu-point" style="left:{left};bottom:{_up(share, ends)}"></i>'


def _across(at: int, number: int) -> str:
    return percent((at + 0.5) / number)


def _up(share: float, ends: tuple[float, float]) -> str:
    return percent((share - ends[0]) / (ends[1] - ends[0]))
