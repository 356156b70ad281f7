"""Run a page that shows no answers: who may, the log, the warning about plain HTTP, and errors in words."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from accounts.audit.log import Act, record
from accounts.entry import Entry
from accounts.grants import require
from accounts.verbs import Verb
from reports.sentences.notes.catalogue import tr
from survey.errors import AccountError, SiluError
from views.door.visitor import entry_in_use
from views.panels import page
from views.shell.links import show_unknown_address
from views.visitor import session


def study_folder() -> Path:
    """Return the folder of the study that this server shows."""
    return Path(os.environ.get(session.STUDY_VARIABLE, ""))


def accounts() -> Entry:
    """Return the accounts of this server.

    Raises:
        AccountError: it runs without accounts.
    """
    entry = entry_in_use()
    if entry is None:
        cure = tr("启动时加上 --accounts：silu dashboard 目录 --accounts")
        raise AccountError(tr("看板现在不用登录，没有账户"), cure=cure)
    return entry


def office_page(name: str, title: str, verb: Verb, body: Callable[[], None]) -> None:
    """Draw a page for those who have a verb; log it first."""
    show_unknown_address()
    try:
        require(verb, title)
        facts = {"page": name}
        if st.session_state.get(session.LOGGED) != facts:
            record(study_folder(), Act.VIEW, facts)
            st.session_state[session.LOGGED] = facts
        if verb in (Verb.ACCOUNTS, Verb.RUN):
            page.warn_insecure()
        with st.container(key="glance"):
            body()
    except SiluError as error:
        page.problem(error)
