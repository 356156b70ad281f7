"""Entries of the rectification ledger as rows: state, the rate when found and now, owner, deadline, next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from reports.sentences import ledger as words
from reports.sentences.ledger import Due
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table, two

Place = tuple[str, str]
"""Area and name of a rate."""
COLUMNS = (
    Column("区县、指标", "title"),
    Column("状态"),
    Column("发现时", "number"),
    Column("现在", "number"),
    Column("责任单位、措施"),
    Column("期限"),
    Column("下一步"),
)
PRESS = "出督办单"


def entry_rows(
    dues: Sequence[Due],
    testable: frozenset[int],
    measured: Mapping[Place, Row] | None = None,
    press: str = "",
    renew: date | None = None,
) -> str:
    """Return the table.

    Args:
        dues: entries in their order, from `reports.plans.due.by_due`.
        testable: numbers of the entries that the wave on the page can decide.
        measured: (area, rate) -> its verdict in the wave on the page; places without one have a dash.
        press: address where a reminder is written; "" where the reader has none.
        renew: by when overdue entries are to be done instead; None where that is not said.
    """
    latest = measured or {}
    lines = [
        _line(one, latest.get((one.entry.area, one.entry.item)), press, renew, testable=one.entry.number in testable)
        for one in dues
    ]
    return row_table(COLUMNS, lines, tr("整改台账的条目"))


def _line(one: Due, now: Row | None, press: str, renew: date | None, *, testable: bool) -> Line:
    button = f'<br><a class="silu-button silu-do" href="{press}">{PRESS}&nbsp;→</a>' if one.late and press else ""
    state = f'<span class="silu-state{" silu-late" if one.late else ""}">{text(one.entry.status)}</span>'
    cells = (
        text(one.place),
        state,
        two(words.found(one), words.since(one)),
        two(words.now(now), words.aim(one)),
        two(words.owner(one), one.entry.measure),
        two(words.deadline(one), words.distance(one)),
        text(words.step(one, testable=testable, renew=renew)) + button,
    )
    return Line(cells, "act" if one.late else "" if one.open else "done")
