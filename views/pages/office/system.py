"""系统: versions, the checks of `silu doctor` and the backup, for system administrators."""

from __future__ import annotations

import streamlit as st

from accounts.verbs import Verb
from reports.health.machine_health import State
from reports.sentences.notes.catalogue import tr
from reports.sentences.notes.office import system
from views.blocks.html import head
from views.panels.office.frame import office_page, study_folder
from views.panels.office.machine import checkups, show_machine


def body() -> None:
    """Draw the checks and the versions."""
    found = checkups(str(study_folder()))
    faults, hints = ([one.name for one in found if one.state is state] for state in (State.FAULT, State.HINT))
    st.html(head(system(faults, hints), tr("处理办法写在每一行右边；和 silu doctor 相同的检查，每五分钟重做一次。")))
    show_machine(study_folder())


office_page("system", "系统", Verb.RUN, body)
