"""Sentences on the channels that reach residents: which are widest, and which go with awareness."""

from __future__ import annotations

import pandas as pd

from reports.sentences.formats import Format
from reports.sentences.sentence import Sentence, count, field, join, rows_of, say
from survey.study.study import Study

NAMED = 3
"""Channels that a title names."""
ONLINE = (
    say("网络自填是参与者意见，不能推算全市有多少人不知道"),
    say("请在上方换成入户或电话；没有这样的答卷，就先做一轮抽样调查。"),
)
"""Headline and line below where the answers are self-selected."""
WAIT = say("先补访，或合并渠道的选项。")


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


def too_few(study: Study) -> Sentence:
    """Report that no channel has enough answers to plan outreach."""
    limit = field(study, "suppression", Format.COUNT)
    return say("每个渠道的答卷都不足 {limit} 份，不能规划宣传：等答卷多些再看。", limit=limit)
