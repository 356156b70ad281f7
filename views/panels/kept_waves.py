"""Waves whose answers were deleted at the end of their period: what their kept tables say."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import interval, percent
from reports.labels import wave_label
from reports.retention.summaries import FOLDER, gone_waves
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import say
from survey.instrument.measure import measure_label
from survey.study.study import MODES, Study
from views.shell.tables import show_table

GONE = say("前一轮的答卷保存期已满，已经删除：升降不能再检验，下面是删除前保存的结果。")
HEADING = "答卷已到期删除的轮次"


def kept_waves(study: Study, mode: str) -> bool:
    """Show the headline rates of such waves; return whether there are any."""
    table = gone_waves(study, mode)
    if table.empty:
        return False
    st.subheader(HEADING)
    shown = pd.DataFrame(
        {
            tr("轮次"): [wave_label(study, name) for name in table["wave"]],
            tr("方式"): table["mode"].map(dict(MODES)),
            tr("指标"): [measure_label(name) if name else "" for name in table["measure"]],
            tr("比例"): [percent(value) for value in table["estimate"]],
            tr("95% 区间"): [
                interval(low, high) for low, high in zip(table["conf_low"], table["conf_high"], strict=True)
            ],
            tr("答卷数"): table["n"],
        }
    )
    show_table(shown)
    st.caption(
        tr("取自答卷删除前保存的汇总表（调查文件夹的 {folder}），按区县和按周的结果也在那里。").format(folder=FOLDER)
    )
    return True
