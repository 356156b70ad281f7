"""总览: the four rates against their targets and the previous wave, and the districts confirmed below target."""

from __future__ import annotations

import streamlit as st

from reports import rates
from reports.definitions import definitions, headlines
from reports.fieldwork.area_lights import doubt, note
from reports.selection import Selection
from reports.sentences import briefing
from reports.sentences.notes import captions
from reports.sentences.sentence import join, say
from reports.verdicts import judged
from views.cached.answers import ask, origin_of
from views.cached.quality import lights_of, trusted
from views.charts.four import four
from views.charts.heat import heat, lowest
from views.panels import missing, page
from views.panels.captions import caption, colours
from views.visitor.session import Loaded

# Number of districts that fit beside the four rates on one screen; the page 薄弱区域 shows all.
MOST = 12


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    asked = headlines(loaded.study)
    whole = selection.asking([rate.name for rate in asked])
    city = ask(loaded, whole, rates.with_change)
    districts = ask(loaded, whole.asking(whole.items, ("district",)), judged)
    if page.nobody(city):
        return
    origin = origin_of(loaded, whole, city)
    districts = trusted(loaded, selection, districts)
    main, weak = briefing.headline(city), briefing.weakest(districts, "district", "区县")
    if not missing.objected(loaded.study, against_targets=True):
        page.headline(join((main + weak, doubt(districts, lights_of(loaded, selection)))) + "。")
        missing.checklist(loaded.study)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        words = caption(origin, briefing.standing(city), say("全市四率"))
        page.figure(four(city.table, words, page_width=640), "four", main)
    with right:
        shown = lowest(districts, "district", MOST)
        some = captions.districts(*(list(one.table["district"].unique()) for one in (districts, shown)))
        what = some + colours(selection.opt_in) + note(shown.table)
        words = caption(origin_of(loaded, whole, shown), weak, what)
        picture = heat(shown.table, "district", "label", words, shown.meta["false_calls"], page_width=530)
        page.figure(picture, "heat", weak)
    page.explained(origin, definitions(loaded.study, asked), rates.precision(city))


page.page("overview", body)
