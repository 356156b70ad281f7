"""Weaknesses of the wave before, one small picture each: what became of them, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.decisions.change import ChangeOutcome
from analysis.numerals import whole
from reports.sentences.change import Pursuit
from reports.sentences.sentence import Row
from views.blocks.html import text
from views.blocks.waves import Ends, ends_of, wave_picture


@dataclass(frozen=True, slots=True)
class Look:
    """One weakness.

    Attributes:
        row: a row of `reports.change.Change.looks`.
        waves: wave, estimate, conf_low, conf_high of this rate and district, in order; missing where suppressed.
        to_go: how far it lies below its line, in words.
        visible: how large a change would have been seen; "" where one was.
        pursuit: who goes on, and the state in the ledger; nobody where nothing is left to do.
    """

    row: Row
    waves: pd.DataFrame
    to_go: str
    visible: str = ""
    pursuit: Pursuit = field(default_factory=Pursuit)


def look_cards(looks: Sequence[Look], dates: Mapping[str, str]) -> str:
    """Return one card per weakness.

    Args:
        looks: the weaknesses, the one to press on first.
        dates: wave -> its date below the axis.
    """
    ends = ends_of([one.waves for one in looks], [float(str(one.row["target"])) for one in looks])
    cards = "".join(_card(one, dates, ends, first=at == 0) for at, one in enumerate(looks))
    return f'<ul class="silu-looks">{cards}</ul>'


def _card(one: Look, dates: Mapping[str, str], ends: Ends, *, first: bool) -> str:
    row, outcome = one.row, str(one.row["outcome"])
    done = outcome == ChangeOutcome.MENDED
    kind = "silu-first" if first and not done else ""
    who = "、".join(one.pursuit.units)
    below = "".join(
        f"<small>{line}</small>"
        for line in (f"<b>{text(who)}</b>" if who else "", text(one.pursuit.state), text(one.visible))
        if line
    )
    then, now = (whole(float(str(row[name]))) for name in ("then", "now"))
    picture = wave_picture(one.waves, float(str(row["target"])), dates, ends, numbers=first)
    return (
        f'<li class="{kind}"><header><h3>{text(row["district"])}<span>{text(row["label"])}</span></h3>{_state(outcome)}'
        f'</header><p class="silu-step-up">{then} → <b>{now}</b><span>{text(one.to_go)}</span></p>'
        f"{picture}{below}</li>"
    )


def _state(outcome: str) -> str:
    """Return the outcome as a chip: blue with ■ where the line is reached, else grey."""
    if outcome == ChangeOutcome.MENDED:
        return f'<span class="silu-chip silu-met"><span aria-hidden="true">■</span>{text(outcome)}</span>'
    return f'<span class="silu-chip silu-unclear">{text(outcome)}</span>'
