"""整改台账: confirmed weaknesses become entries, which only the test of a later wave can close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from reports.missing import objection
from reports.plans import rectification as reports
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.notes import captions
from reports.sentences.sentence import rows_of
from survey.errors import SiluError
from survey.study.plans.rectification import BY_HAND, Entry, Ledger, Status
from views.cached.answers import ask, sample_of
from views.panels import page
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.session import Loaded

KEEP = "不改"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    page.everyone(selection)
    gathered = sample_of(loaded, selection)
    ledger = reports.ledger_of(loaded.study)
    entries = ledger.entries()
    confirmed, pending = None, reports.NONE_WAITING
    said = objection(loaded.study, against_targets=True)
    if selection.opt_in:
        st.info("网络自填不能作为立项或销号的依据；台账本身照常可看。")
    elif said:
        st.info(plain(str(said)))
    else:
        confirmed = ask(loaded, selection, reports.confirmed)
        pending = confirmed.waiting(entries)
    page.headline(said if said and not entries else reports.sentence(entries, pending))
    _entries(gathered, ledger, entries)
    left, right = st.columns(2, gap="large")
    with left:
        _open(gathered, selection.wave, ledger, pending)
    with right:
        _update(ledger, entries)
    if not (selection.opt_in or said):
        _measure(gathered, selection.wave, entries)
    _log(ledger)
    if confirmed is not None:
        page.explained(confirmed.provenance)


def _entries(gathered: StudySample, ledger: Ledger, entries: tuple[Entry, ...]) -> None:
    if not entries:
        page.empty("还没有条目。下面列出本轮确认薄弱的项目，填好责任单位、期限和措施即可立项。")
        return
    table = reports.entry_table(entries, gathered.study.questionnaire)
    show_table(table, most=400)
    book = reports.ledger_book(gathered, ledger)
    st.download_button("导出台账（Excel）", book, file_name="整改台账.xlsx", icon=":material/download:")


def _open(gathered: StudySample, wave: str, ledger: Ledger, pending: pd.DataFrame) -> None:
    st.subheader("立项")
    if pending.empty:
        page.empty("没有等待立项的确认薄弱项目。")
        return
    rows, choices = pending.to_dict("records"), rows_of(pending, pending, "district", "item")
    at = st.selectbox(
        "确认薄弱、还没有立项的项目",
        range(len(rows)),
        format_func=lambda index: str(captions.waiting(choices[index])),
    )
    row = {str(name): value for name, value in rows[int(at or 0)].items()}
    rate = gathered.study.questionnaire.rate(str(row["item"]))
    with st.form("open", clear_on_submit=True):
        owner = st.text_input("责任单位", value=reports.proposed_owner(rate))
        deadline = st.date_input("整改期限", value=date.today() + timedelta(weeks=reports.WEEKS))
        measure = st.text_input("整改措施", placeholder="做什么、做到什么程度")
        who = st.text_input("经办人")
        if st.form_submit_button("立项"):
            day = deadline if isinstance(deadline, date) else date.today()
            typed = {"owner": owner, "deadline": day, "measure": measure}
            _do(lambda: ledger.open_entry(reports.new_entry(gathered, wave, row, typed), who=who))


def _update(ledger: Ledger, entries: tuple[Entry, ...]) -> None:
    st.subheader("更新")
    open_ = [entry for entry in entries if entry.status is not Status.CLOSED]
    if not open_:
        page.empty("没有在办的条目。")
        return
    with st.form("update", clear_on_submit=True):
        entry = st.selectbox("条目", open_, format_func=lambda one: str(captions.entry(one)))
        status = st.selectbox("状态（销号只凭复测，不能手工填）", [KEEP, *map(str, BY_HAND)])
        owner = st.text_input("改责任单位为", placeholder=KEEP)
        measure = st.text_input("改措施为", placeholder=KEEP)
        note = st.text_input("说明")
        who = st.text_input("经办人", key="updater")
        if st.form_submit_button("保存") and entry is not None:
            typed = {"owner": owner, "measure": measure, "note": note, "status": "" if status == KEEP else str(status)}
            changes = {name: value for name, value in typed.items() if value.strip()}
            _do(lambda: ledger.update(entry.number, who=who, **changes))


def _measure(gathered: StudySample, wave: str, entries: tuple[Entry, ...]) -> None:
    """Decide open entries of earlier waves by the test of this wave."""
    due = reports.due(entries, wave, gathered.waves)
    if not due:
        return
    st.subheader(plain(str(captions.remeasured(wave, due))))
    page.note(reports.closed_when(gathered.study))
    with st.form("measure"):
        who = st.text_input("经办人", key="measurer")
        if st.form_submit_button("按本轮结果复测"):
            _do(lambda: reports.measure_all(gathered, wave, due, who=who))


def _log(ledger: Ledger) -> None:
    events = ledger.events()
    if events:
        with st.expander(str(captions.log(events))):
            show_table(reports.event_table(events))


def _do(action: Callable[[], object]) -> None:
    """Write to the ledger and redraw the page, or show what is missing."""
    try:
        action()
    except SiluError as error:
        page.problem(error)
        return
    st.rerun()


page.page("ledger", body)
