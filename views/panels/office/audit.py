"""The audit log as a page: its check, a search, the records and their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from accounts.audit.check import AuditCheck
from accounts.audit.log import Act, events
from accounts.sessions import OIDC, PASSWORD, PROXY
from reports.sentences.notes.audit import checked, found_events
from reports.sentences.notes.catalogue import tr
from survey.host.access import ROLES
from survey.readers.cells.dates import CHINA
from survey.storage.spreadsheets import csv_file
from survey.study.modes import MODES
from views.panels import page
from views.shell.markup import plain
from views.shell.navigation import all_pages
from views.shell.tables import show_table
from views.visitor.downloads import download

RECORDS = "审计记录"
EVERY = "全部"
LISTED = 500
"""Number of records that the page shows; the file holds all of them."""
TITLES = {path: title for pages in all_pages().values() for _, title, path in pages}
FIELDS: Mapping[str, str] = {
    "what": "", "page": "页面", "command": "命令", "version": "数据版本", "wave": "轮次", "mode": "方式", "way": "方式",
    "of": "账户", "to": "岗位", "district": "区县", "unit": "单位", "file": "文件", "files": "文件", "keys": "改动的项",
    "modified": "在这些文件里", "by": "由谁改动", "rows": "行数", "numbers": "图表", "area": "区域", "code": "核验码",
    "format": "格式", "shot": "图片", "host": "地址", "port": "端口", "name": "名称", "reason": "原因",
}  # fmt: skip
"""Field of a record -> its name on the page; other fields are options of commands, named as they are typed."""
WAYS: Mapping[str, str] = {PASSWORD: "口令", OIDC: "统一身份认证", PROXY: "反向代理"}
WHYS: Mapping[str, str] = {
    "wrong": "口令不对", "unknown": "没有这个账户", "locked": "试错太多，暂停", "disabled": "账户已停用",
    "late": "一次性口令过期", "address": "不是管理用的地址", "changed": "账户刚改过",
}  # fmt: skip
"""Why a login was refused; the login page never says so."""
VALUES: Mapping[str, Mapping[str, str]] = {"page": TITLES, "mode": MODES}
OWN = ("at", "who", "account", "role", "from", "act", "result", "number", "key", "mac", "above", "seal")
"""Fields with a column of their own, or that serve the chain alone; the others are what was done."""


def audit_table(lines: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return records as a table for readers, times of Beijing."""
    roles = {str(role): label for role, label in ROLES.items()}
    rows = [
        {
            tr("时间"): _time(str(line.get("at", ""))),
            tr("人"): line.get("who", ""),
            tr("用户名"): line.get("account", ""),
            tr("岗位"): roles.get(str(line.get("role", "")), ""),
            tr("来自"): line.get("from", "") or tr("本机"),
            tr("种类"): line.get("act", ""),
            tr("内容"): "；".join(_said(name, value) for name, value in line.items() if name not in OWN),
            tr("结果"): line.get("result", ""),
        }
        for line in lines
    ]
    return pd.DataFrame(
        rows, columns=[tr("时间"), tr("人"), tr("用户名"), tr("岗位"), tr("来自"), tr("种类"), tr("内容"), tr("结果")]
    )


def _said(name: str, value: Any) -> str:
    """Return a field of a record in words."""
    label, words = FIELDS.get(name, name), _words(name, value)
    return f"{label}：{words}" if label else words


def _words(name: str, value: Any) -> str:
    if isinstance(value, Mapping | list):
        return "、".join(map(str, value)) or tr("无")
    if name == "way":
        way, _, why = str(value).partition("：")
        return "：".join(one for one in (WAYS.get(way, way), WHYS.get(why, why)) if one)
    if name == "to":
        return {str(role): label for role, label in ROLES.items()}.get(str(value), tr("没有岗位"))
    return VALUES.get(name, {}).get(str(value), str(value))


def _time(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return text


def show_audit(root: Path, found: AuditCheck) -> None:
    """Draw the check of the chain, the search, the records found, and their download.

    Args:
        root: folder of the study.
        found: from `check_log`.
    """
    if found.faults:
        st.error(plain(str(checked(found))))
    for fault in found.faults:
        st.caption(plain(fault))
    who, act, since, until = st.columns(4)
    wanted = {
        "who": who.text_input(tr("人（姓名或用户名的一部分）"), key="audit.who").strip(),
        "act": str(act.selectbox(tr("种类"), [EVERY, *map(str, Act)], key="audit.act")).replace(EVERY, ""),
        "since": _day(since.date_input(tr("从"), None, key="audit.since")),
        "until": _day(until.date_input(tr("到"), None, key="audit.until")),
    }
    lines = events(root, **wanted)
    if not lines:
        page.empty(tr("没有这样的记录。"))
        return
    page.note(found_events(lines, LISTED))
    table = audit_table(lines)
    show_table(table.head(LISTED), most=600)
    facts = {"what": RECORDS, "rows": len(table), **{f"by_{key}": one for key, one in wanted.items() if one}}
    download(tr("下载（CSV）"), partial(csv_file, table, []), "audit.csv", facts, mime="text/csv", key="audit.csv")


def _day(value: Any) -> str:
    return value.isoformat() if value else ""
