"""Panels of 简报 on what was issued: check a file or a code, list, withdraw, correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from accounts.grants import may
from accounts.verbs import Verb
from documents.forms import FORMS
from documents.verify import Checked, check, check_code, lines
from reports.briefing.issued import Issued, issued
from reports.briefing.life import Event, State, Step, correct, history, state_of, withdraw
from survey.errors import SiluError
from views.panels import page
from views.shell.markup import plain, plain_table
from views.visitor.session import Loaded

CHECK, LISTED, END = "核验一份发出去的文件", "发出过的文件", "撤回或更正"
CODE, CODE_HELP = "输入核验码（页脚或二维码旁边，前四位起）", "例如 A194-EA11-8C16；大小写、横线都可以省"
FILE = "或者选文件：与存底逐处比较，改过一个数字也找得到"
NOTHING = "还没有发出过文件。"
EXPIRED = "过期：数据已更新到版本 {version}"
BY = "已更正，以 {code} 为准"
HOW = "怎么处理"
WHICH, NEW, WHY, DO = "哪一份", "以哪一份为准", "原因（会写进记录）", "确定"
CITY, WHO, WHEN = "全市", "谁", "时间"
NO_NEW = "没有可以作准的新材料：先出新的一份（同一种类、同一区域），再来更正。"
HEADS = ("材料", "区域", "日期", "数据版本", "核验码", "状态", WHO, WHEN)
RECENT = 40
"""Issued documents that are listed, the newest first."""
Done = Mapping[str, Event]
"""Code -> the first event of its document."""


def check_panel(loaded: Loaded) -> None:
    """Draw the box that looks a code up or compares a finished file with its record."""
    with st.expander(CHECK):
        code = st.text_input(CODE, help=CODE_HELP, key="brief.code").strip()
        if code:
            try:
                _outcome(check_code(loaded.study.root, code, loaded.version), by_code=True)
            except SiluError as error:
                page.problem(error)
        suffixes = [form.suffix.removeprefix(".") for form in FORMS.values()]
        file = st.file_uploader(FILE, suffixes, key="brief.check")
        if file is None:
            return
        try:
            _outcome(check(loaded.study.root, file.name, file.getvalue(), loaded.version))
        except SiluError as error:
            page.problem(error)


def _outcome(found: Checked, *, by_code: bool = False) -> None:
    first, *further = map(plain, lines(found, by_code=by_code))
    whole = found.record is not None and not found.differences
    show = st.success if found.good else st.warning if whole else st.error
    show("  \n".join([f"**{first}**", *further]))


def list_panel(loaded: Loaded) -> None:
    """List the documents that were issued with their state, and offer to withdraw or correct one."""
    with st.expander(LISTED):
        events = history(loaded.study.root)
        first = {one.code: one for one in reversed(events) if one.step is Step.ISSUED}
        some = sorted(issued(loaded.study.root), key=lambda one: (-one.version, _at(first, one), one.code))[:RECENT]
        if not some:
            st.caption(NOTHING)
            return
        rows = [dict(zip(HEADS, _row(loaded, events, first.get(one.code), one), strict=True)) for one in some]
        st.table(plain_table(pd.DataFrame(rows).set_index(HEADS[0])))
        if may(Verb.RETRACT):
            _end(loaded, [one for one in some if _state(loaded, events, one) in (State.CURRENT, State.OUTDATED)])


def _at(first: Done, one: Issued) -> str:
    return first[one.code].at if one.code in first else ""


def _state(loaded: Loaded, events: Sequence[Event], one: Issued) -> State:
    return state_of(events, one, loaded.version)


def _row(loaded: Loaded, events: Sequence[Event], first: Event | None, one: Issued) -> tuple[object, ...]:
    about, state = one.briefing, _state(loaded, events, one)
    by = next((each.by for each in events if each.code == one.code and each.by), "")
    words = {State.OUTDATED: EXPIRED.format(version=loaded.version), State.CORRECTED: BY.format(code=by)}
    who, when = (first.who, first.at[:16].replace("T", " ")) if first else ("", "")
    return (str(about.kind), about.area or CITY, about.day, one.version, one.code, words.get(state, str(state)), who,
            when)  # fmt: skip


def _end(loaded: Loaded, some: Sequence[Issued]) -> None:
    """Draw the form that withdraws or corrects a document."""
    if not some:
        return
    st.markdown(f"**{END}**")
    known = {one.code: one for one in some}
    first, second = st.columns([3, 7])
    step = Step(first.radio(HOW, [str(Step.WITHDRAWN), str(Step.CORRECTED)], key="life.step", horizontal=True))
    code = second.selectbox(WHICH, list(known), format_func=lambda name: _name(known[name]), key="life.code")
    by = ""
    if step is Step.CORRECTED:
        old = known[code].briefing
        new = [one.code for one in some if one.code != code and _same(one, old.kind, old.area)]
        if not new:
            st.caption(NO_NEW)
            return
        by = st.selectbox(NEW, new, format_func=lambda name: _name(known[name]), key="life.by")
    why = st.text_input(WHY, key="life.why")
    if not st.button(DO, key="life.do"):
        return
    try:
        if by:
            correct(loaded.study.root, code, by, why)
        else:
            withdraw(loaded.study.root, code, why)
    except SiluError as error:
        page.problem(error)
        return
    st.rerun()


def _same(one: Issued, kind: object, area: str) -> bool:
    return (one.briefing.kind, one.briefing.area) == (kind, area)


def _name(one: Issued) -> str:
    return f"{one.briefing.kind}　{one.briefing.area or CITY}　{one.briefing.day}　{one.code}"
