"""Lights of data quality: how many of each, and one card a problem; in the colours of lights, each with its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.integrity.combine import Light
from reports.fieldwork.concerns import Concern
from reports.sentences import fieldwork as words
from reports.sentences.notes.catalogue import tr
from views.blocks.html import text

SIGNS: Mapping[Light, tuple[str, str, str]] = {
    Light.RED: ("◆", "红灯", "silu-red"),
    Light.AMBER: ("▲", "黄灯", "silu-amber"),
    Light.GREEN: ("●", "绿灯", "silu-green"),
    Light.GREY: ("—", "答卷太少，不判断", "silu-grey"),
}
"""Light -> its sign, word and class."""
MOST = 6
"""Number of cards."""


def light_counts(units: Mapping[str, pd.DataFrame]) -> str:
    """Return how many interviewers and communities have each light."""
    items = "".join(f"<li>{_light(light)} <b>{words.light_counts(units, light)}</b></li>" for light in SIGNS)
    return f'<ul class="silu-lights">{items}</ul>'


def concern_cards(some: Sequence[Concern]) -> str:
    """Return one card per problem: what, where, who acts, what to do; a quiet line where there is none."""
    if not some:
        return tr('<p class="silu-nothing">没有访问员或社区亮红灯或黄灯，这一轮的答卷可以照常使用。</p>')
    cards = "".join(_card(one) for one in some[:MOST])
    more = f'<p class="silu-quiet">{text(words.rest(some[MOST:]))}</p>' if len(some) > MOST else ""
    return f'<ul class="silu-concerns">{cards}</ul>{more}'


def _card(one: Concern) -> str:
    rows = ((tr("问题"), one.what), (tr("责任单位"), one.who), (tr("期限与任务"), one.step))
    facts = "".join(f"<dt>{head}</dt><dd>{text(content)}</dd>" for head, content in rows)
    return (
        f'<li class="{SIGNS[one.light][2]}"><header>{_light(one.light)}<h3>{text(one.where)}</h3>'
        f"<span>{text(one.district)}</span></header><dl>{facts}</dl></li>"
    )


def _light(light: Light) -> str:
    sign, word, kind = SIGNS[light]
    return f'<span class="silu-light-sign {kind}"><span aria-hidden="true">{sign}</span> {word}</span>'
