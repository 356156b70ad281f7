"""转办: the finding of 市民留言 as a workbook for the unit in charge, made on the click and logged."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from accounts.audit.log import Act, record
from reports.plans.letter import letter
from reports.voices.asked import TextSelection
from reports.voices.finding import Finding
from reports.voices.open_answers import OpenAnswers
from survey.study.study import Study
from views.cached.voices import answers_of
from views.panels.picture_mode import shot
from views.visitor import session
from views.visitor.session import Loaded

FORWARD, FILE, KEY = "转办", "转办单.xlsx", "voices.forward"
HELP = "下载转办单：依据、责任单位、全市同类留言（已遮盖），不含这个区县的逐条留言"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def forward(loaded: Loaded, asked: TextSelection, found: Finding) -> None:
    """Draw the button; nothing where no district stands out."""
    if shot() or not found.district:
        return
    facts = {**st.session_state.get(session.LOGGED, {}), "letter": f"{found.district}/{found.code}"}
    make = partial(_file, loaded.study, answers_of(loaded, asked.item), asked, found, facts)
    st.download_button(
        FORWARD, make, FILE, XLSX, key=KEY, type="primary", help=HELP, on_click="ignore", icon=":material/forward:"
    )


def _file(study: Study, answers: OpenAnswers, asked: TextSelection, found: Finding, facts: dict[str, object]) -> bytes:
    """Log the download (rule R-22), then make the file."""
    record(Path(study.root), Act.EXPORT, facts)
    return letter(study, answers, asked, found)
