"""系统: versions, the checks of `silu doctor` and the backup, for system administrators."""

from __future__ import annotations

import streamlit as st

from accounts.verbs import Verb
from reports.sentences.notes.catalogue import tr
from views.blocks.html import head
from views.panels.office.frame import office_page, study_folder
from views.panels.office.machine import show_machine


def body() -> None:
    """Draw the checks and the versions."""
    st.html(head(tr("系统"), tr("和 silu doctor 相同的检查，每五分钟重做一次。")))
    show_machine(study_folder())


office_page("system", "系统", Verb.RUN, body)
