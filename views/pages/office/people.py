"""用户与权限: accounts, roles and scopes, for security administrators."""

from __future__ import annotations

import streamlit as st

from accounts.users import all_users
from accounts.verbs import Verb
from reports.sentences.notes.office import accounts as accounts_title
from views.blocks.html import head
from views.panels.office.frame import accounts, office_page
from views.panels.office.people import show_people, state_of

LEAD = "原因见“提醒”一列。一人一户，一户一岗；没有岗位的什么也看不到。自己的岗位由另一位安全管理员更改。"


def body() -> None:
    """Draw the list of accounts and the forms."""
    entry = accounts()
    users, now = all_users(entry.file), entry.clock.now()
    waiting = [user.display for user in users if state_of(user, now)]
    st.html(head(accounts_title(users, waiting), LEAD))
    show_people(entry)


office_page("people", "用户与权限", Verb.ACCOUNTS, body)
