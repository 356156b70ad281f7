"""The online form as a child of this dashboard, for analysts at the machine itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from reports.data.versions import answered
from reports.sentences.notes.catalogue import tr
from survey.collect.monitoring.monitor import ONLINE
from survey.collect.serving.child import FormProcess
from survey.errors import ArgumentError
from survey.study.study import Study
from views.visitor import discretion

NOT_HERE = "看板能从别的电脑打开，为安全不从网页启动程序"
NOT_YOU = "只有分析员可以启动网上问卷"
_AT_MACHINE: set[Path] = set()
_FORMS: dict[Path, FormProcess] = {}


def permit(study: Path) -> None:
    """Permit pages to start the form of a study; for a server that only this machine reaches, under no other name."""
    _AT_MACHINE.add(study.resolve())


def refused(study: Study) -> str:
    """Return in Chinese why this visitor may not start the form from the page; "" where that is permitted."""
    if discretion.reserved():
        return NOT_YOU
    return "" if Path(study.root).resolve() in _AT_MACHINE else NOT_HERE


def form_of(study: Study) -> FormProcess:
    """Return the form of a study, started or not.

    Raises:
        ArgumentError: this visitor may not start or stop it.
    """
    if fault := refused(study):
        raise ArgumentError(fault, cure=tr("请系统维护人员用命令启动：silu collect 调查文件夹"))
    return _FORMS.setdefault(Path(study.root).resolve(), FormProcess(study.root))


@st.cache_resource(max_entries=8, show_spinner=False)
def last_online(root: Path, version: int | None) -> tuple[str, int] | None:
    """Return the last wave with answers of the online form in a data version, and their number; None for none."""
    if version is None:
        return None
    rows = answered(root, version)
    online = rows[rows["mode"] == ONLINE]
    return (str(online["wave"].iloc[-1]), int(online["n"].iloc[-1])) if len(online) else None


def stop_forms() -> None:
    """Stop the forms that this server started, and permit no further ones."""
    _AT_MACHINE.clear()
    while _FORMS:
        _FORMS.popitem()[1].stop()
