"""What is to be imported: files, wave, mode, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from reports.labels import wave_label
from survey.study.study import MODES, Study
from views.cached import imports
from views.visitor.acting import who_box

ROUND = "imports.round"
"""Number of imports of this visit; the next one begins with no files chosen."""
FILES = (
    "选择答卷文件，可以一次选几个：问卷星、腾讯问卷、金数据、Kobo、LimeSurvey、Qualtrics、SurveyMonkey、"
    "SPSS、Stata，或普通的 Excel、CSV 表格"
)
OPEN = "选答卷文件导入"
WAVE, MODE, WHO = "属于哪一轮", "调查方式", "操作人（记入历史）"
KEEP = "个别答案无法识别时保留这份答卷，只舍弃该答案"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose.

    Attributes:
        files: as the browser sent them; empty while none is chosen.
        wave, mode: which the answers belong to.
        keep_partial: whether a response is kept without its unreadable answers.
        who: the person.
    """

    files: Sequence[imports.Uploaded]
    wave: str
    mode: str
    keep_partial: bool
    who: str


def choose(study: Study, *, folded: bool) -> Choice:
    """Ask for the files and for what they are.

    Args:
        study: the study.
        folded: whether something else is to be done first, so that the form is closed until it is opened.
    """
    with st.expander(OPEN) if folded else st.container():
        return _form(study)


def _form(study: Study) -> Choice:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        files = st.file_uploader(
            FILES, accept_multiple_files=True, key=f"imports.files.{st.session_state.get(ROUND, 0)}"
        )
    with right:
        names = [wave.name for wave in reversed(study.waves)]
        boxes = st.columns(2)
        wave = boxes[0].selectbox(WAVE, names, format_func=lambda name: wave_label(study, name), key="imports.wave")
        modes = list(study.wave(wave).modes)
        mode = boxes[1].selectbox(MODE, modes, format_func=MODES.__getitem__, key=f"imports.mode.{wave}")
        who = who_box(right, WHO, "imports.who")
        keep = st.checkbox(KEEP, key="imports.partial")
    return Choice(files, wave, mode, keep, who.strip())
