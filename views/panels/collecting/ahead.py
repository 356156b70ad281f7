"""What follows the start of the online form: its code, large enough to photograph, what will be seen, the last time."""

from __future__ import annotations

import streamlit as st

from analysis.numerals import count
from reports.data.versions import newest
from reports.labels import wave_label
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.study.study import Study
from views.blocks.counts import CountCard, count_cards
from views.blocks.rows import Column, Line, row_table
from views.blocks.single.steps import code_to_come, form_code
from views.cached.form import last_online

SEEN = (
    ("收到多少份", "每半分钟更新；设了配额的，看进度正常还是落后", "分析员"),
    ("哪个社区还没有", "先催哪个区县，催哪些社区", "社区工作人员"),
    ("哪道题停下的人最多", "太长或难懂的题，下一轮改", "分析员"),
    ("有没有短时间扎堆", "疑似刷答的留在收件箱，核查后再定", "分析员"),
)
"""What will be seen, what is said of it, and who acts on it."""


def ahead(study: Study, url: str) -> None:
    """Draw the lower half of the page while there are no answers.

    Args:
        study: the study.
        url: address at which residents open the form; "" where none is known.
    """
    left, right = st.columns([4, 9], gap="large")
    left.html(form_code(url) if url else code_to_come(tr("启动后，这里出现二维码，对着屏幕就能拍")))
    with right:
        columns = [Column(tr("启动后，这里看什么"), "title"), Column(tr("说什么")), Column(tr("谁来办"))]
        lines = [Line(row) for row in SEEN]
        st.html(row_table(columns, lines, tr("启动后看什么")))
        if card := _last(study):
            st.html(count_cards([card]))


def _last(study: Study) -> CountCard | None:
    """Return how many answers the last wave with online answers had; None where there is none, or it cannot be read."""
    try:
        found = last_online(study.root, newest(study.root))
    except SiluError:
        return None
    if found is None:
        return None
    wave, number = found
    note = tr("{wave}；参与者意见，另看，不计入四率").format(wave=wave_label(study, wave))
    return CountCard(tr("上一次网上收集"), tr("{n} 份").format(n=count(number)), note)
