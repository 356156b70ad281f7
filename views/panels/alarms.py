"""Alarms of a study for those who run it: what is late."""

from __future__ import annotations

import streamlit as st

from survey.study.backup_plan import backup_alarm
from survey.study.study import Study
from views.shell.markup import plain

CURE = "管理员在服务器上运行：silu backup 目标文件夹 --study 调查文件夹；定时备份写在 study.toml 的 [backup]。"


def alarms(study: Study) -> None:
    """Show one warning for each thing that is late; nothing where all is in order."""
    if late := backup_alarm(study):
        st.warning(f"{plain(late)}。{CURE}")
