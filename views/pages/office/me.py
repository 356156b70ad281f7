"""我的账户: who one is here, what one may see, the password, and the way out."""

from __future__ import annotations

import streamlit as st

from accounts.verbs import Verb
from reports.sentences.notes.catalogue import tr
from survey.host.person import name_of_person
from views.blocks.html import head
from views.panels.office.frame import office_page
from views.panels.office.own import show_own


def body() -> None:
    """Draw one's own account."""
    st.html(head(name_of_person(), tr("岗位和范围由安全管理员授予。")))
    show_own()


office_page("me", "我的账户", Verb.OWN, body)
