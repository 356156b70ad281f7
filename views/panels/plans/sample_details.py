"""Parts of 样本设计 below the headline: curve, choices, districts, and the list of drawn communities."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import margin
from reports.plans import sample_lists
from reports.plans import sample_plan as reports
from reports.plans.sample_curve import cost_curve
from reports.plans.sample_plan import SamplePlan
from reports.sentences import sampling as sentences
from reports.sentences.sentence import say
from survey.study.study import Study
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table
from views.charts import curve
from views.charts.dots import Axis, dots
from views.charts.parts.frame import Caption
from views.panels import page
from views.shell.tables import show_table

HALF, WHOLE = 620, 1180
SEED = 20_260_101
CHOICES = (Column("花多少", "title"), Column("访多少份", "number"), Column("全市误差"), Column("看得出的变化"))


def curve_and_choices(study: Study, plan: SamplePlan) -> None:
    """Draw cost against precision, and beside it the chosen plan among smaller and larger ones.

    Args:
        study: the study, for its frame.
        plan: the chosen plan, of the whole city.
    """
    points = cost_curve(study.areas.frame, plan)
    left, right = st.columns([1, 1], gap="large")
    with left:
        title = sentences.curve(points)
        what = say("全市误差（百分点）随费用的变化；只改份数，其他设定不变")
        words = Caption(title.text, str(what), str(reports.foot(study, plan)), study.mock)
        page.figure(curve.cost_curve(points, words, page_width=HALF), "curve", title)
    with right:
        lines = [
            Line([text(one) for one in sentences.option(points, at)], "act" if points["chosen"].iloc[at] else "")
            for at in range(len(points))
            if points["offered"].iloc[at]
        ]
        st.html(row_table(CHOICES, lines, "可选的样本"))


def districts(study: Study, plan: SamplePlan) -> None:
    """Draw the interval of each district, and the table with interviews, communities and cost."""
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
    show_table(sample_lists.district_table(plan))


def drawn_list(study: Study, plan: SamplePlan) -> None:
    """Sample the communities and offer the list for download."""
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    seed = int(left.number_input("抽样随机种子（同一种子抽到同一批社区）", 0, 99_999_999, SEED, key="seed"))
    right.download_button(
        "下载抽样名单和配额表（Excel）",
        sample_lists.sample_book(study, plan, seed),
        file_name=f"抽样名单_种子{seed}.xlsx",
        icon=":material/download:",
    )
    show_table(sample_lists.list_table(study, plan, seed), most=380)
