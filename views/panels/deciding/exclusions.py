"""Panel of 数据质量: the form that excludes or restores responses, and the log of these decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from accounts.audit.changes import change
from reports.fieldwork.data_quality import Fieldwork
from reports.fieldwork.decide import WORDS, checks, choose, decide, left_out
from reports.sentences.notes import fieldwork as notes
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.access import Role, current_role
from survey.quality.exclusions import EXCLUDE, RESTORE, Decision
from survey.readers.cells.dates import CHINA
from views.panels import page
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.acting import who_box

DONE = "exclude.done"
BY_CHECK = "某项检查标记的答卷"
NAMED: Mapping[str, tuple[str, str]] = {
    "答卷编号": ("编号，几个之间用逗号或换行", "id"),
    "某位访问员的全部答卷": ("访问员代码，例如 岚桥-04", "interviewer"),
    "某个社区的全部答卷": ("12 位社区代码", "psu"),
}
"""Ways to select responses other than a check -> hint for the input, and argument of `choose`."""


def excluding(work: Fieldwork) -> None:
    """Draw the form for analysts, and the log for everyone."""
    st.subheader(tr("剔除与恢复"))
    if done := st.session_state.pop(DONE, ""):
        st.success(plain(done))
    if current_role() is Role.ANALYST:
        _form(work)
    else:
        st.caption(tr("剔除只由分析员决定；以下是全部决定。"))
    log = work.decisions.history()
    if not log:
        page.empty(tr("还没有剔除过任何答卷。"))
        return
    page.note(notes.left_out(left_out(work)))
    show_table(log_table(log))


def log_table(log: Sequence[Decision]) -> pd.DataFrame:
    """Return all decisions, newest first, with numbers of responses instead of ids."""
    newest = list(reversed(log))
    return pd.DataFrame(
        {
            tr("序号"): [one.number for one in newest],
            tr("时间"): [f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M}" for one in newest],
            tr("经办人"): [one.who for one in newest],
            tr("决定"): [WORDS[one.kind] for one in newest],
            tr("份数"): [len(one.responses) for one in newest],
            tr("轮次"): [one.wave for one in newest],
            tr("哪些答卷"): [one.grounds for one in newest],
            tr("理由"): [one.why for one in newest],
        }
    )


def _form(work: Fieldwork) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        how = str(st.selectbox(tr("哪些答卷"), [BY_CHECK, *NAMED], key="exclude.how"))
        what = _what(how)
    with right:
        who = who_box(right, tr("经办人（记入决定）"), "exclude.who")
        why = st.text_input(tr("理由（必填，记入决定）"), key="exclude.why")
    ready = bool(what.strip() and who.strip() and why.strip())
    first, second, _ = st.columns([1, 1, 4])
    for box, kind in ((first, EXCLUDE), (second, RESTORE)):
        if box.button(WORDS[kind], disabled=not ready, key=f"exclude.{kind}", type="secondary"):
            _decide(work, kind, how, what, who=who.strip(), why=why.strip())


def _what(how: str) -> str:
    if how != BY_CHECK:
        return st.text_area(NAMED[how][0], key=f"exclude.{how}", height=68)
    return str(st.selectbox(tr("哪项检查"), list(checks()), format_func=checks().__getitem__, key="exclude.check"))


def _decide(work: Fieldwork, kind: str, how: str, what: str, *, who: str, why: str) -> None:
    try:
        chosen = choose(work, "check" if how == BY_CHECK else NAMED[how][1], what)
        with change(work.study.root, WORDS[kind], {"chosen_by": how}):
            made = decide(work, kind, chosen, who=who, why=why)
    except SiluError as error:
        page.problem(error)
        return
    st.session_state[DONE] = str(notes.decision(made, WORDS[kind]))
    st.rerun()
