"""TOML files of a study: read, every fault told in Chinese with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from survey.errors import StudyError

AT = re.compile(r"\(at line (\d+), column (\d+)\)")
FAULTS: Mapping[str, str] = {
    "Cannot declare": "同一节写了两次",
    "Cannot overwrite": "同一个设置写了两次",
    "Duplicate": "同一个设置写了两次",
    "Expected '='": "设置的名称后面缺少等号（要用英文的 =）",
    "Expected newline": "一行只能写一个设置，值后面有多余的内容",
    "Expected ']": "节的名称缺少右方括号",
    "Unterminated string": "引号没有成对",
    "Unclosed array": "方括号没有成对",
    "Unescaped": "引号里有反斜杠，要写成两个 \\\\",
    "Invalid value": "值的写法不对",
    "Invalid date": "日期的写法不对",
}
"""Beginning of what tomllib says -> what it means."""
CURE = '文字写在英文双引号里，如 title = "调查"；日期不加引号，如 2026-11-03；说明以 # 开头'
SHOWN = 60


def read_toml(path: Path) -> tuple[Mapping[str, Any], str]:
    """The tables of a TOML file, and its text.

    Raises:
        StudyError: it cannot be opened, is not UTF-8, or breaks the rules of TOML.
        FileNotFoundError: there is none.
    """
    text = _text(path)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        told = str(error)
        fault = next((chinese for start, chinese in FAULTS.items() if told.startswith(start)), "写法不对")
        place, line = _place(told, text)
        raise StudyError(
            f"{path.name} 不符合 TOML 格式：{fault}", where=f"{path}{place}", got=line, cure=CURE
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise StudyError(
            f"{path.name} 不是 UTF-8 编码",
            where=f"{path} 第 {line} 行",
            cure="用记事本打开，选“另存为”，编码选 UTF-8，再试一次",
        ) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StudyError(
            f"{path.name} 打不开：没有权限，或正被别的程序占用", where=str(path), cure="关闭编辑它的程序后重试"
        ) from error


def _place(told: str, text: str) -> tuple[str, str]:
    """Line and column of a fault in Chinese, and what stands there; the end of the file where none is told."""
    lines = text.splitlines() or [""]
    found = AT.search(told)
    number, column = (int(found[1]), int(found[2])) if found else (len(lines), 0)
    place = f" 第 {number} 行" + (f"第 {column} 个字附近" if column else "（文件末尾）")
    return place, lines[min(number, len(lines)) - 1].strip()[:SHOWN]
