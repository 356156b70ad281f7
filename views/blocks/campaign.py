"""The plan of a campaign as rows: whom, through which channel, in which streets, for how much, with what gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.numerals import cell, people, whole
from reports.sentences import outreach as words
from reports.sentences.notes.catalogue import tr
from reports.sentences.outreach import AreaPlan, Spending
from reports.sentences.sentence import Row, Sentence
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table

EVERYONE = "各年龄居民"
"""Whom to reach where no age can be told apart."""
AUDIENCE, CHANNELS = 1, 2
"""Columns that are left out where all rows say the same."""


def plan_rows(
    spent: Spending,
    plans: tuple[AreaPlan, ...],
    rest: tuple[AreaPlan, ...],
    audience: Sentence,
    use: Mapping[str, Row] | None = None,
) -> str:
    """Return the table, with the sum at its foot.

    Args:
        spent: the whole plan.
        plans: the areas with a row of their own, from `reports.plans.area_plans.rest_of`.
        rest: the areas that one row sums up.
        audience: whom to reach first; empty for everyone.
        use: channel -> the share of the audience in contact with it; None or empty where it is not said.
    """
    widest = max([_end(one) for one in plans] or [1.0])
    columns = _columns(spent, widest, streets=bool(plans and plans[0].streets))
    lines = [_line(one, str(audience) or EVERYONE, widest, first=at == 0) for at, one in enumerate(plans)]
    if rest:
        lines.append(_rest(rest))
    if len(plans) > 1:
        whole = text(words.gain(spent))
        lines.append(Line((tr("合计"), "", "", "", cell(spent.activities, 0), cell(spent.cost, 0), whole), "sum"))
    alike = [
        at for at in (AUDIENCE, CHANNELS) if len({line.cells[at] for line in lines[: len(plans)]}) == 1 < len(plans)
    ]
    keep = [at for at, one in enumerate(columns) if one.head and at not in alike]
    cut = [Line([line.cells[at] for at in keep], line.kind) for line in lines]
    return _alike(columns, lines, alike, _used(plans, use or {})) + row_table(
        [columns[at] for at in keep], cut, tr("宣传安排")
    )


def _used(plans: Sequence[AreaPlan], use: Mapping[str, Row]) -> str:
    """Return the channels of the first area with the share of the audience in contact with each; "" where it lacks."""
    names = plans[0].channels if plans else ()
    if not names or not set(names) <= set(use):
        return ""
    shares = [f"{name.replace('、', '/')} {whole(float(str(use[name]['estimate'])))}" for name in names]
    return text(" + ".join(shares)) + f"<small>{tr('（其中接触过的比例）')}</small>"


def _alike(columns: Sequence[Column], lines: Sequence[Line], alike: Sequence[int], used: str) -> str:
    """Return what is the same in every row, which stands above the table instead of in a column.

    Args:
        columns: the columns of the table.
        lines: its rows.
        alike: positions of the columns whose cells are all the same.
        used: the channels with the shares of the audience in contact with them; "" for none.
    """
    told = {at: lines[0].cells[at] for at in alike}
    if used and set(alike) == {AUDIENCE, CHANNELS}:
        told[CHANNELS] = used
    said = "　".join(f"{text(columns[at].head)}<b>{cell}</b>" for at, cell in told.items())
    return f'<p class="silu-alike">{tr("各行相同：")}{said}</p>' if said else ""


def _columns(spent: Spending, widest: float, *, streets: bool) -> tuple[Column, ...]:
    gain = tr("预计触达") if spent.reach_only else tr("预计新增知晓")
    return (
        Column(tr("区县") if streets else tr("街道"), "title"),
        Column(tr("重点人群")),
        Column(tr("宣传渠道")),
        Column(tr("重点街道") if streets else ""),
        Column(tr("次数"), "number"),
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
        cell(one.activities, 0),
        cell(one.cost, 0),
        _gain(one, widest),
    )
    return Line(cells, "act" if first else "")


def _rest(rest: Sequence[AreaPlan]) -> Line:
    """Return the row that sums up the areas without one; it has no limits, since those of areas do not add up."""
    number, cost, gain = (sum(getattr(one, name) for one in rest) for name in ("activities", "cost", "gain"))
    whole = words.people(AreaPlan("", (), (), number, cost, gain, (float("nan"), float("nan"))))
    return Line((text(words.summed(rest)), "", "", "", cell(number, 0), cell(cost, 0), f"<b>{text(whole)}</b>"))


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
