"""Tab 街道和项目: the streets of one district, and the items its residents are unaware of or dissatisfied with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from reports import causes as reasons
from reports.fieldwork.area_lights import note
from reports.selection import Selection
from reports.sentences import briefing
from reports.sentences.notes import expert
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Name, say
from reports.verdicts import judged
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.blocks.html import head
from views.cached.answers import ask, origin_of
from views.cached.kept import kept
from views.cached.quality import trusted
from views.charts.parts import style
from views.charts.ranked import ranked
from views.charts.split import split
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Drawn, drawn
from views.shell.tables import show_table
from views.visitor.session import Loaded

SIDES = {"unhappy": "不满意的人", "unknown": "不了解、没接触过的人"}
USE = "先去确认薄弱的街道看现场；不满意的项目转责任单位，不了解的项目转宣传部门。"


def streets_and_items(loaded: Loaded, asked: Selection, rate: Rate, district: str) -> None:
    """Draw the streets of a district and its items; list the items with their owners."""
    place = st.container()
    left, right = st.columns(2, gap="medium")
    with left:
        within = asked.asking(asked.items, ("street",)).within(district=district)
        streets = trusted(loaded, within, ask(loaded, within, judged), "street")
        page.figure(kept(loaded, _streets, within, rate, district), "streets")
    place.html(head(expert.streets(streets, district, measure_label(rate.measure)), USE))
    with right:
        items = _split(loaded, asked, district)
    if len(items):
        st.markdown(tr("**转办：不了解的交宣传，不满意的交责任单位**（专业组和责任单位取自问卷）"))
        show_table(items, most=300)


def _streets(loaded: Loaded, asked: Selection, rate: Rate, district: str) -> Drawn:
    streets = trusted(loaded, asked, ask(loaded, asked, judged), "street")
    finding = briefing.ranking(streets, "street", tr("街道"), measure_label(rate.measure), district)
    ties = briefing.ties(streets, "street", tr("街道"))
    what = say("{district}各街道{rate}", district=Name(district), rate=Name(measure_label(rate.measure)))
    what += note(streets.table, "street")
    words = caption(origin_of(loaded, asked, streets), finding, what, ties)
    return drawn(ranked(streets.table, "street", words, page_width=style.HALF), finding)


def _split(loaded: Loaded, asked: Selection, district: str) -> pd.DataFrame:
    """Draw unaware and dissatisfied shares by item; return the items with an owner."""
    found = ask(loaded, asked, reasons.unknown_or_unhappy, district)
    if found.table.empty:
        page.empty(tr("问卷里没有可以区分“不满意”和“不了解”的满意度项目。"))
        return found.routing
    page.figure(kept(loaded, _sides, asked, district), "split")
    return found.routing


def _sides(loaded: Loaded, asked: Selection, district: str) -> Drawn:
    found = ask(loaded, asked, reasons.unknown_or_unhappy, district)
    what = say("{district}各项目，占全部被问到的人", district=Name(district))
    words = caption(origin_of(loaded, asked, found.estimates), found.sentence, what)
    return drawn(split(found.table, words, SIDES, page_width=style.HALF), found.sentence)
