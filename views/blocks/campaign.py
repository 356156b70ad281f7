"""The plan of a campaign as rows: whom, through which channel, in which streets, for how much, with what gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.numerals import cell, people, percent, whole
from reports.sentences import outreach as words
from reports.sentences.notes import channels
from reports.sentences.notes.catalogue import tr
from reports.sentences.outreach import AreaPlan, Spending
from reports.sentences.sentence import Row, Sentence
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table

EVERYONE = "各年龄居民"
"""Whom to reach where no age can be told apart."""
AUDIENCE, CHANNELS = 1, 2
"""Columns that become facts above the table where all rows say the same."""


def gap_bar(first: AreaPlan, now: Row | None, decides: str) -> str:
    """Return what the first area lacks to its target and how much of it publicity brings; "" where this plan suffices.

    Args:
        first: its plan.
        now: its awareness rate; None where it is not judged.
        decides: who decides on what these channels do not bring.
    """
    if now is None or not channels.further(first, now, decides):
        return ""
    parts = channels.filled(first, now, decides)
    starts = [0.0, *(end for end, _ in parts)]
    widths = [percent(end - start) for start, (end, _) in zip(starts, parts, strict=False)]
    bars = "".join(f'<i style="width:{width}"></i>' for width in widths)
    said = "".join(f"<li>{text(words)}</li>" for _, words in parts)
    title = text(channels.missing(first, now))
    return (
        f'<section class="silu-lack"><h2>{title}</h2><ul>{said}</ul>'
        f'<div class="silu-parts" aria-hidden="true">{bars}</div></section>'
    )


def plan_rows(
    spent: Spending,
    plans: tuple[AreaPlan, ...],
    rest: tuple[AreaPlan, ...],
    audience: Sentence,
    use: Mapping[str, Row] | None = None,
    *,
    examples: bool = False,
) -> str:
    """Return the whole plan in a few facts, and below it the table.

    Args:
        spent: the whole plan.
        plans: the areas with a row of their own, from `reports.plans.area_plans.rest_of`.
        rest: the areas that one row sums up.
        audience: whom to reach first; empty for everyone.
        use: channel -> the share of the audience in contact with it; None or empty where it is not said.
        examples: whether it rests on prices that the program ships as examples.
    """
    widest = max([_end(one) for one in plans] or [1.0])
    columns = _columns(spent, widest, streets=bool(plans and plans[0].streets))
    lines = [_line(one, str(audience) or EVERYONE, widest, first=at == 0) for at, one in enumerate(plans)]
    if rest:
        lines.append(_rest(rest))
    alike = [at for at in (AUDIENCE, CHANNELS) if len({line.cells[at] for line in lines[: len(plans)]}) == 1]
    keep = [at for at, one in enumerate(columns) if one.head and at not in alike]
    cut = [Line([line.cells[at] for at in keep], line.kind) for line in lines]
    facts = [(columns[at].head, lines[0].cells[at], "") for at in alike]
    if CHANNELS in alike:
        facts[-1] = (*facts[-1][:2], _used(plans, use or {}) if AUDIENCE in alike else "")
    return _facts([*facts, *_sums(spent, examples=examples)]) + row_table(
        [columns[at] for at in keep], cut, tr("宣传安排")
    )


def _facts(facts: Sequence[tuple[str, str, str]]) -> str:
    """Return facts side by side, each with a heading and a small note; their words are HTML."""
    cells = "".join(
        f"<div><dt>{text(head)}</dt><dd>{cell}<small>{note}</small></dd></div>" for head, cell, note in facts
    )
    return f'<dl class="silu-plan">{cells}</dl>'


def _used(plans: Sequence[AreaPlan], use: Mapping[str, Row]) -> str:
    """Return the shares of the audience in contact with the channels of the first area; "" where one is not known."""
    names = plans[0].channels if plans else ()
    if not names or not set(names) <= set(use):
        return ""
    shares = "、".join(whole(float(str(use[name]["estimate"]))) for name in names)
    return text(tr("重点人群里接触过的占 {shares}").format(shares=shares))


def _sums(spent: Spending, *, examples: bool) -> list[tuple[str, str, str]]:
    """Return what the whole plan takes and gains."""
    gain = tr("预计触达") if spent.reach_only else tr("预计新增知晓")
    times = tr("宣传 {n} 次").format(n=cell(spent.activities, 0)) + (tr("，示例单价") if examples else "")
    span = text(words.span(spent))
    note = tr("区间 {span}").format(span=span) if span else ""
    return [
        (tr("全市费用"), text(channels.cost(spent)), times),
        (f"{tr('全市')}{gain}", text(words.people(spent)), note),
    ]


def _columns(spent: Spending, widest: float, *, streets: bool) -> tuple[Column, ...]:
    gain = tr("预计触达") if spent.reach_only else tr("预计新增知晓")
    return (
        Column(tr("区县") if streets else tr("街道"), "title"),
        Column(tr("重点人群")),
        Column(tr("宣传渠道")),
        Column(tr("重点街道") if streets else ""),
        Column(tr("费用（元）"), "number"),
        Column(
            gain, "wide", tr("（满宽 {number}，横线为区间）").format(number=people(widest)) if spent.limited else ""
        ),
    )


def _line(one: AreaPlan, audience: str, widest: float, *, first: bool) -> Line:
    cells = (
        text(one.place),
        text(audience),
        text(" + ".join(name.partition("、")[0] for name in one.channels)),
        text(words.streets(one)),
        cell(one.cost, 0),
        _gain(one, widest),
    )
    return Line(cells, "act" if first else "")


def _rest(rest: Sequence[AreaPlan]) -> Line:
    """Return the row that sums up the areas without one; it has no limits, since those of areas do not add up."""
    cost, gain = (sum(getattr(one, name) for one in rest) for name in ("cost", "gain"))
    whole = words.people(AreaPlan("", (), (), 0, cost, gain, (float("nan"), float("nan"))))
    return Line((text(words.summed(rest)), "", "", "", cell(cost, 0), f"<b>{text(whole)}</b>"))


def _gain(one: AreaPlan, widest: float) -> str:
    """Return the expected gain as number and bar, its limits as a line; phones show the limits in words."""
    low, high = one.limits
    place = f"left:{low / widest:.1%};width:{(high - low) / widest:.1%}"
    line = f'<i class="silu-span" style="{place}"></i>' if low > 0 else ""
    bar = f'<i class="silu-length" style="width:{one.gain / widest:.1%}"></i>'
    span = words.span(one)
    return (
        f'<b class="silu-people">{text(words.people(one))}</b>'
        f'<span class="silu-gain" aria-hidden="true">{bar}{line}</span><small class="silu-limits">{text(span)}</small>'
    )


def _end(one: AreaPlan) -> float:
    return one.limits[1] if one.limits[0] > 0 else one.gain
