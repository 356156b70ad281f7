"""Numbered steps in one row: which is done, which is next, and how; the QR code of an address that residents scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import segno

from reports.sentences.notes.catalogue import tr
from views.blocks.html import text


class State(StrEnum):
    """State of a step, in the word that the page shows."""

    DONE = "已完成"
    NOW = "现在做"
    LATER = ""


CLASSES: Mapping[State, str] = {State.DONE: " silu-done", State.NOW: " silu-now", State.LATER: ""}


@dataclass(frozen=True, slots=True)
class Step:
    """A step.

    Attributes:
        title: what to do.
        note: how, or where; may be empty.
        state: whether it is done or next.
        command: what to type, where there is no other way.
    """

    title: str
    note: str = ""
    state: State = State.LATER
    command: str = ""


def step_card(number: int, step: Step) -> str:
    """Return one step; widgets may follow it in the same column."""
    sign = "✓" if step.state is State.DONE else str(number)
    state = f"<span>{text(step.state)}</span>" if step.state else ""
    command = f"<code>{text(step.command)}</code>" if step.command else ""
    note = f"<p>{text(step.note)}</p>" if step.note else ""
    return (
        f'<section class="silu-stage{CLASSES[step.state]}" aria-label="{text(step.title)}">'
        f'<header><b aria-hidden="true">{sign}</b><h2>{text(step.title)}</h2>{state}</header>{note}{command}</section>'
    )


def step_cards(steps: Sequence[Step], *, stacked: bool = False) -> str:
    """Return steps beside one another, on a phone below one another; or one line each, where there is little room."""
    kind = "silu-steps silu-stacked" if stacked else "silu-steps"
    return f'<div class="{kind}">{"".join(step_card(at, one) for at, one in enumerate(steps, 1))}</div>'


def code_to_come(words: str) -> str:
    """Return the place of a code that is not known yet."""
    return f'<figure class="silu-code silu-code-to-come"><p>{text(words)}</p></figure>'


def form_code(url: str) -> str:
    """Return the QR code of an address with the address below; error correction level M tolerates a damaged corner."""
    picture = segno.make(url, error="m", micro=False).svg_data_uri(border=2, scale=4)
    name = tr("网上问卷的二维码：{url}").format(url=text(url))
    image = f'<img src="{text(picture)}" alt="{name}">'
    return f'<figure class="silu-code">{image}<figcaption>{text(url)}</figcaption></figure>'
