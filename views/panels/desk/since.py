"""What is new since the visitor's last visit, as one line at the top of 总览; nothing where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import streamlit as st

from reports.desk import words
from reports.desk.desk import owner
from reports.desk.visits import News, acknowledge, news, state_of, visit
from reports.labels import wave_label
from reports.rates import Estimates
from reports.selection import Selection
from survey.errors import SiluError
from survey.host.access import current_role
from survey.study.plans.rectification import Entry
from views.blocks.single.since import since_line
from views.cached.quality import lights_of
from views.panels import page, picture_mode
from views.visitor.session import Loaded

READ = "知道了"


def since_last_visit(loaded: Loaded, selection: Selection, found: Estimates, entries: Sequence[Entry]) -> None:
    """Draw what is new; only the newest wave of all residents is compared, so that a filter is no news.

    Args:
        loaded: study and data version.
        selection: the rates by district that `found` answers.
        found: the verdicts of the districts.
        entries: entries of the ledger that the visitor may see.
    """
    if selection.where or selection.wave in loaded.unchecked or picture_mode.shot() or loaded.study.without_excluded:
        return
    eyes = "|".join((current_role(), ",".join(sorted(selection.scope or ())), selection.mode))
    found_news = None
    with suppress(SiluError):  # a damaged desk is named where it is used; it must not hide the page
        found_news = _news(loaded, selection, eyes, found, entries)
    if not found_news:
        return
    title = wave_label(loaded.study, found_news.wave) if found_news.wave else ""
    with st.container(key="since", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(since_line(words.lead(found_news), list(words.lines(found_news, title))))
        if st.button(READ, key="since.read", type="tertiary"):
            _read(loaded, eyes)


def _news(loaded: Loaded, selection: Selection, eyes: str, found: Estimates, entries: Sequence[Entry]) -> News | None:
    lights = lights_of(loaded, selection)
    red = [name for name, light in lights.items() if not light.may_rank]
    state = state_of((loaded.version, selection.wave), found, entries, red, date.today())
    before = visit(loaded.study.root, owner(), eyes, state)
    return None if before is None else news(before, state, found, entries)


def _read(loaded: Loaded, eyes: str) -> None:
    try:
        acknowledge(loaded.study.root, owner(), eyes)
    except SiluError as error:
        page.problem(error)
    else:
        st.rerun()
