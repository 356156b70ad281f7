"""Settings of 样本设计: the aim of the sample, and in a popover all other assumptions."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from reports.plans.sample_curve import Defaults, defaults
from reports.plans.sample_plan import LABELS, MODE_COSTS, Earlier, SampleGoal
from reports.sentences.notes.catalogue import tr
from survey.study.study import MODES
from views.cached.kept import kept
from views.visitor.session import Loaded

AIMS = ("全市误差", "看出变化", "给定份数", "补充样本")


def goal_box(loaded: Loaded, aims: tuple[str, ...], known: Earlier) -> tuple[str, SampleGoal, bool]:
    """Ask for the aim and the precision wanted; the defaults are such that the frame can meet them.

    Args:
        loaded: the study, for its frame.
        aims: those of `AIMS` that are offered.
        known: parameters from earlier answers.

    Returns:
        The aim, the goal, and whether aim and number are those that the program proposes.
    """
    usual = kept(loaded, _usual, SampleGoal(known.rate, icc=known.icc))
    first = aims[0] if usual.half_width is not None else aims[2]
    with st.container(key="plan-bar", horizontal=True, vertical_alignment="bottom"):
        aim = str(st.segmented_control(tr("想做到什么"), aims, default=first, key="aim", required=True))
        half, change, total = _wanted(aim, usual)
        least = dict(zip(AIMS, usual.minima, strict=False)).get(aim, 0)
        with st.popover(tr("其他设定")):
            goal = _further(known, least)
    number = {AIMS[0]: usual.half_width, AIMS[2]: usual.total}.get(first)
    advised = aim == first and number == (half if aim == AIMS[0] else total)
    return aim, replace(goal, half_width=half, change=change, total=total), advised


def _usual(loaded: Loaded, goal: SampleGoal) -> Defaults:
    return defaults(loaded.study.areas.frame, goal)


def _wanted(aim: str, usual: Defaults) -> tuple[float | None, float | None, int | None]:
    """Ask for the one number of the aim; return half-width and change as shares, and the total, two of them None."""
    if aim == AIMS[0]:
        start = 100 * (usual.half_width or 0.2)
        half = st.number_input(tr("全市误差（±百分点）"), 0.5, 20.0, start, 0.5, key="half_width", width=180)
        return half / 100, None, None
    if aim == AIMS[1]:
        start = 100 * (usual.change or 0.4)
        change = st.number_input(tr("想看出的变化（百分点）"), 0.5, 40.0, start, 0.5, key="change", width=180)
        return None, change / 100, None
    if aim == AIMS[2]:
        total = st.number_input(tr("总份数"), 1, 1_000_000, usual.total, 100, key="total", width=180)
        return None, None, int(total)
    return None, None, None


def _further(known: Earlier, least: int) -> SampleGoal:
    """Ask for everything else: shares and sizes, the mode and its prices."""
    share = st.number_input(tr("预计的比例（%）"), 1.0, 99.0, round(100 * known.rate, 1), 1.0, key="rate") / 100
    minimum = int(st.number_input(tr("每个区县至少（份）"), 0, 10_000, least, 20, key="minimum"))
    rule = str(st.selectbox(tr("分配办法"), list(LABELS), index=3, format_func=lambda name: LABELS[name]))
    take = int(st.number_input(tr("每个社区访问（份）"), 1, 200, 18, key="take"))
    icc = float(st.number_input(tr("同社区相似程度（ICC）"), 0.0, 0.5, round(known.icc, 3), 0.01, format="%.3f"))
    response = st.number_input(tr("预计应答率（%）"), 1.0, 100.0, 60.0, 5.0) / 100
    modes = [mode for mode in MODES if mode in MODE_COSTS]
    mode = str(st.selectbox(tr("调查方式（定单价，可改）"), modes, format_func=lambda name: MODES[name]))
    st.caption(tr("单价（元）是示例数字，请按本地改。"))
    going = st.number_input(tr("去一个社区"), 0.0, 100_000.0, MODE_COSTS[mode][0], 50.0, key=f"going-{mode}")
    asking = st.number_input(tr("访一份"), 0.0, 10_000.0, MODE_COSTS[mode][1], 5.0, key=f"asking-{mode}")
    return SampleGoal(
        share,
        minimum=minimum,
        take=take,
        icc=icc,
        rule=rule,
        response=response,
        community_cost=float(going),
        interview_cost=float(asking),
    )
