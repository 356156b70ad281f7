"""Forms of 整改台账: open an entry, update one, decide entries by a later wave; the log; items of new measures."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from accounts.audit.changes import change
from reports.definitions import headlines
from reports.missing import objection
from reports.overview.problems import owner_of, problem_of
from reports.plans import rectification as reports
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.ledger import Due
from reports.sentences.notes import captions, days
from reports.sentences.notes.catalogue import tr
from reports.verdicts import judged
from survey.errors import SiluError
from survey.instrument.measure import appraisals
from survey.study.plans.rectification import BY_HAND, Entry, Ledger, Status
from survey.study.study import Study
from views.cached.answers import ask, follow, sample_of
from views.cached.kept import draw, known
from views.panels import page
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.acting import who_box
from views.visitor.downloads import download
from views.visitor.session import Loaded

LEDGER = "整改台账"
KEEP = "不改"


def open_form(loaded: Loaded, selection: Selection, ledger: Ledger) -> None:
    """Offer the confirmed weaknesses without an entry, and open one.

    Args:
        loaded: the study.
        selection: the wave that confirmed them.
        ledger: the ledger.
    """
    st.subheader(tr("立项"))
    rows, choices = known(loaded, _waiting, selection)
    if not rows:
        st.caption(tr("没有等待立项的确认薄弱项目。"))
        return
    at = st.selectbox(tr("确认薄弱、还没有立项的项目"), range(len(rows)), format_func=choices.__getitem__)
    row = {str(name): value for name, value in rows[int(at or 0)].items()}
    proposed = ask(loaded, selection.everyone(), owner_of, str(row["district"]), str(row["item"]))
    with st.form("open", clear_on_submit=True):
        owner = st.text_input(tr("责任单位"), value=proposed)
        deadline = st.date_input(tr("整改期限"), value=days.deadline(date.today(), 7 * reports.WEEKS))
        measure = st.text_input(tr("整改措施"), placeholder=tr("做什么、做到什么程度"))
        who = who_box(st.container(), tr("经办人"), "opener", "")
        if st.form_submit_button(tr("立项")):
            day = deadline if isinstance(deadline, date) else date.today()
            typed = {"owner": owner, "deadline": day, "measure": measure}
            entry = reports.new_entry(sample_of(loaded, selection), selection.wave, row, typed)
            facts = {"area": entry.area, "item": entry.item}
            _do(loaded.study, tr("台账立项"), facts, lambda: ledger.open_entry(entry, who=who))


def confirmed_of(loaded: Loaded, selection: Selection) -> reports.Confirmed | None:
    """Return the verdicts on districts; None where there are none: self-selected answers, or an unfinished study."""
    silent = selection.opt_in or objection(loaded.study, against_targets=True)
    return None if silent else ask(loaded, selection, reports.confirmed)


def _waiting(loaded: Loaded, selection: Selection) -> tuple[list[dict[Hashable, Any]], list[str]]:
    """Return the confirmed weaknesses without an entry, and each as a choice; none where no district is judged."""
    confirmed = confirmed_of(loaded, selection)
    if confirmed is None:
        return [], []
    found = confirmed.waiting(reports.ledger_of(loaded.study).entries())
    return found.to_dict("records"), [str(captions.waiting(row)) for row in reports.rows_waiting(found)]


def update_form(study: Study, ledger: Ledger, entries: tuple[Entry, ...]) -> None:
    """Update an open entry."""
    st.subheader(tr("更新"))
    open_ = [entry for entry in entries if entry.status is not Status.CLOSED]
    if not open_:
        st.caption(tr("没有在办的条目。"))
        return
    with st.form("update", clear_on_submit=True):
        entry = st.selectbox(tr("条目"), open_, format_func=lambda one: str(captions.entry(one)))
        status = st.selectbox(tr("状态（销号只凭复测，不能手工填）"), [KEEP, *map(str, BY_HAND)])
        owner = st.text_input(tr("改责任单位为"), placeholder=KEEP)
        measure = st.text_input(tr("改措施为"), placeholder=KEEP)
        deadline = st.date_input(tr("改期限为"), value=None)
        note = st.text_input(tr("说明"))
        who = who_box(st.container(), tr("经办人"), "updater", "")
        if st.form_submit_button(tr("保存")) and entry is not None:
            typed = {"owner": owner, "measure": measure, "note": note, "status": "" if status == KEEP else str(status)}
            typed["deadline"] = deadline.isoformat() if isinstance(deadline, date) else ""
            changes = {name: value for name, value in typed.items() if value.strip()}
            facts = {"entry": entry.number, "fields": "、".join(changes)}
            _do(study, tr("台账更新"), facts, lambda: ledger.update(entry.number, who=who, at=None, **changes))


def measure_form(gathered: StudySample, wave: str, entries: tuple[Entry, ...]) -> None:
    """Decide open entries of earlier waves by the test of this wave; nothing where there are none."""
    due = reports.due(entries, wave, gathered.waves)
    if not due:
        return
    st.subheader(plain(str(captions.remeasured(wave, due))))
    page.note(reports.closed_when(gathered.study))
    with st.form("measure"):
        who = who_box(st.container(), tr("经办人"), "measurer", "")
        if st.form_submit_button(tr("按本轮结果复测")):
            facts = {"wave": wave, "entries": len(due)}
            _do(gathered.study, tr("台账复测"), facts, lambda: reports.measure_all(gathered, wave, due, who=who))


def whole_ledger(loaded: Loaded, gathered: StudySample, ledger: Ledger, entries: tuple[Entry, ...]) -> None:
    """Show all entries and all changes, folded, with the workbook."""
    if not entries:
        return
    with st.expander(str(captions.whole_ledger(entries))):
        draw(loaded, _entries)
        facts = {"what": LEDGER, "rows": len(entries), "version": gathered.version}
        make = partial(reports.ledger_book, gathered, ledger)
        download(tr("导出台账（Excel）"), make, tr("整改台账.xlsx"), facts, icon=":material/download:")
    draw(loaded, _events)


def _entries(loaded: Loaded) -> None:
    entries = reports.ledger_of(loaded.study).entries()
    show_table(reports.entry_table(entries, loaded.study.questionnaire), most=400)


def _events(loaded: Loaded) -> None:
    events = reports.ledger_of(loaded.study).events()
    with st.expander(str(captions.log(events))):
        show_table(reports.event_table(events))


def _do(study: Study, what: str, facts: Mapping[str, object], action: Callable[[], object]) -> None:
    """Write to the ledger and redraw the page, or show what is missing."""
    try:
        with change(study.root, what, facts):
            action()
    except SiluError as error:
        page.problem(error)
        return
    st.rerun()


def lowest_items(loaded: Loaded, selection: Selection, dues: Sequence[Due]) -> tuple[str, ...]:
    """Return the items with the lowest shares of the longest overdue entry whose measures did not help."""
    first = next((one.entry for one in dues if one.late), None)
    if first is None or first.status is not Status.STILL_WEAK:
        return ()
    asked = selection.everyone().asking([one.name for one in headlines(loaded.study)], ("district",))
    low = follow(loaded, asked, ask(loaded, asked, judged), problem_of, first.area, first.item)
    return low.items if low is not None and str(low.row["measure"]) in appraisals() else ()
