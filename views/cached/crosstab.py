"""Crosstabs of a data version, shared by all visitors."""

from __future__ import annotations

import streamlit as st

from reports.crosstab.crosstab import Crosstab, crosstab
from reports.crosstab.request import Request
from reports.selection import Selection
from survey.study.study import Study
from views.visitor.session import Key, Loaded


def tabulated(loaded: Loaded, selection: Selection, request: Request) -> Crosstab:
    """Return the crosstab of a request; it is shared, so no caller may change it."""
    return _tabulated(loaded.study, loaded.key, selection, request)


@st.cache_resource(max_entries=64, show_spinner="正在汇总……")
def _tabulated(_study: Study, key: Key, selection: Selection, request: Request) -> Crosstab:
    return crosstab(_study, selection, request)
