"""Tab 排名: districts from the lowest to the highest with intervals, and their items against targets or the city."""

from __future__ import annotations

import streamlit as st

from reports.definitions import item_rates, meaning
from reports.fieldwork.area_lights import note
from reports.selection import Selection
from reports.sentences import briefing
from reports.sentences.notes import expert, texts
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Name, say
from reports.verdicts import judged
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.blocks.html import head
from views.cached.answers import ask, origin_of
from views.cached.kept import draw, kept
from views.cached.quality import trusted
from views.charts.heat import heat
from views.charts.parts import style
from views.charts.ranked import ranked
from views.panels import page
from views.panels.captions import caption, colours
from views.panels.chart_numbers import Drawn, drawn
from views.visitor.session import Loaded

USE = "只点名确认薄弱的；分不出先后的不排名，不据此表扬或批评。"


def ranking_panel(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    """Draw the districts by one rate, and by the items of its measure.

    Args:
        loaded: the study.
        asked: one rate by district.
        rate: the rate.
    """
    draw(loaded, _headline, asked, rate)
    page.figure(kept(loaded, _ranked, asked, rate), "ranked")
    _items(loaded, asked, rate)


def _headline(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    seen = trusted(loaded, asked, ask(loaded, asked, judged))
    ties = briefing.ties(seen, "district", tr("区县"))
    lead = f"{ties}。{USE}" if ties else USE
    st.html(head(expert.ranking(seen, "district", tr("区县"), measure_label(rate.measure)), lead))


def _ranked(loaded: Loaded, asked: Selection, rate: Rate) -> Drawn:
    """Return the districts by one rate."""
    seen = trusted(loaded, asked, ask(loaded, asked, judged))
    finding = briefing.ranking(seen, "district", tr("区县"), measure_label(rate.measure))
    what = texts.wording(meaning(loaded.study.questionnaire, rate)) + note(seen.table)
    words = caption(origin_of(loaded, asked, seen), finding, what, briefing.ties(seen, "district", tr("区县")))
    return drawn(ranked(seen.table, "district", words, page_width=style.WHOLE), finding)


def _items(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    """Draw districts by the items of a measure, compared with the city where the items have no target."""
    items = item_rates(loaded.study, rate.measure)
    if not items:
        return
    several = asked.asking([one.name for one in items], asked.by)
    found = ask(loaded, several, judged)
    if asked.opt_in or found.table["line"].notna().all():
        own = "" if asked.opt_in else tr("（没有单独目标的项目用总体目标）")
        page.figure(kept(loaded, _heat, several, rate, own), "items")
    else:
        page.figure(kept(loaded, _heat, several, rate, to_city=True), "items")


def _heat(loaded: Loaded, asked: Selection, rate: Rate, own: str = "", *, to_city: bool = False) -> Drawn:
    """Return districts by the items of a rate, compared with targets or the city."""
    line = tr("全市") if to_city else tr("目标")
    found = trusted(loaded, asked, ask(loaded, asked, judged, 0.0 if to_city else None))
    finding = briefing.weakest(found, "district", tr("区县"), line)
    what = say("各区县{rate}的各个项目", rate=Name(measure_label(rate.measure)))
    what += colours(asked.opt_in, line) + own + note(found.table)
    words = caption(origin_of(loaded, asked, found), finding, what)
    picture = heat(found.table, "district", "label", words, found.meta["false_calls"], page_width=style.WHOLE)
    return drawn(picture, finding)
