"""The switch 换岗位看: an analyst on a machine without accounts sees the pages as another role does, clearly marked."""

from __future__ import annotations

import streamlit as st

from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.access import ROLES, Role
from views.door.visitor import SEEN_AS, SEEN_DISTRICT, may_switch
from views.visitor import session

SWITCH = "换岗位看"
BOX = "seen.box"
MARK = "正在看“{role}”看到的样子{where}"


def switch() -> None:
    """Draw the switch, and the mark with the way back while it is used."""
    if not may_switch():
        return
    role = st.session_state.get(SEEN_AS)
    if role is None:
        with st.container(key="seen"):
            box = st.popover(SWITCH, key=BOX, on_change="rerun")
        if box.open:  # its choices cost a twentieth of a click
            with box:
                _choose()
        return
    district = st.session_state.get(SEEN_DISTRICT, "")
    with st.container(key="seen-mark", horizontal=True, vertical_alignment="center"):
        where = tr("，只看{district}").format(district=district) if district else ""
        st.markdown(f"**{MARK.format(role=ROLES[Role(role)], where=where)}**")
        if st.button(tr("回到自己")):
            del st.session_state[SEEN_AS]
            st.rerun()


def _choose() -> None:
    """Offer the other roles; a rated unit is one of a district."""
    role = st.radio(
        tr("按哪个岗位看"), [role for role in Role if role is not Role.ANALYST], format_func=ROLES.__getitem__
    )
    try:
        districts = list(session.settings().areas.population("district"))
    except SiluError:
        districts = []
    district = st.selectbox(tr("只看一个区县"), ["", *districts], format_func=lambda one: one or tr("全部区县"))
    if st.button(tr("看一看")) and role is not None:
        st.session_state[SEEN_AS], st.session_state[SEEN_DISTRICT] = str(role), district or ""
        st.rerun()
