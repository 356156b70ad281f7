"""样本设计: number of interviews per area, the precision they give, and the list of drawn communities."""

from __future__ import annotations

import os
from collections.abc import Callable

import pandas as pd
import streamlit as st

from analysis.numerals import margin
from reports.data.versions import newest
from reports.plans import sample_lists
from reports.plans import sample_plan as reports
from reports.plans.sample_plan import LABELS, MODE_COSTS, Earlier, SampleGoal, SamplePlan
from reports.selection import Selection
from reports.sentences import sampling as sentences
from reports.sentences.notes import captions
from reports.sentences.sentence import say
from survey.errors import DesignError, SiluError, StoreError
from survey.study.study import MODES, Study, load_study
from views.cached.answers import ask
from views.charts.dots import Axis, dots
from views.charts.parts.frame import Caption
from views.panels import missing, page
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.session import STUDY_VARIABLE, Loaded, load

WHOLE = 1180
AIMS = ("全市误差", "看出变化", "给定份数", "补充样本")
SEED = 20_260_101


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    page.everyone(selection)
    known = ask(loaded, selection, reports.earlier)
    _design(loaded.study, AIMS, known, lambda goal: ask(loaded, selection, reports.top_up_plan, goal))
    if known.provenance is not None:
        page.explained(known.provenance)


def first(study: Study) -> None:
    """Draw the page before the first import: from the frame alone, with assumptions marked as such."""
    mock = f" :orange-badge[{page.MOCK_NOTE}]" if study.mock else ""
    known = Earlier()
    st.markdown(f"**{plain(study.title)}**　还没有答卷{mock}")
    page.empty(captions.first_plan(sentences.assumed(known.rate, known.icc)))
    _design(study, AIMS[:3], known, None)


def _design(
    study: Study, aims: tuple[str, ...], known: Earlier, further: Callable[[SampleGoal], SamplePlan] | None
) -> None:
    """Draw form, plan and list."""
    if missing.objected(study):
        return
    place = st.empty()
    aim = str(st.segmented_control("想做到什么", aims, default=aims[0], key="aim", required=True))
    goal = _goal(aim, known.icc, known.rate)
    try:
        plan = further(goal) if further and aim == AIMS[3] else reports.plan_sample(study.areas.frame, goal)
    except DesignError as error:
        with place:
            page.headline(say("照这些要求做不成抽样方案：先改下面的要求。"))
        page.problem(error)
        return
    with place:
        page.headline(reports.sentence(plan, known))
    _picture(study, plan)
    show_table(sample_lists.district_table(plan))
    _list(study, plan)


def _goal(aim: str, icc: float, rate: float) -> SampleGoal:
    """Ask for the precision wanted and the costs."""
    first, second = st.columns(4), st.columns(4)
    share = first[0].number_input("预计的比例（%）", 1.0, 99.0, round(100 * rate, 1), 1.0) / 100
    half = change = total = None
    if aim == AIMS[0]:
        half = first[1].number_input("全市误差（±百分点）", 0.5, 20.0, 2.0, 0.5) / 100
    elif aim == AIMS[1]:
        change = first[1].number_input("想看出的变化（百分点）", 0.5, 40.0, 3.0, 0.5) / 100
    elif aim == AIMS[2]:
        total = int(first[1].number_input("总份数", 20, 1_000_000, 2400, 100))
    minimum = int(first[2].number_input("每个区县至少（份）", 0, 10_000, 200, 20))
    rule = str(first[3].selectbox("分配办法", list(LABELS), index=3, format_func=lambda name: LABELS[name]))
    modes = [mode for mode in MODES if mode in MODE_COSTS]
    mode = str(second[0].selectbox("调查方式（定单价，可改）", modes, format_func=lambda name: MODES[name]))
    take = int(second[1].number_input("每个社区访问（份）", 1, 200, 18))
    value = float(second[2].number_input("同社区相似程度（ICC）", 0.0, 0.5, round(icc, 3), 0.01, format="%.3f"))
    response = second[3].number_input("预计应答率（%）", 1.0, 100.0, 60.0, 5.0) / 100
    with st.expander("单价（元，示例数字，请按本地改）"):
        boxes = st.columns(2)
        going = boxes[0].number_input("去一个社区", 0.0, 100_000.0, MODE_COSTS[mode][0], 50.0, key=f"going-{mode}")
        asking = boxes[1].number_input("访一份", 0.0, 10_000.0, MODE_COSTS[mode][1], 5.0, key=f"asking-{mode}")
    return SampleGoal(share, half, change, minimum, take, value, rule, response, float(going), float(asking), total)


def _picture(study: Study, plan: SamplePlan) -> None:
    rows = plan.districts
    wide = rows["half_width"] > sentences.WIDE
    table = pd.DataFrame(
        {
            "label": rows["district"],
            "value": 100 * plan.goal.rate,
            "low": 100 * (plan.goal.rate - rows["half_width"]),
            "high": 100 * (plan.goal.rate + rows["half_width"]),
            "kind": wide.map({True: "bad", False: "plain"}),
            "text": [
                f"{row['interviews']} 份 · {row['communities']} 个社区 · {margin(row['half_width'])}"
                for row in rows.to_dict("records")
            ],
        }
    )
    title, what = sentences.precision(plan), sentences.intervals(plan.goal)
    words = Caption(title.text, what.text, str(reports.foot(study, plan)), study.mock)
    key = {"bad": "误差大于 5 个百分点", "plain": "误差在 5 个百分点以内"}
    axis = Axis(".0f", None, "", None, 100.5, "%")
    page.figure(dots(table, words, axis, key, page_width=WHOLE), "plan", title)


def _list(study: Study, plan: SamplePlan) -> None:
    """Sample the communities and offer the list for download."""
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    seed = int(left.number_input("抽样随机种子（同一种子抽到同一批社区）", 0, 99_999_999, SEED))
    right.download_button(
        "下载抽样名单和配额表（Excel）",
        sample_lists.sample_book(study, plan, seed),
        file_name=f"抽样名单_种子{seed}.xlsx",
        icon=":material/download:",
    )
    with st.expander("预览抽样名单"):
        drawn = sample_lists.list_table(study, plan, seed)
        show_table(drawn, most=380)


def _before_answers() -> Study | None:
    """Return the study while it has no responses; None where it has some, or where another error occurs."""
    try:
        load()
    except StoreError:
        study = load_study(os.environ[STUDY_VARIABLE])
        return study if newest(study.root) is None else None
    except SiluError:
        return None
    return None


def _show() -> None:
    study = _before_answers()
    if study is None:
        page.page("planning", body)
        return
    try:
        first(study)
    except SiluError as error:
        page.problem(error)


_show()
