"""Who looks at the dashboard: the user of a session, looked up at every run, or the owner of this machine.

Without accounts, and only there, an analyst may look at the pages as another role does.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from accounts.entry import Entry
from accounts.sessions import Session
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host import environment
from survey.host.access import Role
from survey.host.person import NOBODY, Person, acting, use_source, who_acts

SEEN_AS = "seen_as"
"""Key of the role as which an analyst looks at the pages."""
SEEN_DISTRICT = "seen_district"
"""Key of the only district that this role sees; "" for all."""
_OWNERS: list[bool] = []
_ENTRIES: list[Entry] = []


def watch(entry: Entry | None) -> None:
    """Ask for the person of each run: by their session, or, without accounts, by the switch 换岗位看."""
    _ENTRIES[:], _OWNERS[:] = ([], [True]) if entry is None else ([entry], [])
    use_source(_owner if entry is None else _visitor)


@contextmanager
def entered() -> Iterator[None]:
    """Act for the visitor during a run, looked up once; where the login has ended, say so and stop."""
    if not _ENTRIES:
        with acting(who_acts()):
            yield
        return
    try:
        person = _visitor()
    except SiluError as error:
        _stop(error.what, error.cure)
    if person is NOBODY:
        _stop(tr("您的登录已经结束"), tr("可能是太久没有操作、在别处退出，或账户被停用、口令被更换"))
    with acting(person):
        yield


def entry_in_use() -> Entry | None:
    """Return the accounts of this server; None where nobody logs in."""
    return _ENTRIES[0] if _ENTRIES else None


def key_in_use() -> str:
    """Return the key of the session of the run; "" outside of one, or where nobody logs in."""
    context = get_script_run_ctx(suppress_warning=True)
    return str(context.user_info.get("session") or "") if context is not None and _ENTRIES else ""


def session_in_use() -> Session | None:
    """Return the session of the run; None outside of one, or where it has ended or nobody logs in."""
    key = key_in_use()
    session = _ENTRIES[0].find(key) if key else None
    return None if session is None or session.stale else session


def may_switch() -> bool:
    """Return whether the switch 换岗位看 is offered: to the owner of this machine, an analyst, where nobody logs in."""
    return bool(_OWNERS) and os.environ.get(environment.ROLE, Role.ANALYST) == Role.ANALYST


def _stop(what: str, why: str) -> NoReturn:
    """Show that nobody is logged in, in place of the page."""
    words = f'<div class="silu-head"><h1>{escape(what)}</h1><p>{escape(why)}</p></div>'
    st.html(f'{words}<p><a class="silu-button" href="login" target="_self">{tr("重新登录")}</a></p>')
    st.stop()


def _visitor() -> Person:
    """Return the person of the run; nobody outside of one, or where the session has ended."""
    session = session_in_use()
    return NOBODY if session is None else session.user.person(session.address)


def _owner() -> Person | None:
    """Return the owner of this machine in the role of the switch; None where it is not used."""
    if get_script_run_ctx(suppress_warning=True) is None or SEEN_AS not in st.session_state or not may_switch():
        return None
    role = st.session_state[SEEN_AS]
    name = ""
    with suppress(KeyError, OSError):
        name = getpass.getuser()
    district = str(st.session_state.get(SEEN_DISTRICT, ""))
    return Person(name, name, str(role), district) if role in set(Role) else None
