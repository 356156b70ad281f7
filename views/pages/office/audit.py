"""审计: who did what, searched by person, kind and day, for the audit administrator."""

from __future__ import annotations

import streamlit as st

from accounts.verbs import Verb
from reports.health.audit import check_log
from reports.sentences.notes.audit import checked
from reports.sentences.notes.catalogue import tr
from reports.sentences.notes.office import audit
from views.blocks.html import head
from views.panels.office.audit import show_audit
from views.panels.office.frame import office_page, study_folder


def body() -> None:
    """Draw the check, the search and the records."""
    found = check_log(study_folder())
    what = tr("谁在什么时候、从哪里、做了什么、结果怎样；由审计管理员查看和下载，任何人都不能改。")
    st.html(head(audit(found.faults), what if found.faults else f"{checked(found)}{what}"))
    show_audit(study_folder(), found)


office_page("audit", "审计", Verb.AUDIT, body)
