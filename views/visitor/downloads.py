"""Files that visitors take along: the one place with `st.download_button`, where each download is logged first.

The file is made when the button is clicked, in a thread of its own, as the person who looks at that moment: a login
that has ended, or a role that was changed since the page was drawn, gives no file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import copy_context
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from accounts.audit.log import Act, record
from reports.sentences.notes.catalogue import tr
from survey.errors import AccountError
from survey.host.person import NOBODY, Person, acting, who_acts
from views.door.visitor import entry_in_use, key_in_use
from views.visitor import session

Make = Callable[[], bytes]


def download(
    label: str,
    make: Make,
    name: str,
    facts: Mapping[str, Any],
    *,
    place: DeltaGenerator | None = None,
    **options: Any,
) -> None:
    """Draw a button that makes a file, logs it as an export (rule R-22), and hands it over.

    Args:
        label: of the button.
        make: makes the file, after its export was logged.
        name: of the file.
        facts: what the file holds, for the log: `what`, version, filters; no personal data of respondents.
        place: where to draw; the page when None.
        **options: of `st.download_button`.
    """
    where = st if place is None else place
    content = deferred(make, {"file": name, **facts})
    where.download_button(label, content, file_name=name, on_click="ignore", **options)


def deferred(make: Make, facts: Mapping[str, Any]) -> Make:
    """Return a function that logs an export as the visitor of now, if they still may, and makes the file.

    Raises (when called):
        AccountError: the login has ended, or role or scope were changed.
        StoreError: it cannot be logged and the role is not analyst.
    """
    root, here, key, person = Path(session.folder_of_server()), copy_context(), key_in_use(), who_acts()
    return lambda: here.copy().run(_file, root, make, facts, key, person)  # one context serves one click at a time


def _file(root: Path, make: Make, facts: Mapping[str, Any], key: str, person: Person | None) -> bytes:
    """Return the file for the person for whom the button was drawn."""
    if person is None:  # the owner of this machine, where nobody logs in
        return _logged(root, make, facts)
    with acting(_still(key, person)):
        return _logged(root, make, facts)


def _logged(root: Path, make: Make, facts: Mapping[str, Any]) -> bytes:
    record(root, Act.EXPORT, facts)
    return make()


def _still(key: str, before: Person) -> Person:
    """Return the person of a session, unless it has ended or their role or scope is another one by now."""
    entry = entry_in_use()
    if entry is None:
        return before
    found = entry.find(key)
    now = NOBODY if found is None or found.stale else found.user.person(found.address)
    if now != before:
        raise AccountError(tr("登录已经结束，或岗位改了，没有下载"), cure=tr("刷新页面，或重新登录"))
    return now
