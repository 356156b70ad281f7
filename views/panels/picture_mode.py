"""Picture mode of every page (截图模式), and the links to pictures of it; `page.page` calls these in order."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from survey.host import browsers
from survey.study.study import Study
from views.blocks import actions
from views.charts.parts.scaled import scaled
from views.shell import shots
from views.shell.pages_by_role import HOME
from views.visitor import session

SCALES: Mapping[str, float] = {"16x9": 4 / 3, "a4": 0.8}
"""Format -> size of a chart's letters against those on a page; the stylesheet gives HTML the same scale."""
WHOLE_ON_A4 = 0.59
"""Scale of a chart for the whole width: 1180 pixels on the 698 between the margins of A4."""


def shot() -> str:
    """Return the format of picture mode; "" on an ordinary page."""
    return shots.chosen(st.query_params.to_dict())


def frame() -> DeltaGenerator:
    """Return the container of a page: in picture mode, a frame of exact size whose key the stylesheet knows."""
    return st.container(key=f"shot-{shot()}") if shot() else st.container()


def top(study: Study, part: str) -> None:
    """Draw the first line of a picture: the study, and the wave or whatever else is shown."""
    if shot():
        st.html(actions.top_line(f"{study.title} · {part}", study.mock))


def logged() -> Mapping[str, str]:
    """Return what the log of views adds for a picture."""
    named = {shots.SHOT: shot(), shots.CHART: st.query_params.get(shots.CHART, "")}
    return {name: value for name, value in named.items() if value}


def links(page: str) -> None:
    """Draw 截图模式, 保存图片 and 复制链接 with the filters and choices of the page."""
    query = shots.own_query(st.query_params.to_dict())
    modes = [(size.label, f"?{urlencode({**query, shots.SHOT: name})}") for name, size in shots.FORMATS.items()]
    pictures = [(size.label, shots.picture_address(page, query, name)) for name, size in shots.FORMATS.items()]
    missing = "" if browsers.installed() else browsers.CURE
    st.html(actions.actions(modes, [] if missing else pictures, link(query), missing))


def chart_links(key: str) -> None:
    """Draw 保存图片 and 复制链接 of one chart."""
    query = shots.own_query(st.query_params.to_dict())
    page = str(st.session_state.get(session.PAGE, HOME))
    picture = shots.picture_address(page, query, chart=key) if browsers.installed() else ""
    st.html(actions.chart_actions(picture, link(query)), width="content")


def link(query: Mapping[str, str]) -> str:
    """Return the address of the page as the visitor reaches it, behind a proxy too."""
    return f"{st.context.url or ''}{'?' if query else ''}{urlencode(query)}"


def fitted(picture: go.Figure, *, whole: bool) -> go.Figure:
    """Return a chart as it stands in picture mode: scaled with the frame, and without a mark of its own.

    Args:
        picture: the chart.
        whole: whether its texts need the whole width.
    """
    if not shot():
        return picture
    drawn = scaled(picture, WHOLE_ON_A4 if whole and shot() == "a4" else SCALES[shot()])
    drawn.layout.annotations = [one for one in drawn.layout.annotations if one.text != actions.MOCK]
    return drawn


def foot(source: str) -> None:
    """Draw the method strip of a picture; the stylesheet leaves it out where the page has its own."""
    if shot():
        st.html(actions.foot(source))


def end() -> None:
    """Mark the end of the page for the camera; in picture mode, draw the way out below the frame."""
    if shot():
        st.html(actions.way_out(f"?{urlencode(shots.own_query(st.query_params.to_dict()))}"))
    st.html(actions.END)
