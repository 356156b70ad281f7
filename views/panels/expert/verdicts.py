"""Tab 判断: the verdict and its probability for every district, and the further interviews needed."""

from __future__ import annotations

import streamlit as st

from reports import weak_areas as reports
from reports.fieldwork.area_lights import note
from reports.selection import Selection
from reports.sentences.sentence import say
from reports.sentences.weak import line
from views.cached.answers import ask
from views.cached.quality import lights_of
from views.charts.standing import standing
from views.panels import page
from views.panels.captions import caption
from views.shell.tables import show_table
from views.visitor.session import Loaded

TARGET, CITY = "各自的目标", "全市水平减 3 个百分点"
MARGIN = 0.03
WHOLE = 1180


def verdicts_panel(loaded: Loaded, asked: Selection) -> None:
    """Show the verdicts of every district against the targets or the city, and what would decide the open ones."""
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
    table = reports.top_up_table(found)
    if len(table):
        st.markdown("**补充样本：再访多少份能下结论**")
        show_table(table, most=330)
        st.caption(
            "假定真实水平就是模型估计，再访这么多份后有九成可能得出判断；差距太小的，两万份也分不清，不值得再访；名单见“样本设计”。"
        )
