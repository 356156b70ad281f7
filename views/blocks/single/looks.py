"""Weaknesses of the wave before, one small picture each: what became of them, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.decisions.waves.look_back import ChangeOutcome
from analysis.numerals import whole
from reports.sentences.briefing import responsible
from reports.sentences.change import Pursuit
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row, Sentence
from views.blocks.html import chip, text
from views.blocks.rows import Column, Line, row_table
from views.blocks.waves import Ends, ends_of, wave_picture

CARDS = 3
"""Number of weaknesses with a picture."""
OTHERS, GO = "其余的薄弱项", "看台账"
COLUMNS = (
    Column("区县 · 哪项", "title"),
    Column("前次 → 本轮"),
    Column("本轮判断"),
    Column("责任单位"),
    Column("下一步"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One weakness.

    Attributes:
        row: a row of `reports.change.Change.looks`.
        waves: wave, estimate, conf_low, conf_high of this rate and district, in order; missing where suppressed.
        to_go: how far it lies from its line, in words.
        moved: what became of it, in words; "" where no change can be seen, which the headline says once.
        why: why no change can be seen, in words, which the first card says; "" where one can.
        pursuit: who goes on, and the state in the ledger; nobody where nothing is left to do.
    """

    row: Row
    waves: pd.DataFrame
    to_go: str
    moved: str = ""
    why: str = ""
    pursuit: Pursuit = field(default_factory=Pursuit)


def look_cards(looks: Sequence[Look], dates: Mapping[str, str], href: str = "") -> str:
    """Return a card for each of the first weaknesses, the very first one large, and one line for each further one.

    Args:
        looks: the weaknesses, the one to press on first.
        dates: wave -> its date below the axis.
        href: address of the ledger; "" where the reader has none.
    """
    drawn, rest = looks[:CARDS], looks[CARDS:]
    ends = ends_of([one.waves for one in drawn], [float(str(one.row["target"])) for one in drawn])
    cards = "".join(_card(one, dates, ends, href, first=at == 0) for at, one in enumerate(drawn))
    return f'<ul class="silu-looks">{cards}</ul>{_rest(rest)}'


def _rest(looks: Sequence[Look]) -> str:
    return row_table(COLUMNS, [_line(one) for one in looks], OTHERS) if looks else ""


def _line(one: Look) -> Line:
    then, now = _shares(one.row)
    return Line(
        [
            text(f"{one.row['district']}{one.row['label']}"),
            f"<span>{then} → <b>{now}</b></span>",
            f"<span>{_state(one.row)}{_aside(one)}</span>",
            text(_who(one)),
            text(one.pursuit.state),
        ],
        "done" if one.row["outcome"] == ChangeOutcome.MENDED else "",
    )


def _shares(row: Row) -> tuple[str, str]:
    return whole(float(str(row["then"]))), whole(float(str(row["now"])))


def _card(one: Look, dates: Mapping[str, str], ends: Ends, href: str, *, first: bool) -> str:
    row = one.row
    kind = "silu-first" if first and row["outcome"] != ChangeOutcome.MENDED else ""
    if kind:  # the line below the headline says who goes on with it
        said = [text(one.moved or one.why)]
    else:
        said = [f"<b>{text(who)}</b>" if (who := _who(one)) else "", text(one.pursuit.state), text(one.moved)]
    below = "".join(f"<small>{line}</small>" for line in said if line)
    then, now = _shares(row)
    link = f'<p><a class="silu-button silu-do" href="{href}">{GO}&nbsp;→</a></p>' if href and kind else ""
    picture = wave_picture(one.waves, float(str(row["target"])), dates, ends, numbers=first)
    before = "" if first else f"<span>{tr('上轮')} {then}</span>"  # the picture of the first card has its numbers
    return (
        f'<li class="{kind}"><header><h3>{text(row["district"])}<span>{text(row["label"])}</span></h3>{_state(row)}'
        f'</header><p class="silu-step-up"><b>{now}</b><span>{text(one.to_go)}</span>{before}</p>'
        f"{picture}{below}{link}</li>"
    )


def _who(one: Look) -> Sentence:
    """Return who leads and who acts."""
    return responsible(one.pursuit.lead, one.pursuit.units)


def _state(row: Row) -> str:
    """Return the verdict of this wave as a chip, or why there is none; what is closed says so."""
    if row["outcome"] == ChangeOutcome.MENDED:
        return f'<span class="silu-chip silu-met"><span aria-hidden="true">■</span>{text(row["outcome"])}</span>'
    state = str(row["verdict_now"] or row["reason_now"])
    return chip(state) if state else f'<span class="silu-chip silu-none">{text(row["outcome"])}</span>'


def _aside(one: Look) -> str:
    """Return what stands beside the chip: the distance to the line, and what became of it."""
    closed = one.row["outcome"] == ChangeOutcome.MENDED
    words = "，".join(part for part in (one.to_go, "" if closed else one.moved) if part)
    return f"&ensp;{text(words)}" if words else ""
