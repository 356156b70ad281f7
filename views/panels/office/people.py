"""Users and rights: the list, a new account, changes to one, and a list of many; for security administrators."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from accounts import administration
from accounts.entry import Entry
from accounts.roster import Issued, read_roster, roster_csv
from accounts.users import User, all_users, check_name
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.access import ROLES, Role
from survey.host.person import NOBODY, Person, who_acts
from views.panels import page
from views.shell.tables import show_table
from views.visitor import session
from views.visitor.downloads import download

PASSWORDS = "一次性口令表"
ISSUED = "issued"
"""Key of the one-time passwords that were made last; the next change removes them."""
EVERYWHERE, NO_ROLE = "全部区县", "没有岗位"
ONCE = "一次性口令只显示这一次，请马上转交本人；本人第一次登录时换成自己的。"
COLUMNS = "列：用户名、姓名、岗位、区县、单位。不写岗位的是被测评单位，不写用户名的用单位名称。"


def label_of(role: Role | None) -> str:
    """Return the Chinese name of a role."""
    return ROLES[role] if role else NO_ROLE


def state_of(user: User, now: float) -> str:
    """Return what an administrator should know of an account; "" for nothing."""
    if user.disabled:
        return tr("已停用")
    if user.role is None:
        return tr("没有岗位，什么也看不到")
    if user.unused(now):
        return tr("久未登录，请核实是否停用")
    return tr("还没有设自己的口令") if user.once else ""


def people_table(users: Sequence[User], now: float) -> pd.DataFrame:
    """Return all accounts as a table for readers."""
    rows = [
        {
            tr("用户名"): user.name,
            tr("姓名"): user.display,
            tr("岗位"): label_of(user.role),
            tr("区县"): user.district or EVERYWHERE,
            tr("单位"): user.unit,
            tr("最近登录"): tr("从未")
            if user.seen is None
            else datetime.fromtimestamp(user.seen).strftime("%Y-%m-%d %H:%M"),
            tr("提醒"): state_of(user, now),
        }
        for user in users
    ]
    return pd.DataFrame(rows)


def show_issued() -> None:
    """Show the one-time passwords that were just made, and offer them as a file."""
    issued: tuple[Issued, ...] = st.session_state.pop(ISSUED, ())
    if not issued:
        return
    with st.container(border=True):
        st.markdown(f"**{ONCE}**")
        st.code("\n".join(f"{one.user.name}  {one.password}" for one in issued), language=None)
        facts = {"what": PASSWORDS, "rows": len(issued)}
        download(
            tr("下载口令表"),
            lambda: roster_csv(issued).encode("utf-8-sig"),
            tr("一次性口令.csv"),
            facts,
            mime="text/csv",
        )


def add_form(entry: Entry) -> None:
    """Add one account."""
    with st.form("add", clear_on_submit=True):
        left, right = st.columns(2)
        name = left.text_input(tr("用户名"), placeholder=tr("汉字、字母、数字，2 到 32 个字"))
        display = right.text_input(tr("姓名"))
        left, right = st.columns(2)
        role = left.selectbox(tr("岗位"), [None, *Role], format_func=label_of)
        district, unit = _scope(right, None)
        if st.form_submit_button(tr("添加")):
            _do(lambda: _add(entry, [User(check_name(name), display or name, role, district, unit)]))


def list_form(entry: Entry) -> None:
    """Add the accounts of a list."""
    st.caption(COLUMNS)
    file = st.file_uploader(tr("名单（CSV）"), type=["csv"], key="roster")
    if file is not None and st.button(tr("按名单添加")):
        _do(lambda: _add(entry, _read(file.getvalue())))


def change_form(entry: Entry, users: Sequence[User]) -> None:
    """Change the role and scope of one account, reset its password, or switch it off."""
    user = st.selectbox(tr("账户"), users, format_func=lambda one: f"{one.display}（{one.name}）")
    if user is None:
        return
    with st.form("change"):
        left, right = st.columns(2)
        roles: list[Role | None] = [None, *Role]
        role = left.selectbox(tr("岗位"), roles, roles.index(user.role), label_of, key=f"role-{user.name}")
        district, unit = _scope(right, user)
        if st.form_submit_button(tr("授予")):
            _do(lambda: administration.grant(entry, _me(), user, role, district=district, unit=unit))
    with st.container(horizontal=True):
        if st.button(tr("重置口令")):
            _do(lambda: _issued((administration.reset(entry, _me(), user),)))
        if st.button(tr("恢复") if user.disabled else tr("停用")):
            _do(lambda: administration.switch(entry, _me(), user))


def show_people(entry: Entry) -> None:
    """Draw the whole page below its headline."""
    now = entry.clock.now()
    users = sorted(all_users(entry.file), key=lambda user: not state_of(user, now))
    show_issued()
    wide = {tr("提醒"): st.column_config.TextColumn(width="medium")}
    show_table(people_table(users, now), most=480, columns=wide)
    adding, changing, listing = st.tabs([tr("添加"), tr("更改"), tr("从名单添加")])
    with adding:
        add_form(entry)
    with changing:
        change_form(entry, users)
    with listing:
        list_form(entry)


def _scope(right: DeltaGenerator, user: User | None) -> tuple[str, str]:
    """Draw the fields of a scope, the first one in a column; return district and unit."""
    districts = ["", *session.settings().areas.population("district")]
    at = districts.index(user.district) if user is not None and user.district in districts else 0
    key = user.name if user is not None else "new"
    district = right.selectbox(tr("只看一个区县"), districts, at, lambda one: one or EVERYWHERE, key=f"district-{key}")
    unit = st.text_input(tr("责任单位"), user.unit if user is not None else "", key=f"unit-{key}")
    return str(district or ""), unit


def _me() -> Person:
    return who_acts() or NOBODY


def _add(entry: Entry, users: Sequence[User]) -> None:
    _issued(administration.add(entry, _me(), users))


def _issued(made: tuple[Issued, ...]) -> None:
    st.session_state[ISSUED] = made


def _read(content: bytes) -> tuple[User, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / tr("名单.csv")
        path.write_bytes(content)
        return read_roster(path)


def _do(change: Callable[[], object]) -> None:
    """Change something and draw the page anew, or say why not."""
    try:
        change()
    except SiluError as error:
        page.problem(error)
        return
    st.rerun()
