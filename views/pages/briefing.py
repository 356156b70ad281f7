"""简报: documents for leaders: what they say, in which forms, and the spoken summaries."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from accounts.grants import may
from accounts.scope import own_districts
from accounts.verbs import Verb
from documents.forms import Form
from documents.html.render import article, style
from reports.areas.places import in_scope
from reports.briefing.build import OF_LEDGER
from reports.briefing.model import Briefing, Kind
from reports.labels import ONLINE_NOTE
from reports.selection import Selection
from survey.errors import SiluError
from survey.host import access
from survey.host.access import Role
from views.blocks.html import head
from views.cached.documents import documents_of, finding_of
from views.cached.kept import draw
from views.panels import missing, page
from views.panels.documents import form_buttons, leader_button, spoken
from views.panels.issuing import batches, glance, life, template
from views.panels.picture_mode import shot
from views.shell.pages_by_role import offered
from views.visitor.session import Loaded

OF_AREA = (Kind.PROFILE, Kind.NOTICE, Kind.SUPERVISION)
"""Kinds that are about one district."""
OTHER = "换一种材料、区县或格式（通报、通知单；PDF、Excel；本单位模板）"
TODO = "请下载领导材料报送。"
WAIT = "正在排版这份材料……"
WHAT, AREA, ALOUD = "材料", "区县", "口头汇报"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page, as wide as the others."""
    with st.container(key="glance"):
        _draw(loaded, selection)


def _draw(loaded: Loaded, selection: Selection) -> None:
    if selection.opt_in:
        page.empty(ONLINE_NOTE)
        return
    if missing.objected(loaded.study, against_targets=True):
        return
    selection = page.everyone(selection)
    draw(loaded, _heading, selection)
    if shot() == "16x9":
        glance.wide_picture(loaded, selection)
        return
    take, other = _controls()
    with other, st.expander(OTHER):
        kind, area = _chosen(loaded)
        buttons = st.container()
        forms = template.forms(template.usual_forms(loaded.study))
    with take:
        leader_button(loaded, selection, big=True, forms=forms)
    above = _essence(loaded, selection)
    with st.spinner(WAIT), buttons:
        found = _documents(loaded, selection, (kind, area), forms)
    for number, one in enumerate(found):
        left, right = st.columns([13, 7], gap="large")
        with left:
            draw(loaded, _article, selection, kind, area, number)
        with right:
            if one.spoken and not shot():
                st.markdown(f"#### {ALOUD}")
                spoken(one.spoken, shortest=not above or kind is not Kind.BRIEF)
    batches.panel(loaded, selection)
    if may(Verb.CHECK):
        life.check_panel(loaded)
    if access.current_role() is not Role.UNIT:  # a rated unit sees documents of its own district only
        life.list_panel(loaded)


def _article(loaded: Loaded, selection: Selection, kind: Kind, area: str, number: int) -> None:
    """Draw one of the documents of a kind and district."""
    one = documents_of(loaded, selection, kind, area)[number]
    st.html(f"<style>{style()}</style>{article(one)}")


def _controls() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the places of the download and of the choices; a picture has neither, and room for the document alone."""
    place = st.container()
    if shot():
        return place, place
    left, right = place.columns([7, 13], gap="medium")
    return left, right


def _heading(loaded: Loaded, selection: Selection) -> None:
    """Draw the finding, who acts by when, and what to do on this page; an error is reported with the documents.

    On A4 the document fills the picture and has a title of its own.
    """
    if shot() == "a4":
        return
    with suppress(SiluError):
        title, call = finding_of(loaded, selection)
        st.html(head(title, f"{call}。{'' if shot() else TODO}"))
        if access.current_role() is not Role.UNIT:  # the ledger and the forecast are the city's
            glance.few_numbers(loaded, selection)


def _essence(loaded: Loaded, selection: Selection) -> bool:
    """Draw who does what by when, and the shortest spoken summary; return whether they stand there.

    An error is reported with the documents.
    """
    if shot() or access.current_role() is Role.UNIT:  # what is to be done is the city's
        return False
    with suppress(SiluError):
        draw(loaded, glance.essence, selection)
        return True
    return False


def _documents(
    loaded: Loaded, selection: Selection, wanted: tuple[Kind, str], forms: Mapping[str, Form]
) -> tuple[Briefing, ...]:
    """Draw the buttons of the documents of a kind and district, and return these; the 简报 at first."""
    try:
        found = documents_of(loaded, selection, *wanted)
    except SiluError as error:
        page.problem(error)
        return ()
    for number, one in enumerate(found):
        form_buttons(loaded, one, number, forms)
    return found


def _chosen(loaded: Loaded) -> tuple[Kind, str]:
    """Return the kind and the district that the visitor chose."""
    first, second, _ = st.columns([3, 3, 6])
    kind = Kind(first.selectbox(WHAT, _kinds(), key="kind", bind="query-params"))
    if kind not in OF_AREA:
        return kind, ""
    return kind, str(second.selectbox(AREA, in_scope(loaded.study.areas, own_districts()), key="brief-area"))


def _kinds() -> list[str]:
    """Return the kinds that this visitor may read."""
    return [str(one) for one in Kind if one not in OF_LEDGER or offered("ledger")]


page.page("briefing", body)
