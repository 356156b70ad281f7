"""Read study.toml and check it key by key; errors name the line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from survey.errors import StudyError
from survey.host.names import path_fault, text_fault
from survey.host.permissions import check_group
from survey.storage.tables import read_toml
from survey.study.weighting import METHOD_LABELS, METHODS

SUPPRESSION, LEAST_SUPPRESSION = 10, 5
"""Minimum of answers in a cell that is shown: the default, and the smallest value that a study can set."""

FALSE_CALLS, LEAST_FALSE_CALLS, MOST_FALSE_CALLS = 0.10, 0.01, 0.30
"""Accepted probability that 确认薄弱 or 达标 is wrong: the default, and the limits of what a study can set."""

LONGEST_KEPT = 36_500
"""Days that anything may be kept at most."""

BACKUP_HOURS, BACKUP_KEEP = 24, 30
"""Hours between two backups, and how many are kept, unless [backup] says otherwise."""

AUTO, RJIEBA, JIEBA = SEGMENTERS = ("auto", "rjieba", "jieba")
"""Values of [text] segmenter: the word segmenter; auto means rjieba if installed, else jieba."""

Check = Callable[[Any], str]
"""Function that returns the expected value in Chinese, or "" for a valid one."""


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One key of a table: Chinese name, check, and whether it is required."""

    label: str
    check: Check
    required: bool = True


def _text(value: Any) -> str:
    return text_fault(value) if isinstance(value, str) and value.strip() else "一段文字，不能为空"


def _file_name(value: Any) -> str:
    return _text(value) or path_fault(Path(value))


def _optional_text(value: Any) -> str:
    return text_fault(value) if isinstance(value, str) else "一段文字（写在引号里）"


def _day(value: Any) -> str:
    return "" if type(value) is date else "日期，写作 2026-11-03，不加引号"


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "true 或 false"


def _percent(value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if number and 0 <= value <= 100 else "0 到 100 之间的数（百分数）"


def _texts(value: Any) -> str:
    good = isinstance(value, list) and value and all(isinstance(entry, str) and entry for entry in value)
    return "" if good else '至少一项的列表，例如 ["household"]'


def _name(value: Any) -> str:
    good = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,16}", value)
    return "" if good else "1 到 16 个字母、数字、下划线或连字符，例如 W1"


def _suppression(value: Any) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= LEAST_SUPPRESSION
    return "" if good else f"不小于 {LEAST_SUPPRESSION} 的整数（少于这个人数的单元格不显示）"


