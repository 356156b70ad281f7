"""Rows of problems: verdict, where and what, now, shortfall, since when, who is in charge, next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from views.blocks.html import chip, text
from views.blocks.rows import two

HEADS = ("判断", "哪里 · 哪项", "现在", "离目标", "责任单位", "下一步")
NOW = HEADS[2]


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One row in words.

    Attributes:
        state: the verdict.
        area: name of the area.
        rate: name of the rate.
        now: the rate.
        gap: how far it lies below its line.
        since: from when on.
        units: who is in charge.
        items: the worst items.
        step: next step.
        link: what a click does; "" for a step without a page.
        href: where the step is done.
        sure: whether the verdict is confirmed.
    """

    state: str
    area: str
    rate: str
    now: str
    gap: str
    since: str
    units: str
    items: str
    step: str
    link: str
    href: str
    sure: bool


def problem_table(rows: Sequence[ProblemRow], nothing: str) -> str:
    """Return the table of problems; the sentence `nothing` where there is none."""
    if not rows:
        return f'<p class="silu-nothing">{text(nothing)}</p>'
    heads = "".join(f'<th scope="col"{" class=silu-now" if name == NOW else ""}>{name}</th>' for name in HEADS)
    body = "".join(_row(row, first=at == 0) for at, row in enumerate(rows))
    return f'<table class="silu-problems"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def remark(words: object, href: str = "", link: str = "") -> str:
    """Return a line below the table, with a link where there is an address; "" without words."""
    if not str(words):
        return ""
    more = f' <a class="silu-do" href="{href}">{text(link)}&nbsp;→</a>' if href else ""
    return f'<p class="silu-more">{text(words)}{more}</p>'


def _row(row: ProblemRow, *, first: bool) -> str:
    kind = " ".join(name for name, applies in (("silu-sure", row.sure), ("silu-first", first and row.sure)) if applies)
    items = f"<small>{text(row.items)}</small>" if row.items and row.sure else ""
    step = text(row.step)
    if row.link:
        look = ' class="silu-button silu-do"' if first and row.sure else ""
        step += f'<small><a{look} href="{row.href}">{text(row.link)}&nbsp;→</a></small>'
    units = f"<b>{text(row.units)}</b>{items}" if row.sure and row.units else text(row.units)
    since = row.since if row.sure else ""  # a watched rate is no finding yet, and its row needs one line
    gap = two(row.gap, since) if row.gap and since else text(row.gap or since)
    cells = zip(HEADS[3:], (gap, units, step), strict=True)
    return (
        f'<tr class="{kind}"><td>{chip(row.state)}</td><td><b>{text(row.area)}</b> <span>{text(row.rate)}</span></td>'
        f'<td class="silu-now">{text(row.now)}</td>{"".join(_cell(*one) for one in cells)}</tr>'
    )


def _cell(head: str, content: str) -> str:
    return f'<td data-head="{head}">{content}</td>' if content else "<td></td>"
