"""Tables and cards of words: headings go with the cells, foreign text stays text, and what presses is marked."""

from dataclasses import replace
from datetime import date

import pandas as pd

from reports.sentences.ledger import Due
from reports.sentences.sentence import rows_of
from survey.study.plans.rectification import Entry, Status
from views.blocks.counts import CountCard, count_cards
from views.blocks.entries import COLUMNS, entry_rows
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table, two

EVIL = '<script>alert(1)</script>"&'
ENTRY = Entry(1, f"甲区{EVIL}", "E0", "W1", 3, 0.7, 0.8, EVIL, date(2026, 5, 20), EVIL, Status.OPEN)


def test_every_cell_keeps_its_heading_for_the_phone() -> None:
    table = row_table(
        (Column("谁", "title"), Column("多少", "number")), [Line(("甲", "1"), "act"), Line(("", "2"))], "表"
    )
    assert '<tr class="silu-row-act"><td data-head="谁" class="silu-row-title">甲</td>' in table
    assert '<td data-head="多少" class="silu-row-number">2</td>' in table
    assert 'aria-label="表"' in table
    assert two("a", "") == "a"
    assert two(EVIL, EVIL).count("&lt;script&gt;") == 2


def test_cards_mark_what_presses() -> None:
    cards = count_cards((CountCard("超期", "2", "其中过了期限", pressing=True), CountCard("销号", "0", EVIL)))
    assert cards.count("silu-pressing") == 1
    assert "<script>" not in cards


def test_an_entry_is_a_row_of_state_finding_owner_deadline_and_step() -> None:
    late = Due(ENTRY, "满意率", "2026 年 3 月", 12, 0)
    closed = Due(replace(ENTRY, status=Status.CLOSED), "满意率", "2026 年 3 月", 0, 0)
    now = pd.DataFrame({"district": [ENTRY.area], "item": ["E0"], "estimate": [0.76], "reason": [""]})
    measured = {(ENTRY.area, "E0"): rows_of(now, now, "district", "item")[0]}
    table = entry_rows([late, closed], frozenset(), measured)
    assert "<script>" not in table
    assert '<span class="silu-state silu-late">待落实</span>' in table
    assert f"70%<small>{text('2026 年 3 月起')}</small>" in table
    assert "76%<small>目标 80%</small>" in table
    assert f"{text('2026 年 5 月 20 日')}<small>{text('超期 12 天')}</small>" in table
    assert "督办落实措施" in table
    assert "—<small>目标 80%</small>" in entry_rows([late], frozenset())
    assert table.count("silu-late") == 1
    assert '<tr class="silu-row-done">' in table
    assert table.count("<td") == 2 * len(COLUMNS)
