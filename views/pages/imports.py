"""数据导入: what is in and what is left to do; choose files, review the preview, import; undo and history."""

from __future__ import annotations

import streamlit as st

from survey.host.access import require_analyst
from survey.study.study import Study
from views.blocks.single.steps import State, Step, step_cards
from views.cached import imports
from views.panels import page
from views.panels.alarms import alarms
from views.panels.importing.boundaries import boundaries
from views.panels.importing.choice import choose
from views.panels.importing.history import history_and_undo, overview
from views.panels.importing.preview import DONE, preview
from views.shell.markup import plain

TITLE = "数据导入"
STEPS = (
    ("选答卷文件", "在下面选，可以一次选几个；核对轮次和调查方式。"),
    ("看预览", "哪些行能写入，哪些退回、改在哪里。预览不写入。"),
    ("写入答卷库", "填写操作人，再按“写入”。写错了可以撤销。"),
)


def body(study: Study) -> None:
    """Draw state and steps, then file choice, preview and history."""
    require_analyst(TITLE)
    page.warn_insecure()
    if done := st.session_state.pop(DONE, ""):
        st.success(plain(done))
    alarms(study)
    top = st.container(key="glance")
    state = imports.state_of(study)
    chosen = choose(study, folded=bool(state.rejected or state.waiting))
    if chosen.files:
        preview(study, chosen, top)
        now: int | None = 1
    else:
        with top:
            overview(study, state)
        now = 0 if state.rejected or not state.last else None
    top.html(step_cards(_steps(now)))
    history_and_undo(study, chosen.who)
    boundaries(study, chosen.who)


def _steps(now: int | None) -> list[Step]:
    """Return the steps, those before a position as done; None where there is nothing to do."""
    states = {at: State.DONE if at < now else State.NOW for at in range(now + 1)} if now is not None else {}
    return [Step(title, note, states.get(at, State.LATER)) for at, (title, note) in enumerate(STEPS)]


page.before_answers("imports", TITLE, body)
