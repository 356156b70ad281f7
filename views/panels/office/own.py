"""One's own account: who one is here, what one may see, the password, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import streamlit as st

from accounts.grants import verbs
from accounts.verbs import Verb
from reports.sentences.notes.catalogue import tr
from survey.host.access import ROLES, current_role
from survey.host.person import NOBODY, who_acts
from views.blocks.facts import facts_table
from views.door.visitor import session_in_use

DOOR = (
    '<p><a class="silu-button" href="password" target="_self">换口令</a> '
    '<a class="silu-button" href="logout" target="_self">退出登录</a></p>'
)


def own_facts() -> Mapping[str, str]:
    """Return what the server knows of the person who looks: label -> words."""
    person, session = who_acts() or NOBODY, session_in_use()
    facts = {
        tr("用户名"): person.name,
        tr("岗位"): ROLES[current_role()],
        tr("能做什么"): "、".join(verb for verb in Verb if verb in verbs()),
        tr("区县"): person.district or tr("全部"),
        tr("责任单位"): person.unit,
    }
    if session is not None:
        facts |= {
            tr("从哪里登录"): session.address,
            tr("口令设于"): datetime.fromtimestamp(session.user.changed).strftime("%Y-%m-%d"),
        }
    return {label: words for label, words in facts.items() if words}


def show_own() -> None:
    """Draw the page below its headline."""
    st.html(facts_table(own_facts().items()))
    if session_in_use() is not None:
        st.html(DOOR)
