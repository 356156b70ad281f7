"""What residents write: themes as bars, a district beside the others, and masked comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.numerals import percent, whole
from reports.sentences import voices as words
from reports.sentences.notes.catalogue import tr
from reports.voices.listed import Comment
from views.blocks.html import text

FEW = 6
"""Themes above the fold."""
MASKED = re.compile(r"(某[地日某]|\[[^\[\]<>&]{1,6}\])")
"""Words that masking puts in place of others: 某地, [手机]."""


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A share as a bar.

    Attributes:
        label: name of the row.
        share, low, high: share and interval; the interval may be missing.
        best: whether the bar is dark.
    """

    label: str
    share: float
    low: float = float("nan")
    high: float = float("nan")
    best: bool = False


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A theme that a district raises more than the others.

    Attributes:
        label: district and theme.
        share: share of the district, as printed.
        beside: share of the other districts, in words.
        href: address of its comments.
        here: whether they are shown.
    """

    label: str
    share: str
    beside: str
    href: str
    here: bool


def outstanding_list(some: Sequence[Outstanding]) -> str:
    """Return the districts that stand out, one line each; "" for none."""
    rows = "".join(
        f'<li{" class=silu-here" if one.here else ""}><a href="{one.href}"{" aria-current=true" if one.here else ""}>'
        f"{text(one.label)}</a><b>{text(one.share)}</b><small>{text(one.beside)}</small></li>"
        for one in some
    )
    return f'<ul class="silu-outstanding">{rows}</ul>' if rows else ""


def theme_list(top: pd.DataFrame, chosen: str, address: Callable[[str], str]) -> str:
    """Return the themes with their shares of those who wrote; all but the first ones are folded.

    Args:
        top: from `reports.voices.shares`, most frequent first.
        chosen: label of the theme whose comments are shown.
        address: label of a theme -> where a click leads.
    """
    end = float(top["conf_high"].fillna(top["estimate"]).max()) or 1.0
    order = top.to_dict("records")
    rows = [_theme(row, end, chosen, address) for row in order]
    shown = f'<ul class="silu-themes">{"".join(rows[:FEW])}</ul>'
    if len(rows) <= FEW:
        return shown
    summary = f"<summary>{text(words.more_themes([str(row['label']) for row in order[FEW:]]))}</summary>"
    others = f'<ul class="silu-themes">{"".join(rows[FEW:])}</ul>'
    return f'{shown}<details class="silu-more-themes">{summary}{others}</details>'


def _theme(row: dict[object, object], end: float, chosen: str, address: Callable[[str], str]) -> str:
    label = str(row["label"])
    here = label == chosen
    share, low, high = (float(str(row[name])) for name in ("estimate", "conf_low", "conf_high"))
    link = f'<a href="{address(label)}"{" aria-current=true" if here else ""}>{text(label)}</a>'
    bar = _track(ShareBar(label, share, low, high, best=here), end)
    kind = ' class="silu-here"' if here else ""
    return f"<li{kind}>{link}<b>{whole(share)}</b>{bar}</li>"


def praise_line(praise: object, address: str) -> str:
    """Return the number of comments that praise, with a link to them where the reader may see them."""
    more = f' <a class="silu-do" href="{address}">{tr("另看原话&nbsp;→")}</a>' if address else ""
    return f'<p class="silu-quiet">{tr("其中")}{text(praise)}{more}</p>'


def share_bars(title: object, remark: str, bars: Sequence[ShareBar]) -> str:
    """Return a few shares on one scale, under a title that says the finding."""
    ends = [value for bar in bars for value in (bar.share, bar.high) if pd.notna(value)]
    end = max(ends, default=0.0) or 1.0
    rows = "".join(
        f"<li><span>{text(bar.label)}</span>{_track(bar, end)}<b>{whole(bar.share)}</b></li>" for bar in bars
    )
    return f'<section class="silu-pair"><h2>{text(title)}<small>{remark}</small></h2><ul>{rows}</ul></section>'


def _track(bar: ShareBar, end: float) -> str:
    """Return a bar with the line of its interval."""
    line = ""
    if pd.notna(bar.low):
        line = f'<u style="left:{percent(bar.low / end)};width:{percent((bar.high - bar.low) / end)}"></u>'
    kind = ' class="silu-best"' if bar.best else ""
    length = f'<i{kind} style="width:{percent(bar.share / end)}"></i>'
    return f'<div class="silu-mention" aria-hidden="true">{length}{line}</div>'


def comment_list(comments: Sequence[Comment]) -> str:
    """Return comments as quotes, masked words as grey pills, kind and age below."""
    items = "".join(f"<li><q>{_pills(one.text)}</q>{_below(one)}</li>" for one in comments)
    return f'<ul class="silu-comments">{items}</ul>'


def _below(one: Comment) -> str:
    parts = " · ".join(text(part) for part in (one.kind, one.age) if part)
    return f"<small>{parts}</small>" if parts else ""


def _pills(quote: str) -> str:
    pieces = MASKED.split(quote)
    return "".join(f"<mark>{text(piece)}</mark>" if at % 2 else text(piece) for at, piece in enumerate(pieces))
