"""What the search box finds, made once for each state of the study's files, role and scope."""

from __future__ import annotations

import streamlit as st

from accounts.scope import own_districts
from reports.desk.found import Target, targets
from survey.study.study import Study
from views.shell.pages_by_role import offered
from views.visitor.session import Key, Loaded


def found_of(loaded: Loaded) -> tuple[Target, ...]:
    """Return what leads to a page of the person who acts; the key holds role and scope."""
    return _found(loaded.study, loaded.key)


@st.cache_resource(max_entries=16, show_spinner=False)
def _found(_study: Study, key: Key) -> tuple[Target, ...]:
    return tuple(one for one in targets(_study, own_districts()) if offered(one.page))
