"""Sentences on the channels that reach residents: which are widest, and which go with awareness."""

from __future__ import annotations

import pandas as pd

from reports.sentences.formats import Format
from reports.sentences.sentence import Sentence, count, join, rows_of, say

NAMED = 3
"""Channels that a title names."""


def widest(table: pd.DataFrame) -> Sentence:
    """Report the channels that reach most residents; one is called the widest only where its interval stands apart.

    Args:
        table: from `analysis.decisions.audience.reach_table`, at least one row.
    """
    ordered = table.sort_values("reach", ascending=False, kind="stable")
    top = rows_of(table, ordered[ordered["reach_high"] >= ordered["reach_low"].iloc[0]].head(NAMED), "item")
    named = [(row.name("label"), row.bound("reach", Format.PERCENT)) for row in top]
    parts = [say("“{name}”（{share}）", name=name, share=share) for name, share in named]
    if len(parts) == 1:
        return say("接触面最广的是{channel}", channel=parts[0])
    return say("接触面较广的是{channels}，区间重叠，不分先后", channels=join(parts, "、"))


def associated(table: pd.DataFrame) -> Sentence:
    """Report how many channels have a visible association with awareness.

    Args:
        table: from `analysis.decisions.audience.reach_table`.
    """
    seen = rows_of(table, table[table["seen"].eq(True)], "item")
    if not seen:
        return say("没有渠道与知晓的关联看得出来")
    return say("{number} 种渠道与知晓有看得出的关联", number=count(seen, "channels with a visible association"))
