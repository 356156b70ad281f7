"""整改台账: confirmed weaknesses become entries, which only the test of a later wave can close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from analysis.numerals import count
from reports.briefing.model import Kind
from reports.definitions import headlines
from reports.missing import objection
from reports.overview.next_step import next_steps
from reports.plans import rectification as reports
from reports.plans.deadlines import mend_day
from reports.plans.due import by_due, counted
from reports.selection import Selection
from reports.sentences import ledger as words
from reports.sentences.ledger import Due
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row, Sentence
from survey.study.plans.rectification import Entry
from views.blocks.counts import CountCard, count_cards
from views.blocks.entries import Place, entry_rows
from views.blocks.html import head, remark
from views.cached.answers import sample_of
from views.cached.kept import draw
from views.panels import missing, page
from views.panels.addresses import address
from views.panels.desk.remarks import people
from views.panels.plans import ledger_forms as forms
from views.visitor.session import Loaded

MOST = 7
"""Number of entries in the list above the fold; all of them are folded below it."""


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    selection = page.everyone(selection)
    gathered = sample_of(loaded, selection)
    ledger = reports.ledger_of(loaded.study)
    entries = ledger.entries()
    confirmed = forms.confirmed_of(loaded, selection)
    with st.container(key="glance"):
        draw(loaded, _glance, selection)
    forms.whole_ledger(loaded, gathered, ledger, entries)
    left, right = st.container(key="ledger-forms").columns(2, gap="large")
    with left:
        forms.open_form(loaded, selection, ledger)
        if confirmed is not None:
            forms.measure_form(gathered, selection.wave, entries)
    with right:
        forms.update_form(loaded.study, ledger, entries)
    if confirmed is not None:
        page.explained(confirmed.provenance)


def _glance(loaded: Loaded, selection: Selection) -> None:
    """Draw what is read in ten seconds; the ledger is one of the files that stamp the study."""
    entries = reports.ledger_of(loaded.study).entries()
    said = words.ONLINE if selection.opt_in else (objection(loaded.study, against_targets=True), Sentence())
    confirmed = forms.confirmed_of(loaded, selection)
    if confirmed is not None or entries:
        _press(loaded, selection, entries, confirmed)
    else:
        st.html(head(*said))
    if confirmed is not None:
        _people(loaded, selection)
        return
    if entries:
        page.note(said[0])
    missing.checklist(loaded.study)


def _press(
    loaded: Loaded, selection: Selection, entries: tuple[Entry, ...], confirmed: reports.Confirmed | None
) -> None:
    """Draw what to press for, how many entries stand where, and the list."""
    gathered, testable, measured = sample_of(loaded, selection), tuple[Entry, ...](), dict[Place, Row]()
    dues, renew = by_due(loaded.study, entries, date.today()), mend_day(loaded.study, loaded.version)
    rows, silent, items = tuple[Row, ...](), Sentence(), tuple[str, ...]()
    if confirmed is not None:
        testable = reports.due(entries, selection.wave, gathered.waves)
        rows, silent = reports.rows_waiting(confirmed.waiting(entries)), confirmed.silent
        measured, items = dict(confirmed.measured), forms.lowest_items(loaded, selection, dues)
    st.html(head(words.headline(dues, rows, silent), words.lead(dues, rows, renew, items)))
    st.html(_counts(dues))
    if dues:
        press = address("briefing", kind=str(Kind.SUPERVISION))
        numbers = frozenset(one.number for one in testable)
        st.html(entry_rows(dues[:MOST], numbers, measured, press, renew) + _rest(dues))


def _people(loaded: Loaded, selection: Selection) -> None:
    """Draw the groups of people that are confirmed weak, which no entry holds, as 总览 does."""
    whole = selection.asking([rate.name for rate in headlines(loaded.study)])
    if lines := people(loaded, whole, next_steps(sample_of(loaded, selection), selection.wave, date.today())):
        st.html(remark(tr("台账按区县立项；下面的人群也确认薄弱，不立项，按期办理：")) + lines)


def _counts(dues: Sequence[Due]) -> str:
    found = counted(dues)
    return count_cards(
        (
            CountCard(tr("在办"), count(found.open), tr("还没销号")),
            CountCard(tr("超期"), count(found.late), tr("其中已过期限"), pressing=found.late > 0),
            CountCard(tr("待复测"), count(found.waiting), tr("其中已报完成")),
            CountCard(tr("销号"), count(found.closed), tr("复测达标才算")),
        )
    )


def _rest(dues: Sequence[Due]) -> str:
    rest = dues[MOST:]
    return remark(captions.further(rest)) if rest else ""


page.page("ledger", body)
