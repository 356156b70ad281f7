"""The system: versions, the checks of `silu doctor`, and the age of the backup; for system administrators."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import streamlit as st

from reports.health.installed import against_bill, known_vulnerabilities, package_age
from reports.health.machine_health import Checkup, State, machine_health
from reports.health.study_health import study_health
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.scratch import scratch_folder
from views.blocks.facts import facts_table
from views.panels import page

PACKAGES: Mapping[str, str] = {"silu": "四率", "streamlit": "Streamlit", "duckdb": "DuckDB", "deltalake": "deltalake"}
MARKS: Mapping[State, str] = {State.GOOD: "● 正常", State.HINT: "▲ 提醒", State.FAULT: "◆ 要处理"}
ORDER = (State.FAULT, State.HINT, State.GOOD)


def versions() -> Mapping[str, str]:
    """Return program -> version; an uninstalled one is left out."""
    found = {"Python": platform.python_version(), tr("系统"): platform.platform(terse=True)}
    for package, label in PACKAGES.items():
        try:
            found[label] = version(package)
        except PackageNotFoundError:
            continue
    return found


@st.cache_resource(ttl=300, max_entries=2, show_spinner="正在体检……")
def checkups(study: str) -> tuple[Checkup, ...]:
    """Return the checks of machine and study, the worst first; repeated after five minutes."""
    found = [*study_health(Path(study)), *machine_health(Path(study)), package_age(datetime.now(UTC))]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.state)))


def show_machine(study: Path) -> None:
    """Draw the page below its headline."""
    _table(checkups(str(study)))
    st.html(tr('<div class="silu-main"><h2>版本</h2></div>') + facts_table(versions().items()))
    _lists()


def _lists() -> None:
    """Compare the installed packages with a list that is brought along; the server asks no other computer."""
    with st.expander(tr("核对软件包：已知漏洞，或发布时的清单")):
        st.caption(
            tr("漏洞清单：OSV 格式（JSON 或 zip），从能上网的电脑拷来；软件包清单：随发布附上的 sbom.cdx.json。")
        )
        kinds: Mapping[str, Callable[[Path], Sequence[Checkup]]] = {
            tr("漏洞清单"): known_vulnerabilities,
            tr("软件包清单"): lambda path: [against_bill(path)],
        }
        kind = str(st.radio(tr("哪一种"), list(kinds), horizontal=True, key="machine.kind"))
        file = st.file_uploader(tr("选文件"), ["json", "zip"], key="machine.list")
        if file is None:
            return
        with scratch_folder() as folder:
            path = folder / f"list{Path(file.name).suffix}"
            path.write_bytes(file.getvalue())
            try:
                _table(kinds[kind](path))
            except SiluError as error:
                page.problem(error)


def _table(found: Sequence[Checkup]) -> None:
    rows = [(one.name, MARKS[one.state], one.found, one.cure) for one in found]
    st.html(facts_table(rows, (tr("检查"), tr("状态"), tr("结果"), tr("处理办法"))))
