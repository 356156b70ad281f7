"""Panel of 薄弱区域: communities with few answers, judged by counting; and the plan of such a check."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.areas.lqas import RISK, lots, sentence, smallest_plan
from reports.sample_lists import lots_table
from survey.errors import DesignError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached import decisions
from views.panels import page
from views.shell.markup import plain
from views.visitor.selection import Selection
from views.visitor.session import Loaded

GAP = 0.15  # between the two lines where nothing is set
GOOD = 0.85


def lots_panel(loaded: Loaded, selection: Selection, rate: Rate) -> None:
    """Two lines, the verdicts, and how few answers would do."""
    label = measure_label(rate.measure)
    st.subheader("小样本判定（LQAS）：社区")
    target = decisions.target_of(loaded, rate)
    boxes = st.columns(3)
    start = GOOD if pd.isna(target) else min(max(target, 0.2), 0.98)
    good = boxes[0].number_input("上线：应判达标（%）", 2.0, 99.0, round(100 * start, 1), 1.0, key="lot-good") / 100
    poor = (
        boxes[1].number_input("下线：应判未达标（%）", 1.0, 98.0, round(100 * (start - GAP), 1), 1.0, key="lot-poor")
        / 100
    )
    try:
        plan = smallest_plan(good, poor)
        found = lots(decisions.sample_of(loaded, selection.mode), rate, decisions.domain(selection), (good, poor))
    except DesignError as error:
        page.problem(error)
        return
    boxes[2].metric("下次每个社区至少访", f"{plan.n} 份", help=f"其中至少 {plan.accept} 份达到才判达标")
    st.markdown(f"**{plain(sentence(found, label, (good, poor)))}。**")
    st.dataframe(lots_table(found), hide_index=True, width="stretch", height=min(36 * len(found) + 38, 300))
    st.caption(
        f"抽样方案：每个社区访 {plan.n} 份，至少 {plan.accept} 份达到判达标；真实水平在上线的社区被判不达标的可能"
        f" {plan.alpha:.0%}，在下线的社区被判达标的可能 {plan.beta:.0%}。只数份数、不加权，每个社区当作简单随机样本；"
        f"两种错判各不超过 {RISK:.0%}。判的是社区，不要拿来给区县排队。"
    )
