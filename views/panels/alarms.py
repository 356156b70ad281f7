"""Alarms of a study for those who run it: what is late."""

from __future__ import annotations

import streamlit as st

from reports.retention.due import overdue
from survey.storage.deletion.retention_log import FILE
from survey.study.plans.backup_plan import backup_alarm
from survey.study.retention import Retention
from survey.study.study import Study
from views.shell.markup import plain

KEPT = "先看清单：silu purge 调查文件夹 --dry-run；再删除：silu purge 调查文件夹 --yes --who 姓名 --why 理由。"
HOUR = 3600
CURE = "管理员在服务器上运行：silu backup 目标文件夹 --study 调查文件夹；定时备份写在 study.toml 的 [backup]。"


def alarms(study: Study) -> None:
    """Show one warning for each thing that is late; nothing where all is in order."""
    if late := backup_alarm(study):
        st.warning(f"{plain(late)}。{CURE}")
    log = study.root / FILE
    done = log.stat().st_mtime_ns if log.exists() else 0
    if kept := _kept_too_long(study, str(study.root), study.retention, done):
        st.warning(f"{plain(kept)}。{KEPT}")


@st.cache_data(ttl=HOUR, show_spinner=False)
def _kept_too_long(_study: Study, root: str, table: Retention, done: int) -> str:
    """What is overdue, looked up once an hour and after every deletion, hold and release."""
    return overdue(_study)
