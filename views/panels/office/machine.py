"""The system: versions, the checks of `silu doctor`, and the age of the backup; for system administrators."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import streamlit as st

from reports.health.machine_health import Checkup, State, machine_health
from reports.health.study_health import study_health
from views.blocks.facts import facts_table

PACKAGES: Mapping[str, str] = {"silu": "四率", "streamlit": "Streamlit", "duckdb": "DuckDB", "deltalake": "deltalake"}
MARKS: Mapping[State, str] = {State.GOOD: "● 正常", State.HINT: "▲ 提醒", State.FAULT: "◆ 要处理"}
ORDER = (State.FAULT, State.HINT, State.GOOD)


def versions() -> Mapping[str, str]:
    """Return program -> version; an uninstalled one is left out."""
    found = {"Python": platform.python_version(), "系统": platform.platform(terse=True)}
    for package, label in PACKAGES.items():
        try:
            found[label] = version(package)
        except PackageNotFoundError:
            continue
    return found


@st.cache_resource(ttl=300, max_entries=2, show_spinner="正在体检……")
def checkups(study: str) -> tuple[Checkup, ...]:
    """Return the checks of machine and study, the worst first; repeated after five minutes."""
    found = [*study_health(Path(study)), *machine_health(Path(study))]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.state)))


def show_machine(study: Path) -> None:
    """Draw the page below its headline."""
    rows = [(one.name, MARKS[one.state], one.found, one.cure) for one in checkups(str(study))]
    st.html(facts_table(rows, ("检查", "状态", "结果", "处理办法")))
    st.html('<div class="silu-main"><h2>版本</h2></div>' + facts_table(versions().items()))
