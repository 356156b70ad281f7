"""简报: documents for leaders: what they say, in which forms, and the spoken summaries."""

from __future__ import annotations

import streamlit as st

from documents.html.render import article, style
from reports.briefing.build import OF_LEDGER
from reports.briefing.model import Kind
from reports.labels import ONLINE_NOTE
from reports.selection import Selection
from survey.errors import SiluError
from survey.host import access
from survey.host.access import Role
from views.cached.documents import documents_of
from views.panels import missing, page
from views.panels.documents import check_file, every_district, form_buttons, issued_documents, spoken
from views.shell.pages_by_role import offered
from views.visitor.session import Loaded

OF_AREA = (Kind.PROFILE, Kind.NOTICE, Kind.SUPERVISION)
"""Kinds that are about one district."""


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
    page.everyone(selection)
    first, second, _ = st.columns([3, 3, 6])
    with first:
        kind = Kind(st.selectbox("材料", _kinds(), key="kind", bind="query-params"))
    with second:
        area = st.selectbox("区县", loaded.study.areas.districts, key="brief-area") if kind in OF_AREA else ""
    try:
        found = documents_of(loaded, selection, kind, area)
    except SiluError as error:
        page.problem(error)
        return
    if kind is Kind.PROFILE and access.current_role() is not Role.UNIT:
        every_district(loaded, selection)
    for one in found:
        form_buttons(loaded, one)
        left, right = st.columns([13, 7], gap="large")
        with left:
            st.html(f"<style>{style()}</style>{article(one)}")
        with right:
            if one.spoken:
                st.markdown("#### 口头汇报")
                spoken(one.spoken)
    if access.current_role() is not Role.UNIT:  # a rated unit sees documents of its own district only
        check_file(loaded)
        issued_documents(loaded)


def _kinds() -> list[str]:
    """Return the kinds that this visitor may read."""
    return [str(one) for one in Kind if one not in OF_LEDGER or offered("ledger")]


page.page("briefing", body)
