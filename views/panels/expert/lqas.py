"""Tab 社区合格: lot quality assurance sampling (LQAS) of communities, and its plan."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from reports.rates import target_of
from reports.selection import Selection
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from reports.weak_areas import community_verdicts
from survey.errors import DesignError
from survey.instrument.questionnaire import Rate
from views.blocks.html import head
from views.cached.answers import ask
from views.panels import page
from views.shell.tables import show_table
from views.visitor.session import Loaded

GAP = 0.15  # default distance between the two thresholds
GOOD = 0.85
USE = "不合格的社区先去看现场，由街道和社区办；待定的再访；只判社区，不给区县排队。"


def lqas_panel(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    """Ask for the two thresholds; show the verdicts and the smallest sufficient sample."""
    target = target_of(loaded.study, rate)
    place = st.container()
    boxes = st.columns(3)
    start = GOOD if pd.isna(target) else min(max(target, 0.2), 0.98)
    good = boxes[0].number_input(tr("上线：应判合格（%）"), 2.0, 99.0, round(100 * start, 1), 1.0, key="lot-good") / 100
    poor = (
        boxes[1].number_input(
            tr("下线：应判不合格（%）"), 1.0, 98.0, round(100 * (start - GAP), 1), 1.0, key="lot-poor"
        )
        / 100
    )
    try:
        found = ask(loaded, asked, community_verdicts, (good, poor))
    except DesignError as error:
        page.problem(error)
        return
    plan = found.plan
    boxes[2].metric(tr("下次每个社区至少访"), str(captions.least(plan.n)), help=str(captions.accepted(plan.accept)))
    place.html(head(found.headline, USE))
    page.note(found.sentence)
    show_table(found.table, most=300)
    page.note(found.risks)
