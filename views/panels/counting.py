"""The switch of every page: results with or without the responses that a person left out; a deep link may set it."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from views.visitor import discretion, session
from views.visitor.session import Loaded

HELP = "剔除由人在“数据质量”决定并写明理由，原答卷保留；打开后所有页面都不计这些答卷，随时可以关上对照。"


def choose_counted(loaded: Loaded, page: str) -> Loaded:
    """Draw the switch, where somebody has left something out, and return the study as it says.

    Args:
        loaded: the study with all responses.
        page: name of the page that is shown; the choice is kept when it changes.
    """
    # With and without tell the left-out answers apart, who may be few: other roles see all or what the study says.
    if not loaded.left_out or discretion.reserved():
        return loaded
    kept = session.kept(session.WITHOUT)
    arriving = st.session_state.get(session.PAGE) != page
    if arriving and session.WITHOUT not in st.query_params and st.session_state.get(kept):
        with suppress(StreamlitAPIException):
            st.query_params[session.WITHOUT] = "true"
        st.session_state[session.WITHOUT] = True
    label = f"不计已剔除的 {loaded.left_out:,} 份"
    without = st.toggle(label, key=session.WITHOUT, bind="query-params", help=HELP)
    st.session_state[kept] = without
    return session.as_counted(loaded, without)
