"""Small cards of numbers: a heading, one large number, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from views.blocks.html import text


@dataclass(frozen=True, slots=True)
class CountCard:
    """A card.

    Attributes:
        head: its heading.
        number: as written.
        note: what the number counts, or its unit.
        pressing: whether somebody must act on it.
    """

    head: str
    number: str
    note: str = ""
    pressing: bool = False


def count_cards(cards: Sequence[CountCard]) -> str:
    """Return the cards in one row; two by two on a phone."""
    found = "".join(
        f'<section class="silu-count{" silu-pressing" if one.pressing else ""}"><h2>{text(one.head)}</h2>'
        f"<p><b>{text(one.number)}</b> <span>{text(one.note)}</span></p></section>"
        for one in cards
    )
    return f'<div class="silu-cards" style="--cards:{len(cards)}">{found}</div>'
