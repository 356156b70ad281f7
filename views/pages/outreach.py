"""宣传规划: whom to reach, through which channel, in which streets, for how much, with what expected gain."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports.plans import outreach as reports
from reports.plans.area_plans import rest_of
from reports.plans.outreach import Heard, Outreach
from reports.selection import Selection
from reports.sentences import outreach as sentences
from survey.errors import DesignError
from views.blocks.campaign import plan_rows
from views.blocks.html import foot, head, refusal
from views.cached.answers import heard_of
from views.panels import missing, page, rollout
from views.panels.plans.outreach_details import details
from views.panels.plans.outreach_settings import download, limit_box, price_box
from views.visitor.session import Loaded

MOST = 8
"""Number of areas with a row of their own."""


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; the table fits a screen of 1366 x 768, all else is folded below it."""
    if missing.objected(loaded.study):
        return
    page.everyone(selection)
    bar, glance, below = st.container(key="plan-bar", horizontal=True), st.container(key="glance"), st.container()
    if selection.opt_in:
        with glance:
            st.html(head(*sentences.ONLINE))
        return
    try:
        _planned(loaded, selection, (bar, glance, below))
    except DesignError as error:  # no channels asked, or answers in too few streets
        with glance:
            st.html(refusal(error))


def _planned(
    loaded: Loaded, selection: Selection, places: tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]
) -> None:
    """Draw settings, table and what lies behind it, each into its place from top to bottom."""
    bar, glance, below = places
    heard, asked = heard_of(loaded, selection), selection.everyone()
    table = reports.reach(heard, asked)
    if table.empty:
        with glance:
            st.html(head(sentences.too_few(loaded.study), sentences.WAIT))
        return
    with bar:
        limit = limit_box()
    with below:
        prices = price_box(reports.prices_of(heard, table))
    found = reports.outreach(heard, asked, table, prices, limit)
    with bar:
        download(loaded.study, found)
    with glance:
        _glance(found)
    with below:
        with st.expander("依据：渠道、人群、街道明细"):
            details(found, table)
        with st.expander("随机分批开展，看效果"):
            _later(loaded, selection, heard, found)
        page.explained(found.provenance)


def _glance(found: Outreach) -> None:
    """Draw the headline and the one table."""
    st.html(head(found.sentence, found.idle or found.lead))
    shown, rest = rest_of(found.plans, MOST)
    if shown:
        st.html(plan_rows(found.spent, shown, rest, found.audience))
    st.html(foot(found.caveat, f"{found.provenance.people}；{found.provenance.strip}"))


def _later(loaded: Loaded, selection: Selection, heard: Heard, found: Outreach) -> None:
    """Draw a random roll-out order now, so that the effect can be estimated later, and show that estimate."""
    left, right = st.columns(2, gap="large")
    with left:
        rollout.order_panel(loaded, heard, found.found.streets)
    with right:
        rollout.effect_panel(loaded, selection, heard, found.found.streets)


page.page("outreach", body)
