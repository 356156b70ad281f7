"""Read study.toml and check it key by key; errors name the line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from survey.errors import StudyError
from survey.host.engine import engine_fault, master_fault, memory_fault, spill_fault
from survey.host.permissions import check_group
from survey.storage.tables import read_toml
from survey.study.setting_checks import (
    AUTO,
    BACKUP_HOURS,
    BACKUP_KEEP,
    FALSE_CALLS,
    JIEBA,
    LEAST_FALSE_CALLS,
    LEAST_SUPPRESSION,
    LONGEST_KEPT,
    MOST_FALSE_CALLS,
    RJIEBA,
    SEGMENTERS,
    SUPPRESSION,
    Check,
    is_count,
    is_day,
    is_days,
    is_false_calls,
    is_file_name,
    is_flag,
    is_hours,
    is_kind,
    is_method,
    is_multiple,
    is_name,
    is_optional_text,
    is_percent,
    is_segmenter,
    is_suppression,
    is_text,
    is_texts,
)

__all__ = [
    "AUTO",
    "BACKUP_HOURS",
    "BACKUP_KEEP",
    "FALSE_CALLS",
    "JIEBA",
    "LEAST_FALSE_CALLS",
    "LEAST_SUPPRESSION",
    "LONGEST_KEPT",
    "MOST_FALSE_CALLS",
    "RJIEBA",
    "SEGMENTERS",
    "SUPPRESSION",
    "Settings",
    "read_settings",
    "shared_group",
]


FILES: Mapping[str, str] = MappingProxyType(
    {"questionnaire": "questionnaire.json"} | {key: f"{key}.csv" for key in ("frame", "margins", "targets")}
)
"""Default names of the files of a study, which [files] may change."""


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One key of a table: Chinese name, check, and whether it is required."""

    label: str
    check: Check
    required: bool = True


TABLES: Mapping[str, Mapping[str, SettingKey]] = {
    "study": {
        "title": SettingKey("调查名称", is_text),
        "organiser": SettingKey("组织单位", is_text),
        "data": SettingKey("数据性质", is_kind),
    },
    "approval": {
        "number": SettingKey("批准文号", is_optional_text),
        "authority": SettingKey("批准机关", is_optional_text, required=False),
        "expires": SettingKey("有效期至", is_day, required=False),
        "lock": SettingKey("过期是否禁止调查", is_flag, required=False),
    },
    "files": {
        "questionnaire": SettingKey("问卷文件", is_file_name, required=False),
        "frame": SettingKey("抽样框文件", is_file_name, required=False),
        "margins": SettingKey("人口结构文件", is_file_name, required=False),
        "targets": SettingKey("目标值文件", is_file_name, required=False),
    },
    "access": {"group": SettingKey("共用文件的用户组", is_optional_text, required=False)},
    "backup": {
        "target": SettingKey("备份到哪个文件夹", is_file_name),
        "hours": SettingKey("每隔几小时备份一次", is_hours, required=False),
        "keep": SettingKey("保留最近几份", is_count, required=False),
        "recipients": SettingKey("加密用的公钥", is_texts, required=False),
    },
    "retention": {
        "contacts": SettingKey("联系信息的保存天数", is_days(30, 90), required=False),
        "raw": SettingKey("原始资料的保存天数", is_days(30, LONGEST_KEPT), required=False),
        "texts": SettingKey("留言原文的保存天数", is_days(30, LONGEST_KEPT), required=False),
        "answers": SettingKey("答卷的保存天数", is_days(30, LONGEST_KEPT), required=False),
        "logs": SettingKey("查看和导出记录的保存天数", is_days(180, LONGEST_KEPT), required=False),
        "hold": SettingKey("暂停删除的原因", is_optional_text, required=False),
    },
    "weighting": {
        "method": SettingKey("加权方法", is_method, required=False),
        "trim": SettingKey("权数截断倍数", is_multiple, required=False),
    },
    "disclosure": {"suppression": SettingKey("最小显示人数", is_suppression, required=False)},
    "map": {"approval": SettingKey("审图号", is_optional_text, required=False)},
    "publish": {"auto": SettingKey("新答卷够数就自动公布", is_flag, required=False)},
    "verdict": {"false_calls": SettingKey("允许错判的比例", is_false_calls, required=False)},
    "engine": {
        "engine": SettingKey("计算引擎", engine_fault, required=False),
        "master": SettingKey("Spark 地址", master_fault, required=False),
        "memory": SettingKey("内存上限", memory_fault, required=False),
        "spill": SettingKey("暂存文件夹", spill_fault, required=False),
        "store": SettingKey("集群看到的答卷库", is_text, required=False),
    },
    "text": {"segmenter": SettingKey("分词引擎", is_segmenter, required=False)},
    "waves": {
        "name": SettingKey("轮次代号", is_name),
        "title": SettingKey("轮次名称", is_text),
        "start": SettingKey("开始日期", is_day),
        "end": SettingKey("结束日期", is_day),
        "modes": SettingKey("调查方式", is_texts),
    },
    "thresholds": {
        "name": SettingKey("门槛名称", is_text),
        "value": SettingKey("门槛值", is_percent),
        "source": SettingKey("出处", is_text),
        "date": SettingKey("出处日期", is_day),
        "measure": SettingKey("指标", is_text, required=False),
        "item": SettingKey("题目", is_text, required=False),
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
