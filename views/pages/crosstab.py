"""交叉分析: any question by any groups; an analyst chooses, the page says what differs most and shows the table."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports.crosstab import words
from reports.crosstab.notices import hidden, notices, unmarked
from reports.crosstab.request import Request
from reports.crosstab.saved import Saved, saved
from reports.plans.deadlines import check_day, mend_day, spoken
from reports.selection import Selection
from reports.sentences.sentence import Name, Sentence, say
from survey.errors import SiluError
from views.blocks.html import head
from views.cached.crosstab import tabulated
from views.panels import page
from views.panels.crosstab.choosing import choose
from views.panels.crosstab.results import red_columns, shown, taken_along
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.visitor.session import Loaded

NEW = "新表"
SAVED = "存下的表"
TABLE = "table"
"""Key and query parameter of the choice of a kept table."""
NOTHING = say("选一道题，看它在各组里怎样")


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the finding, the choices, the table and what can be taken along."""
    place = st.container(key="glance")
    kept = _kept(loaded)
    name = NEW
    if kept:
        if fault := check_link_value(SAVED, [NEW, *kept], TABLE, str):
            st.warning(plain(fault))
        name = str(st.selectbox(SAVED, [NEW, *kept], key=TABLE, bind="query-params"))
    request = kept[name].request if name in kept else choose(loaded)
    if request is None:
        place.html(head(NOTHING, ""))
        return
    with place:
        title = st.empty()
    _tabulate(loaded, selection, request, kept.get(name), title)


def _kept(loaded: Loaded) -> Mapping[str, Saved]:
    try:
        return saved(loaded.study.root)
    except SiluError as error:
        page.problem(error)
        return {}


def _tabulate(
    loaded: Loaded, selection: Selection, request: Request, kept: Saved | None, title: DeltaGenerator
) -> None:
    try:
        found = tabulated(loaded, selection, request)
    except SiluError as error:
        page.problem(error)
        return
    only = say("只看{people}。", people=Name(request.described)) if request.where else Sentence()
    noticed = notices(found, loaded.study.suppression)
    red = red_columns(loaded, selection, found)
    found = unmarked(found, red)
    finding = noticed[0] if hidden(found) else words.plainest(found, red)
    rates, origin = loaded.study.questionnaire.rates, (loaded.study, loaded.version)
    mend, check = (spoken(*origin, day(*origin)) for day in (mend_day, check_day))
    lead = Sentence() if hidden(found) else words.lead(found, rates, (mend, check), red)
    title.html(head(finding or say("交叉表"), only + lead))
    for one in noticed[1:] if hidden(found) else noticed:
        page.note(one)
    shown(found, red, rates)
    taken_along(loaded, found, kept)
    basis = Sentence() if hidden(found) else words.basis(found, rates, red)
    page.explained(found.provenance, notes=(*((basis,) if basis else ()), *words.method(found)))


page.page("crosstab", body)
