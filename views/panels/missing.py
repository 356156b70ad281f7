"""Panel of what a study still has of the template: the checklist, and the refusal to judge before it is done."""

from __future__ import annotations

import streamlit as st

from reports.missing import missing_table, objection
from reports.sentences.notes import captions
from survey.study.study import Study
from views.panels import page
from views.shell.tables import show_table


def checklist(study: Study) -> None:
    """Show what is missing, where, what is not done before, and how to mend it; nothing where nothing is missing."""
    table = missing_table(study)
    if len(table):
        st.markdown(f"**{captions.missing(table.index)}**")
        show_table(table)


def objected(study: Study, *, against_targets: bool = False) -> bool:
    """Return whether areas of the study may not be judged, see `reports.missing.objection`; if so, show why."""
    text = objection(study, against_targets=against_targets)
    if not text:
        return False
    page.headline(text)
    checklist(study)
    return True
