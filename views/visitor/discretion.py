"""Restrict roles without access to raw data to one filter on people at a time.

Analysts see single responses anyway; other roles are offered only the tables that `reports.disclosure` guards. Every
choice is logged (rule R-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from accounts.audit.log import Act, record
from survey.host import access
from survey.host.access import Role
from views.visitor import session
from views.visitor.session import Loaded

GUARDED = ("overview", "weak_areas")
"""Pages whose tables are protected under a filter; on other pages these roles have no filter on people."""
ONE = "为防止推算出不足 {few} 人的情况，一次只能用一个人群筛选：已按“{kept}”显示，没有按“{dropped}”筛选。"
ONLY_THERE = "按人群筛选只在“总览”和“薄弱区域”两页提供；本页按全部居民计算。"


def reserved() -> bool:
    """Return whether this role must not learn anything about groups below the suppression limit."""
    return access.current_role() is not Role.ANALYST


def offered(page: str) -> bool:
    """Return whether a page offers filters on people."""
    return page in GUARDED or not reserved()


def one_filter(chosen: Mapping[str, str | None], few: int) -> tuple[dict[str, str | None], str]:
    """Return the filters that apply, and a note on those that do not; "" where all apply."""
    there = [key for key, value in chosen.items() if value is not None]
    if len(there) < 2 or not reserved():
        return dict(chosen), ""
    first, rest = there[0], there[1:]
    dropped = "、".join(str(chosen[key]) for key in rest)
    kept = {key: value if key == first else None for key, value in chosen.items()}
    return kept, ONE.format(few=few, kept=chosen[first], dropped=dropped)


def log(loaded: Loaded, page: str, chosen: Mapping[str, Any]) -> None:
    """Log a view whenever it changes, before any of it is shown.

    Raises:
        StoreError: it cannot be logged and the role is not analyst.
    """
    facts = {"page": page, "version": loaded.version, **chosen}
    if st.session_state.get(session.LOGGED) != facts:
        record(loaded.study.root, Act.VIEW, facts)
        st.session_state[session.LOGGED] = facts