def _false_calls(value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    good = number and LEAST_FALSE_CALLS <= value <= MOST_FALSE_CALLS
    return "" if good else f"{LEAST_FALSE_CALLS:g} 到 {MOST_FALSE_CALLS:g} 之间的数，常用 {FALSE_CALLS:g}（即 10%）"


def _hours(value: Any) -> str:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 24 * 31
    return "" if good else "1 到 744 之间的小时数"


def _days(least: int, most: int) -> Check:
    """Check for a whole number of days."""
    good = range(least, most + 1)
    return lambda value: "" if type(value) is int and value in good else f"{least} 到 {most:,} 之间的天数"


def _count(value: Any) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return "" if good else "不小于 1 的整数"


def _method(value: Any) -> str:
    known = "、".join(f'"{name}"（{label}）' for name, label in METHOD_LABELS.items())
    return "" if value in METHODS else known


def _multiple(value: Any) -> str:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 100
    return "" if good else "1 到 100 之间的倍数，常用 6；不截断就不写"


def _segmenter(value: Any) -> str:
    return "" if value in SEGMENTERS else "、".join(f'"{name}"' for name in SEGMENTERS)


def _kind(value: Any) -> str:
    return "" if value in ("real", "mock") else '"real"（真实调查）或 "mock"（模拟数据）'


TABLES: Mapping[str, Mapping[str, SettingKey]] = {
    "study": {
        "title": SettingKey("调查名称", _text),
        "organiser": SettingKey("组织单位", _text),
        "data": SettingKey("数据性质", _kind),
    },
    "approval": {
        "number": SettingKey("批准文号", _optional_text),
        "authority": SettingKey("批准机关", _optional_text, required=False),
        "expires": SettingKey("有效期至", _day, required=False),
        "lock": SettingKey("过期是否禁止调查", _flag, required=False),
    },
    "files": {
        "questionnaire": SettingKey("问卷文件", _file_name, required=False),
        "frame": SettingKey("抽样框文件", _file_name, required=False),
        "margins": SettingKey("人口结构文件", _file_name, required=False),
        "targets": SettingKey("目标值文件", _file_name, required=False),
    },
    "access": {"group": SettingKey("共用文件的用户组", _optional_text, required=False)},
    "backup": {
        "target": SettingKey("备份到哪个文件夹", _file_name),
        "hours": SettingKey("每隔几小时备份一次", _hours, required=False),
        "keep": SettingKey("保留最近几份", _count, required=False),
        "recipients": SettingKey("加密用的公钥", _texts, required=False),
    },
    "retention": {
        "contacts": SettingKey("联系信息的保存天数", _days(30, 90), required=False),
        "raw": SettingKey("原始资料的保存天数", _days(30, LONGEST_KEPT), required=False),
        "texts": SettingKey("留言原文的保存天数", _days(30, LONGEST_KEPT), required=False),
        "answers": SettingKey("答卷的保存天数", _days(30, LONGEST_KEPT), required=False),
        "logs": SettingKey("查看和导出记录的保存天数", _days(180, LONGEST_KEPT), required=False),
        "hold": SettingKey("暂停删除的原因", _optional_text, required=False),
    },
    "weighting": {
        "method": SettingKey("加权方法", _method, required=False),
        "trim": SettingKey("权数截断倍数", _multiple, required=False),
    },
    "disclosure": {"suppression": SettingKey("最小显示人数", _suppression, required=False)},
    "publish": {"auto": SettingKey("新答卷够数就自动公布", _flag, required=False)},
    "verdict": {"false_calls": SettingKey("允许错判的比例", _false_calls, required=False)},
    "text": {"segmenter": SettingKey("分词引擎", _segmenter, required=False)},
    "waves": {
        "name": SettingKey("轮次代号", _name),
        "title": SettingKey("轮次名称", _text),
        "start": SettingKey("开始日期", _day),
        "end": SettingKey("结束日期", _day),
        "modes": SettingKey("调查方式", _texts),
    },
    "thresholds": {
        "name": SettingKey("门槛名称", _text),
        "value": SettingKey("门槛值", _percent),
        "source": SettingKey("出处", _text),
        "date": SettingKey("出处日期", _day),
        "measure": SettingKey("指标", _text, required=False),
        "item": SettingKey("题目", _text, required=False),
    },
}
"""Table -> key -> rule. `waves` and `thresholds` are lists of tables ([[waves]])."""
LISTS = frozenset({"waves", "thresholds"})
REQUIRED = ("study", "approval", "waves")


@dataclass(frozen=True, slots=True)
class Settings:
    """The validated content of study.toml.

    Attributes:
        path: the file.
        tables: table -> its keys, or a list of these for `waves` and `thresholds`.
        text: the text of the file, for line numbers.
    """

    path: Path
    tables: Mapping[str, Any]
    text: str

    def get(self, table: str, key: str, default: Any) -> Any:
        """Return a value of a single table, or the default if it is not set."""
        return self.tables.get(table, {}).get(key, default)

    def place(self, table: str, index: int = 0, key: str = "") -> str:
        """Return the place of a key for error messages: file, line, table and key."""
        line = _line(self.text, table, index, key)
        name = f"[[{table}]] 第 {index + 1} 个" if table in LISTS else f"[{table}]"
        return " ".join(filter(None, (self.path.name, f"第 {line} 行" if line else "", name, key)))


def read_settings(path: Path) -> Settings:
    """Read and check study.toml.

    Raises:
        StudyError: the file is missing, is not TOML, lacks a key, or has a value of the wrong type.
    """
    try:
        tables, text = read_toml(path)
    except FileNotFoundError as error:
        raise StudyError(
            "这里没有 study.toml，不是一个调查文件夹", where=str(path.parent), cure="用 silu init 目录名 新建一个调查"
        ) from error
    settings = Settings(path, tables, text)
    _check_names(settings)
    for table, index, entry in _entries(settings):
        _check_table(settings, table, index, entry)
    return settings


def shared_group(root: Path) -> str:
    """Return the group of this machine that shares the files of a study (`[access] group`); "" for none.

    Raises:
        ArgumentError: this machine has no such group.
    """
    path = root / "study.toml"
    try:
        group = read_toml(path)[0].get("access", {}).get("group", "")
    except (OSError, StudyError, AttributeError):
        return ""  # the next reader of the settings reports the error
    if not isinstance(group, str):
        return ""
    check_group(group, f"{path.name} [access] group")
    return group


def _check_names(settings: Settings) -> None:
    for table in settings.tables:
        near = difflib.get_close_matches(table, TABLES, 1, 0.75)
        if table not in TABLES and near:
            raise StudyError("study.toml 有不认识的一节", where=settings.place(table), expected=f"[{near[0]}]")
    for table in REQUIRED:
        if table not in settings.tables:
            header = f"[[{table}]]" if table in LISTS else f"[{table}]"
            raise StudyError("study.toml 缺少一节", where=str(settings.path), expected=header)


def _entries(settings: Settings) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    for table, value in settings.tables.items():
        if table not in TABLES:
            continue
        listed = value if table in LISTS and isinstance(value, list) else [value]
        for index, entry in enumerate(listed):
            if not isinstance(entry, dict) or (table in LISTS) is not isinstance(value, list):
                header = f"[[{table}]]" if table in LISTS else f"[{table}]"
                raise StudyError("study.toml 的一节写法不对", where=settings.place(table), expected=f"以 {header} 开头")
            yield table, index, entry


def _check_table(settings: Settings, table: str, index: int, entry: Mapping[str, Any]) -> None:
    keys = TABLES[table]
    for name in entry:
        if name not in keys:
            near = difflib.get_close_matches(name, keys, 1, 0.0)
            raise StudyError("不认识的设置", where=settings.place(table, index, name), expected=f"是否想写 {near[0]}")
    for name, key in keys.items():
        if name not in entry and key.required:
            raise StudyError(f"缺少{key.label}", where=settings.place(table, index), expected=f"{name} = …")
        if name in entry and (expected := key.check(entry[name])):
            raise StudyError(
                f"{key.label}不对", where=settings.place(table, index, name), got=str(entry[name]), expected=expected
            )


def _line(text: str, table: str, index: int, key: str) -> int:
    """Return the line number, from 1, of a key in the index-th table of that name; 0 if not found."""
    header = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?\s*(#.*)?$")
    wanted = re.compile(rf"\s*{re.escape(key)}\s*=" if key else "")
    seen, inside = -1, False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            inside = bool(header.match(line))
            seen += inside
        if inside and seen == index and (not key or wanted.match(line)):
            return number
    return 0
