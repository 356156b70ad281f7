"""薄弱区域: districts ranked against the target, by rate and item, down to streets; unaware or dissatisfied."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from reports import causes as reasons
from reports.definitions import headlines, item_rates, meaning
from reports.fieldwork.area_lights import doubt, note
from reports.selection import Selection
from reports.sentences import briefing
from reports.sentences.notes import texts
from reports.sentences.sentence import Name, Sentence, join, say
from reports.verdicts import judged
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached.answers import ask, origin_of
from views.cached.quality import lights_of, trusted
from views.charts.heat import heat
from views.charts.ranked import ranked
from views.charts.split import split
from views.panels import missing, page, weak_areas
from views.panels.adjusted_groups import adjusted_groups_panel
from views.panels.captions import caption, colours
from views.panels.causes import causes
from views.panels.lqas import lqas_panel
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor import discretion, session
from views.visitor.selection import choose_rate
from views.visitor.session import Loaded

SIDES = {"unhappy": "不满意的人", "unknown": "不了解、没接触过的人"}
HALF, WHOLE = 580, 1180
BY_DISTRICT = ("district",)


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    if missing.objected(loaded.study):
        return
    every = headlines(loaded.study)
    names = [rate.name for rate in every]
    rate = choose_rate(every, "看哪一项率")
    asked = selection.asking([rate.name], BY_DISTRICT)
    one = ask(loaded, asked, judged)
    if page.nobody(one):
        return
    seen = trusted(loaded, selection, one)
    finding = briefing.ranking(seen, "district", "区县", measure_label(rate.measure))
    ties = briefing.ties(seen, "district", "区县")
    brief = selection.opt_in or bool(selection.where and selection.reserved)
    if brief:
        page.headline(join((finding, ties, doubt(one, lights_of(loaded, selection)))) + "。")
    verdicts = None if brief else weak_areas.verdict_panel(loaded, selection.asking(names, BY_DISTRICT))
    left, right = st.columns(2, gap="medium")
    with left:
        origin = origin_of(loaded, asked, one)
        what = texts.wording(meaning(loaded.study.questionnaire, rate)) + note(seen.table)
        words = caption(origin, finding, what, ties)
        page.figure(ranked(seen.table, "district", words, page_width=HALF), "ranked", finding)
    with right:
        _heat(loaded, selection.asking(names, BY_DISTRICT), say("各区县四率"), HALF)
    _items(loaded, selection, rate)
    _drill_down(loaded, asked, rate, one.table.sort_values("estimate")["district"].astype(str).tolist())
    if verdicts is not None:
        weak_areas.depth(loaded, asked, rate, verdicts)
        adjusted_groups_panel(loaded, asked, rate)
        lqas_panel(loaded, asked, rate)
    page.explained(verdicts.provenance if verdicts is not None else origin)


def _heat(
    loaded: Loaded, asked: Selection, what: Sentence, width: int, own: str = "", *, to_city: bool = False
) -> None:
    """Draw districts by rates, compared with targets or the city."""
    line = "全市" if to_city else "目标"
    found = trusted(loaded, asked, ask(loaded, asked, judged, 0.0 if to_city else None))
    finding = briefing.weakest(found, "district", "区县", line)
    what += colours(asked.opt_in, line) + own + note(found.table)
    words = caption(origin_of(loaded, asked, found), finding, what)
    picture = heat(found.table, "district", "label", words, found.meta["false_calls"], page_width=width)
    page.figure(picture, f"heat-{width}", finding)


def _items(loaded: Loaded, selection: Selection, rate: Rate) -> None:
    """Draw districts by the items of a measure, compared with the city where the items have no target."""
    items = item_rates(loaded.study, rate.measure)
    if not items:
        return
    asked = selection.asking([one.name for one in items], BY_DISTRICT)
    found = ask(loaded, asked, judged)
    what = say("各区县{rate}的各个项目", rate=Name(measure_label(rate.measure)))
    if selection.opt_in or found.table["line"].notna().all():
        _heat(loaded, asked, what, WHOLE, "" if selection.opt_in else "（没有单独目标的项目用总体目标）")
    else:
        _heat(loaded, asked, what, WHOLE, to_city=True)


def _drill_down(loaded: Loaded, asked: Selection, rate: Rate, order: list[str]) -> None:
    """Draw the streets of one district, and the items its residents are unaware of or dissatisfied with."""
    st.subheader("往下看：街道和项目")
    if fault := check_link_value("区县", order, session.DISTRICT, str):
        st.warning(plain(fault))
    district = str(st.selectbox("区县（从低到高）", order, key=session.DISTRICT, bind="query-params"))
    left, right = st.columns(2, gap="medium")
    with left:
        _streets(loaded, asked.asking(asked.items, ("street",)).within(district=district), rate, district)
    with right:
        items = _split(loaded, asked, district)
    if len(items):
        st.markdown("**转办：不了解的交宣传，不满意的交责任单位**（专业组和责任单位取自问卷）")
        show_table(items, most=300)
    if asked.where and asked.reserved:
        page.empty(discretion.ANALYST_ONLY)
    elif not asked.opt_in:
        causes(loaded, asked, rate, district)


def _streets(loaded: Loaded, asked: Selection, rate: Rate, district: str) -> None:
    streets = trusted(loaded, asked, ask(loaded, asked, judged), "street")
    finding = briefing.ranking(streets, "street", "街道", measure_label(rate.measure), district)
    ties = briefing.ties(streets, "street", "街道")
    what = say("{district}各街道{rate}", district=Name(district), rate=Name(measure_label(rate.measure)))
    what += note(streets.table, "street")
    words = caption(origin_of(loaded, asked, streets), finding, what, ties)
    page.figure(ranked(streets.table, "street", words, page_width=HALF), "streets", finding)


def _split(loaded: Loaded, asked: Selection, district: str) -> pd.DataFrame:
    """Draw unaware and dissatisfied shares by item; return the items with an owner."""
    found = ask(loaded, asked, reasons.unknown_or_unhappy, district)
    if found.table.empty:
        page.empty("问卷里没有可以区分“不满意”和“不了解”的满意度项目。")
        return found.routing
    what = say("{district}各项目，占全部被问到的人", district=Name(district))
    words = caption(origin_of(loaded, asked, found.estimates), found.sentence, what)
    page.figure(split(found.table, words, SIDES, page_width=HALF), "split", found.sentence)
    return found.routing


page.page("weak_areas", body)
