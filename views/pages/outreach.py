"""宣传规划: whom to reach, through which channel, in which streets, for how much, with what expected gain."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports.plans.area_plans import rest_of
from reports.selection import Selection
from reports.sentences import outreach as sentences
from reports.sentences.notes import channels
from reports.sentences.notes.catalogue import tr
from survey.errors import DesignError
from views.blocks.campaign import gap_bar, plan_rows
from views.blocks.html import foot, head, refusal
from views.cached.answers import heard_of
from views.cached.kept import draw, known
from views.panels import missing, page
from views.panels.plans import rollout
from views.panels.plans.outreach_details import details
from views.panels.plans.outreach_settings import (
    Campaign,
    Task,
    assign_box,
    limit_box,
    offer_task,
    plan_of,
    price_box,
    reach_of,
    rows_of,
    start_prices,
)
from views.visitor.session import Loaded

MOST = 8
"""Number of areas with a row of their own."""
BASIS, LATER = "basis", "later"
"""Keys and query parameters of the folded parts."""


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; the table fits a screen of 1366 x 768, all else is folded below it."""
    if missing.objected(loaded.study):
        return
    selection = page.everyone(selection)
    bar, glance, below = st.container(key="plan-bar", horizontal=True), st.container(key="glance"), st.container()
    if selection.opt_in:
        with glance:
            st.html(head(*channels.ONLINE))
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
    if known(loaded, reach_of, selection).empty:
        with glance:
            st.html(head(channels.too_few(loaded.study), channels.WAIT))
        return
    with bar:
        limit = limit_box()
    with below:
        prices = price_box(known(loaded, start_prices, selection))
    campaign = Campaign(selection, rows_of(prices), limit)
    found = known(loaded, plan_of, campaign)
    with bar:
        task = assign_box(loaded, found.spent.unit)
        offer_task(loaded, campaign, task)
    with glance:
        draw(loaded, _glance, campaign, task)
    with below:
        # Both are drawn once somebody opens them: closed, they cost more than the rest of the page.
        basis = st.expander(tr("依据：渠道、人群、街道明细"), key=BASIS, bind="query-params")
        if basis.open:
            with basis:
                details(loaded, campaign)
        later = st.expander(tr("随机分批开展，看效果"), key=LATER, bind="query-params")
        if later.open:
            with later:
                _later(loaded, campaign)
        page.explained(found.provenance)


def _glance(loaded: Loaded, campaign: Campaign, task: Task) -> None:
    """Draw the headline and the one table."""
    found = known(loaded, plan_of, campaign)
    shown, rest = rest_of(found.plans, MOST)
    more = channels.further(shown[0], found.now, found.decides) if shown else ""
    who = sentences.charged(task.unit, task.day, found.led)
    st.html(head(found.sentence, found.idle or who + (more or found.whole)))
    if shown:
        table = plan_rows(found.spent, shown, rest, found.audience, found.use, examples=bool(found.examples))
        st.html(gap_bar(shown[0], found.now, found.decides) + table)
    st.html(foot(found.caveat, page.source(found.provenance)))


def _later(loaded: Loaded, campaign: Campaign) -> None:
    """Draw a random roll-out order now, so that the effect can be estimated later, and show that estimate."""
    left, right = st.columns(2, gap="large")
    with left:
        rollout.order_panel(loaded, campaign)
    with right:
        selection, streets = campaign.selection, known(loaded, plan_of, campaign).found.streets
        rollout.effect_panel(loaded, selection, heard_of(loaded, selection), streets)


page.page("outreach", body)
