"""转办: the finding of 市民留言 as a workbook for the unit in charge, made on the click and logged."""

from __future__ import annotations

from functools import partial

import streamlit as st

from reports.plans.letter import letter
from reports.voices.asked import TextSelection
from reports.voices.finding import Finding
from views.cached.voices import answers_of
from views.panels.picture_mode import shot
from views.visitor import session
from views.visitor.downloads import download
from views.visitor.session import Loaded

FORWARD, FILE, KEY = "出转办单", "转办单.xlsx", "voices.forward"
HELP = "下载转办单：依据、责任单位、全市同类留言（已遮盖），不含这个区县的逐条留言"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def forward(loaded: Loaded, asked: TextSelection, found: Finding) -> None:
    """Draw the button; nothing where no district stands out."""
    if shot() or not found.district:
        return
    facts = {**st.session_state.get(session.LOGGED, {}), "letter": f"{found.district}/{found.code}"}
    make = partial(letter, loaded.study, answers_of(loaded, asked.item), asked, found)
    download(FORWARD, make, FILE, facts, mime=XLSX, key=KEY, type="primary", help=HELP, icon=":material/forward:")
