"""Model-based panels of 薄弱区域: verdicts, funnel, streets, and further interviews needed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import estimate, target
from reports import weak_areas as reports
from reports.fieldwork.area_lights import note
from reports.rates import Estimates, target_of
from reports.selection import Selection
from reports.sentences.notes import captions
from reports.sentences.sentence import Name, say
from reports.sentences.weak import line
from reports.verdicts import Verdict
from survey.errors import DesignError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached.answers import ask, origin_of, sample_of
from views.cached.quality import lights_of
from views.charts.dots import Axis, dots
from views.charts.funnel import funnel_plot
from views.charts.standing import standing
from views.panels import page
from views.panels.captions import caption
from views.shell.tables import show_table
from views.visitor.session import Loaded

TARGET, CITY = "各自的目标", "全市水平减 3 个百分点"
MARGIN = 0.03
HALF, WHOLE = 580, 1180
MOST_STREETS = 20


def verdict_panel(loaded: Loaded, asked: Selection) -> reports.WeakAreas:
    """Show the headline of the page and the verdicts of every district."""
    place = st.empty()
    against = st.segmented_control("和什么比", [TARGET, CITY], default=TARGET, key="against", required=True)
    margin = MARGIN if against == CITY else None
    answer = ask(loaded, asked, reports.weak_areas, lights_of(loaded, asked), margin)
    found = answer.found
    with place:
        page.headline(answer.sentence)
    what = say("判断：真实水平低于{line}的可能性有多大；格中是本次结果和“没到”的可能性", line=line(found))
    what += note(found.table)
    words = caption(answer.provenance, answer.title, what)
    picture = standing(found.table, "district", words, found.meta["false_calls"], page_width=WHOLE)
    page.figure(picture, "standing", answer.sentence)
    return answer


def depth(loaded: Loaded, asked: Selection, rate: Rate, answer: reports.WeakAreas) -> None:
    """Show how certain the ranking is, model estimates of streets, and the further interviews needed."""
    st.subheader("有多可靠：偶然波动、街道模型估计、补充样本")
    found = answer.found
    left, right = st.columns(2, gap="medium")
    with left:
        _funnel(loaded, asked, rate, Estimates(found.table[found.table["item"] == rate.name], found.meta))
    with right:
        _streets(loaded, asked, rate)
    table = reports.top_up_table(found)
    if len(table):
        st.markdown("**补充样本：再访多少份能下结论**")
        show_table(table, most=330)
        st.caption(
            "假定真实水平就是模型估计，再访这么多份后有九成可能得出判断；差距太小的，两万份也分不清，不值得再访；名单见“样本设计”。"
        )


def _funnel(loaded: Loaded, asked: Selection, rate: Rate, found: Estimates) -> None:
    answer = reports.funnel_of(sample_of(loaded, asked), asked, found)
    if answer is None:
        page.empty("只有一个区县有足够的答卷，没有可以比较的范围。")
        return
    what = say("{rate}与有效样本量；{groups}", rate=Name(measure_label(rate.measure)), groups=answer.groups)
    what += note(answer.estimates.table)
    words = caption(origin_of(loaded, asked, found), answer.sentence, what)
    page.figure(funnel_plot(answer.table, answer.limits, words, page_width=HALF), "funnel", answer.sentence)


def _streets(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    try:
        rows, text, whole = ask(loaded, asked, reports.streets, lights_of(loaded, asked, "street"), MOST_STREETS)
    except DesignError:
        page.empty("有答卷的街道不到三个，不能作模型估计。")
        return
    goal = target_of(loaded.study, rate)
    shown = pd.DataFrame(
        {
            "label": [f"{row.street}（{row.district}）" for row in rows.itertuples()],
            "value": rows["estimate"],
            "low": rows["conf_low"],
            "high": rows["conf_high"],
            "ghost": rows["direct"],
            "kind": rows["verdict"].where(rows["verdict"] != "", "plain"),
            "text": [
                estimate(value, low, high)
                for value, low, high in rows[["estimate", "conf_low", "conf_high"]].to_numpy()
            ],
        }
    )
    what = captions.model_streets(shown.index)
    words = caption(origin_of(loaded, asked, whole), text, what + note(rows, "street"))
    line = None if pd.isna(goal) else goal
    axis = Axis(".0%", line, "" if line is None else f"目标 {target(line)}")
    key = {str(one): str(one) for one in Verdict} | {"plain": "不作判断", "ghost": "本街道答卷直接算出的比例"}
    page.figure(dots(shown, words, axis, key, page_width=HALF), "model-streets", text)
