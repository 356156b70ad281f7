"""Panel of 实时回收 and 数据质量: bursts of the open form, what they would change, and the analysts' decisions."""

from __future__ import annotations

import streamlit as st

from accounts.audit.changes import change
from reports.fieldwork import bursts
from reports.sentences.notes import fieldwork as notes
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.access import Role, current_role
from survey.study.study import Study
from views.panels import page
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.acting import who_box

JUDGE = "判断集中提交"
DONE = "bursts.done"


def show_bursts(study: Study, *, deciding: bool) -> None:
    """Draw the bursts of a study and what they would change; nothing where there are none.

    Args:
        study: the study.
        deciding: whether analysts may decide here; otherwise the page on which they can is named.
    """
    found = bursts.bursts_of(study)
    if not found:
        return
    held = sum(len(one.responses) for one in found if one.held)
    st.subheader(str(notes.bursts_held(held)))
    st.caption(bursts.NOT_AN_ACCUSATION + ("" if deciding else tr("在“数据质量”判断。")))
    if deciding and (done := st.session_state.pop(DONE, "")):
        st.success(plain(done))
    show_table(bursts.bursts_table(found))
    if current_role() is not Role.ANALYST:  # the difference would disclose the responses held back
        return
    for wave in dict.fromkeys(one.wave for one in found if one.held):
        effect = bursts.effect_of(study, wave)
        if not effect.empty:
            st.markdown(tr("**{wave}　计入与不计，网上自填的四率差多少**").format(wave=plain(wave)))
            show_table(effect)
    if deciding:
        _form(study, [one.number for one in found])


def _form(study: Study, numbers: list[int]) -> None:
    chosen = st.multiselect(tr("判断哪几批（编号）"), numbers, key="bursts.numbers")
    left, right = st.columns(2, gap="medium")
    who = who_box(left, tr("经办人（记入决定）"), "bursts.who")
    why = right.text_input(tr("理由（必填，记入决定）"), key="bursts.why")
    ready = bool(chosen and who.strip() and why.strip())
    for box, (kind, label) in zip(st.columns([1, 1, 1, 3]), bursts.ACTIONS.items(), strict=False):
        if box.button(label, disabled=not ready, key=f"bursts.{kind}"):
            _decide(study, chosen, kind, who=who, why=why)


def _decide(study: Study, numbers: list[int], kind: str, *, who: str, why: str) -> None:
    try:
        with change(study.root, JUDGE, {"decision": kind, "bursts": numbers}):
            count = bursts.decide_bursts(study, numbers, kind, who=who, why=why)
    except SiluError as error:
        page.problem(error)
        return
    st.session_state[DONE] = str(notes.bursts_decided(bursts.ACTIONS[kind], count))
    st.rerun()
