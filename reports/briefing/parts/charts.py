"""Charts of rates, streets and items: bound numbers in the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Chart, Point
from reports.sentences.formats import Format
from reports.sentences.references import table_of
from reports.sentences.sentence import Binding, Name, Row, Sentence, count, join, say

READING = "横线为区间，竖线为目标；判断按低于目标的可能，不看横线是否跨过目标线"


def chart(
    key: str,
    title: Sentence,
    rows: Sequence[Row],
    by: str = "label",
    since: Sentence | None = None,
    *,
    judged_only: bool = False,
) -> Chart:
    """Return a chart of some rows.

    Args:
        key: its name.
        title: what it means.
        rows: judged; those without an estimate are drawn without a mark.
        by: the column that names the rows.
        since: the month of the previous wave where the points carry their change; None where they do not.
        judged_only: whether rows that must not be judged stand without a value, so that none looks like praise.
    """
    points = tuple(_point(row, by, since, judged_only=judged_only) for row in rows)
    return Chart(key, title, points, _alternative(rows, by), say(READING))


def _point(row: Row, by: str, since: Sentence | None, *, judged_only: bool) -> Point:
    label = say("{name}", name=row.name(by))
    if not phrases.known(row) or (judged_only and phrases.silent(row)):
        return Point(label, phrases.verdict(row), None, line=_share(row, "line"))
    return Point(
        label,
        phrases.verdict(row),
        _share(row, "estimate"),
        _share(row, "conf_low"),
        _share(row, "conf_high"),
        row.bound("n", Format.PLAIN),
        _share(row, "line"),
        _share(row, "before") if "before" in columns_of(row) else None,
        phrases.short_change(row, since) if since is not None else Sentence(),
    )


def columns_of(row: Row) -> Sequence[str]:
    """Return the columns of the result of a row."""
    return [str(name) for name in table_of(row.source).columns]


def _share(row: Row, column: str) -> Binding | None:
    form = Format.TARGET if column == "line" else Format.PERCENT
    return row.bound(column, form) if phrases.known(row, column) else None


def _alternative(rows: Sequence[Row], by: str) -> Sentence:
    """Return what is seen: how many rows, and the value and the mark of those that are confirmed low or watched."""
    loud = [row for row in rows if row["verdict"] in (Verdict.WEAK, Verdict.WATCH)]
    parts = [
        say("{name}{value}，标记为{verdict}", name=row.name(by), value=row.bound("estimate", Format.PERCENT),
            verdict=Name(phrases.verdict(row))) for row in loud
    ]  # fmt: skip
    return join([say("比例和区间图，{n}行", n=count(rows, "rows of the chart")), *parts])
