"""交叉分析: any question by any groups; an analyst chooses, the page says what differs most and shows the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports.crosstab import words
from reports.crosstab.crosstab import Crosstab
from reports.crosstab.notices import LIT, hidden, notices, unmarked
from reports.crosstab.request import Request
from reports.crosstab.saved import Saved, saved
from reports.plans.deadlines import check_day, mend_day, spoken
from reports.rates import target_of
from reports.selection import Selection
from reports.sentences.sentence import Name, Sentence, say
from survey.errors import SiluError
from survey.study.plans.letterhead import letterhead
from views.blocks.html import head
from views.cached.crosstab import tabulated
from views.cached.kept import kept
from views.panels import awaiting, page
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
    tables = _saved(loaded)
    name = NEW
    if tables:
        if fault := check_link_value(SAVED, [NEW, *tables], TABLE, str):
            st.warning(plain(fault))
        name = str(st.selectbox(SAVED, [NEW, *tables], key=TABLE, bind="query-params"))
    request = tables[name].request if name in tables else choose(loaded)
    if request is None:
        place.html(head(NOTHING, ""))
        return
    with place:
        title = st.empty()
    _tabulate(loaded, selection, request, tables.get(name), title)


def _saved(loaded: Loaded) -> Mapping[str, Saved]:
    try:
        return saved(loaded.study.root)
    except SiluError as error:
        page.problem(error)
        return {}


def _tabulate(
    loaded: Loaded, selection: Selection, request: Request, named: Saved | None, title: DeltaGenerator
) -> None:
    by_area = any(level in head for head in request.heads for level in LIT)
    if by_area and awaiting.waits(loaded, selection, by_area=True):
        return
    try:
        told = kept(loaded, _told, selection, request)
    except SiluError as error:
        page.problem(error)
        return
    title.html(told.head)
    for one in told.notes:
        page.note(one)
    if not told.empty:
        shown(loaded, selection, told.found, told.red)
        taken_along(loaded, selection, told.found, told.red, named)
    page.explained(told.found.provenance, notes=told.method)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is said about a crosstab.

    Attributes:
        found: the crosstab without marks of areas with a red light.
        red: columns of these areas.
        head: finding and lead, as HTML.
        notes: what is hidden and why.
        method: the basis of the finding, and the method.
        empty: whether no number may be shown; groups without numbers would say where these people live.
    """

    found: Crosstab
    red: frozenset[int]
    head: str
    notes: tuple[Sentence, ...]
    method: tuple[Sentence, ...]
    empty: bool = False


def _told(loaded: Loaded, selection: Selection, request: Request) -> Told:
    found = tabulated(loaded, selection, request)
    only = say("只看{people}。", people=Name(request.described)) if request.where else Sentence()
    noticed = notices(found, loaded.study.suppression)
    red = red_columns(loaded, selection, found)
    found = unmarked(found, red)
    if hidden(found):
        return Told(found, red, head(noticed[0], only), tuple(noticed[1:]), tuple(words.method(found)), empty=True)
    rates, origin = loaded.study.questionnaire.rates, (loaded.study, loaded.version)
    mend, check = (spoken(*origin, day(*origin)) for day in (mend_day, check_day))
    lead = words.lead(found, rates, (mend, check), red, letterhead(loaded.study).named_lead_of)
    aim = words.held_against(
        found, rates, lambda name: target_of(loaded.study, loaded.study.questionnaire.rate(name)), red
    )
    title = head(words.plainest(found, red) or say("交叉表"), only + lead + aim)
    basis = words.basis(found, rates, red)
    return Told(found, red, title, tuple(noticed), (*((basis,) if basis else ()), *words.method(found)))


page.page("crosstab", body)
