"""Cards of confirmed weaknesses: how low and how sure, the worst items, where it is concentrated, who acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from reports.sentences.notes.catalogue import tr
from views.blocks.axis import floor_of
from views.blocks.bars import item_bar, range_bar
from views.blocks.html import chip, text

AXIS = ("estimate", "conf_low", "line")


@dataclass(frozen=True, slots=True)
class Item:
    """One of the worst items: its label, its share as printed, and both shares of its bar."""

    label: str
    share: str
    estimate: float
    line: float


@dataclass(frozen=True, slots=True)
class ConfirmedCard:
    """One confirmed weakness in words.

    Attributes:
        row: estimate, conf_low, conf_high, line, verdict and reason, for the bar.
        area: name of the area.
        href: address of the area; "" where there is none.
        rate: name of the rate.
        now: the rate.
        gap: how far it lies below its line.
        certainty: interval and probability.
        items_title: heading of the worst items.
        items: the worst items; may be empty.
        where_title: heading of the groups.
        where: the groups in which it is concentrated; may be empty.
        units: who is in charge; "" where nobody is known to be.
        state: its state in the ledger.
        action: what the button does; "" for readers without the page.
        target: address that the button leads to.
    """

    row: Mapping[str, Any]
    area: str
    href: str
    rate: str
    now: str
    gap: str
    certainty: str
    items_title: str = ""
    items: Sequence[Item] = ()
    where_title: str = ""
    where: Sequence[str] = ()
    units: str = ""
    state: str = ""
    action: str = ""
    target: str = field(default="", repr=False)


def confirmed_cards(cards: Sequence[ConfirmedCard], more: object = "", others: Sequence[object] = ()) -> str:
    """Return one card per weakness, side by side; "" for none.

    Args:
        cards: the weaknesses; a single one is laid out in four columns.
        more: how many further ones there are; may be empty.
        others: the further ones, one phrase per rate.
    """
    if not cards:
        return ""
    floor = floor_of(pd.DataFrame([card.row for card in cards]), *AXIS)
    single = " silu-single" if len(cards) == 1 else ""
    body = "".join(_card(card, floor, items=_bars if single else _names) for card in cards)
    rest = f'<p class="silu-more"><b>{text(more)}</b>　{text("；".join(map(str, others)))}</p>' if others else ""
    return f'<div class="silu-confirmed{single}" style="--cards:{len(cards)}">{body}</div>{rest}'


def _card(card: ConfirmedCard, floor: float, items: Any) -> str:
    area = f'<a href="{card.href}">{text(card.area)}</a>' if card.href else text(card.area)
    number = f"{text(card.now[:-1])}<small>%</small>" if card.now.endswith("%") else text(card.now)
    return (
        f'<article class="silu-weakness" aria-label="{text(card.area)} {text(card.rate)}"><div>'
        f"<h2>{chip(str(card.row['verdict']))} <b>{area}</b> <span>{text(card.rate)}</span></h2>"
        f'<p class="silu-figure"><b>{number}</b><span>{text(card.gap)}</span></p>'
        f'{range_bar(card.row, floor)}<p class="silu-small">{text(card.certainty)}</p></div>'
        f"{items(card)}{_where(card)}{_who(card)}</article>"
    )


def _bars(card: ConfirmedCard) -> str:
    """Return the worst items as bars; "" for none."""
    rows = "".join(
        f"<li><span>{text(item.label)}</span>{item_bar(item.estimate, item.line)}<b>{text(item.share)}</b></li>"
        for item in card.items
    )
    return f'<div><h3>{text(card.items_title)}</h3><ul class="silu-items">{rows}</ul></div>' if rows else ""


def _names(card: ConfirmedCard) -> str:
    """Return the worst items in one line."""
    phrases = "、".join(f"{text(item.label)} {text(item.share)}" for item in card.items)
    return f"<div><h3>{tr('最差项')}</h3><p>{phrases}</p></div>" if phrases else ""


def _where(card: ConfirmedCard) -> str:
    phrases = "".join(f"<li>{text(one)}</li>" for one in card.where)
    title = text(card.where_title)
    return f'<div><h3>{title}</h3><div><ul class="silu-where">{phrases}</ul></div></div>' if phrases else ""


def _who(card: ConfirmedCard) -> str:
    unit = f"<p><b>{text(card.units)}</b></p>" if card.units else ""
    state = f'<p class="silu-small">{text(card.state)}</p>'
    button = f'<a class="silu-button" href="{card.target}">{text(card.action)}&nbsp;→</a>' if card.action else ""
    return f'<div><h3>{tr("责任单位")}</h3><div class="silu-who">{unit}{state}{button}</div></div>'
