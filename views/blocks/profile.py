"""Blocks of an area's profile: who acts next, the trend, items split in two, facts, quotes, lists of areas."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.numerals import whole
from reports.sentences.notes.catalogue import tr
from views.blocks.axis import place
from views.blocks.html import mark, text
from views.charts.parts import style

SIDES = {"unhappy": "不满意", "unknown": "不了解"}
"""Problem of an item -> what residents say."""
REST = {"unhappy": "其余的居民满意、觉得一般，或不了解", "unknown": "其余的居民满意、觉得一般，或不满意"}
"""Problem of an item -> what all others say."""
REST = {"unhappy": "其余的居民满意、觉得一般，或不了解", "unknown": "其余的居民满意、觉得一般，或不满意"}
"""Problem of an item -> what all others say."""
REST = {"unhappy": "其余的居民满意、觉得一般，或不了解", "unknown": "其余的居民满意、觉得一般，或不满意"}
"""Problem of an item -> what all others say."""
Line = tuple[str, str]
"""A short word and what it is about."""


def section(title: str, body: str, name: str = "") -> str:
    """Return a part of the page with its heading; empty without a body, which is HTML."""
    return f'<section class="silu-part {name}"><h2>{text(title)}</h2>{body}</section>' if body else ""


def split_bars(table: pd.DataFrame) -> str:
    """Return one bar per item: what is wrong with it among all who were asked, and the unit in charge.

    Where all items have the same problem, only that is drawn: the share of satisfied residents, on which the other
    answers depend, stands in the chart beside the bars.

    Args:
        table: from `reports.causes.Items`: label, unhappy, unknown, problem, unit; shares, missing where suppressed.
    """
    rows = table.dropna(subset=["unhappy", "unknown"])
    if rows.empty:
        return ""
    problems = set(rows["problem"])
    sides = [side for side in SIDES if problems == {side}] or list(SIDES)
    heads = "".join(
        f'<th scope="col"{wide}>{name}</th>'
        for name, wide in (
            (tr("项目"), ""),
            (tr("和").join(SIDES[side] for side in sides) + tr("的居民"), f' colspan="{1 + len(sides)}"'),
            (tr("责任单位"), ""),
        )
    )
    lines = "".join(_split(row, sides) for row in rows.to_dict("records"))
    note = f'<p class="silu-note">{REST[sides[0]]}</p>' if len(sides) == 1 else ""
    return f'<table class="silu-split"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>{note}'


def _split(row: dict[Hashable, Any], sides: Sequence[str]) -> str:
    bars = "".join(f'<i class="silu-{side}" style="width:{place(row[side], 0.0)}"></i>' for side in sides)
    numbers = "".join(f'<td class="silu-share-of"><b>{whole(row[side])}</b></td>' for side in sides)
    return (
        f"<tr><td>{text(row['label'])}</td>"
        f'<td class="silu-two"><div aria-hidden="true">{bars}</div></td>'
        f"{numbers}<td><b>{text(row['unit'])}</b></td></tr>"
    )


def facts(lines: Sequence[Line], lists: Sequence[Line] = ()) -> str:
    """Return lines of a word and its fact; lines without a fact are left out.

    Args:
        lines: words and facts.
        lists: words and what stands behind them as HTML, such as an `area_list`; they come last.
    """
    rows = [(word, text(fact)) for word, fact in lines if fact] + [pair for pair in lists if pair[1]]
    content = "".join(f"<dt>{text(word)}</dt><dd>{fact}</dd>" for word, fact in rows)
    return f'<dl class="silu-facts">{content}</dl>' if rows else ""


def quotes(lines: Sequence[Line], themes: str, *, of_city: bool) -> str:
    """Return masked quotes, (theme, quote) pairs, and a line on themes below.

    Args:
        lines: the quotes.
        themes: what is raised most.
        of_city: whether the quotes are from the whole city.
    """
    rows = "".join(f"<blockquote>“{text(quote)}”<small>{text(theme)}</small></blockquote>" for theme, quote in lines)
    origin = tr("<small>全市同类留言，已隐去地名</small>") if of_city and lines else ""
    return rows + (f'<p class="silu-note">{text(themes)}{origin}</p>' if themes or origin else "")


@dataclass(frozen=True, slots=True)
class AreaLink:
    """An area in a list.

    Attributes:
        name: its name.
        state: its verdict, or the reason for none.
        number: its rate; "" where it is not shown.
        href: its profile.
        why: a remark on its verdict for a pointer that rests on it; may be empty.
    """

    name: str
    state: str
    number: str
    href: str
    why: str = ""


def area_list(areas: Sequence[AreaLink]) -> str:
    """Return links to areas with mark and number; the word of the verdict is read to screen readers."""
    items = "".join(map(_area, areas))
    return f'<ul class="silu-areas">{items}</ul>' if items else ""


def _area(one: AreaLink) -> str:
    said = " ".join(part for part in (one.name, one.number) if part) + f"，{one.state}"
    words = text("，".join(part for part in (said, one.why) if part))
    shown = f"{mark(one.state)} {text(one.name)}" + (f" <b>{text(one.number)}</b>" if one.number else "")
    link = f'<a href="{one.href}" title="{words}" aria-label="{words}">{shown}</a>'
    return f'<li style="--mark:{style.ink(one.state)}">{link}</li>'


def action_box(lines: Sequence[Line], more: Sequence[str] = (), button: Line = ("", ""), *, urgent: bool) -> str:
    """Return the box below the headline: who acts, the next step, and the button that leads to the ledger.

    Args:
        lines: words and facts; lines without a fact are left out.
        more: further sentences, small.
        button: its word and its address; without an address there is none.
        urgent: whether somebody must act now.
    """
    rows = "".join(f"<div><dt>{text(word)}</dt><dd>{text(fact)}</dd></div>" for word, fact in lines if fact)
    rest = "".join(f"<p>{text(line)}</p>" for line in more)
    word, href = button
    link = f'<a class="silu-button silu-do" href="{href}">{text(word)}&nbsp;→</a>' if href else ""
    return f'<div class="silu-act{" silu-urgent" if urgent else ""}"><div><dl>{rows}</dl>{rest}</div>{link}</div>'


def folded(title: str, parts: Sequence[str]) -> str:
    """Return parts of the page below a heading that opens them; empty without any part."""
    body = "".join(parts)
    return f'<details class="silu-fold"><summary>{text(title)}</summary><div>{body}</div></details>' if body else ""


def trend_block(title: str, picture: str, note: str) -> str:
    """Return one rate over the waves: the finding as heading, the picture if any, and what could be seen."""
    below = f'<p class="silu-note">{text(note)}</p>' if note else ""
    return section(title, f"<div>{picture}{below}</div>", "silu-trend" if picture else "silu-moved")
