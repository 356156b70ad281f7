"""实时回收: how to start the online form; its submissions so far, by hour and place, and drop-out by question."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import streamlit as st

from reports.fieldwork.bursts import undecided_in
from reports.provenance import of_inbox
from reports.sentences import fieldwork
from reports.sentences.notes import captions
from survey.collect.links.keys import FINGERPRINT
from survey.collect.monitoring.arrivals import Arrivals
from survey.collect.monitoring.bursts import Burst, bursts
from survey.collect.monitoring.monitor import Live, live
from survey.collect.serving.server import open_backend
from survey.collect.settings import CHINA, collect_settings, database_of
from survey.errors import CollectError
from survey.study.plans.letterhead import letterhead
from survey.study.study import Study
from views.blocks.html import head
from views.panels import page
from views.panels.collecting import arrivals, starting
from views.panels.deciding.bursts import show_bursts

EVERY = "30s"
TITLE = "实时回收"
UNREADABLE, CURE = "收件箱暂时不能读，或已损坏", "运行 silu verify 检查"


def body(study: Study) -> None:
    """Draw the steps towards answers, or the answers received."""
    address = database_of(study, collect_settings(study))
    if "://" not in address and not Path(address).exists():
        starting.without_answers(study, begun=False)
        return
    try:
        state, suspects = _received(study, address)
    except sqlite3.DatabaseError as error:
        raise CollectError(UNREADABLE, got=str(error), cure=CURE) from error
    arrivals.faults(state)
    if state.damaged:
        st.error(str(captions.damaged(state)))
    if not state.total:
        starting.without_answers(study, begun=True)
        return
    _draw(study, state, suspects)


def _received(study: Study, address: str) -> tuple[Live, tuple[Burst, ...]]:
    """Return what the inbox holds, and the submissions in it that came close together."""
    backend = open_backend(address)
    try:
        submissions = _arrivals(address, backend.recall(FINGERPRINT) or "").look(backend)
        return live(study, backend, submissions), bursts(submissions, backend)
    finally:
        backend.close()


@st.cache_resource(max_entries=4, show_spinner=False)
def _arrivals(address: str, inbox: str) -> Arrivals:
    """Return the cached arrivals of an inbox, shared by all visitors; a replaced inbox has another fingerprint."""
    return Arrivals()


def _draw(study: Study, state: Live, suspects: tuple[Burst, ...]) -> None:
    """Draw what has been received, and the state of the form."""
    origin = of_inbox(study, state.total, state.wave)
    with st.container(key="glance"):
        now = datetime.now(CHINA)
        apart = undecided_in(study, state.wave)
        st.html(head(fieldwork.received(state, now, apart), fieldwork.chase(state, now, apart)))
        arrivals.numbers(state, apart, now.date())
        arrivals.districts(state, letterhead(study).named_lead_of)
    starting.switch(study)
    arrivals.places(state)
    arrivals.hours(state, origin)
    arrivals.steps(state, origin)
    show_bursts(study, deciding=False)
    arrivals.bursts(suspects)
    page.explained(origin)


@st.fragment(run_every=EVERY)
def show() -> None:
    """Run the page every half minute."""
    page.before_answers("live", TITLE, body)


show()
