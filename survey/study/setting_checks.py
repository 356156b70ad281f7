"""Checks of values in study.toml: each returns the expected value in Chinese, or "" for a valid one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from survey.host.names import path_fault, text_fault
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


def is_text(value: Any) -> str:
    """Check for a text that is not empty."""
    return text_fault(value) if isinstance(value, str) and value.strip() else "一段文字，不能为空"


def is_file_name(value: Any) -> str:
    """Check for a file name."""
    return is_text(value) or path_fault(Path(value))


def is_optional_text(value: Any) -> str:
    """Check for a text."""
    return text_fault(value) if isinstance(value, str) else "一段文字（写在引号里）"


def is_day(value: Any) -> str:
    """Check for a date."""
    return "" if type(value) is date else "日期，写作 2026-11-03，不加引号"


def is_flag(value: Any) -> str:
    """Check for true or false."""
    return "" if isinstance(value, bool) else "true 或 false"


def is_percent(value: Any) -> str:
    """Check for a percentage."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if number and 0 <= value <= 100 else "0 到 100 之间的数（百分数）"


def is_texts(value: Any) -> str:
    """Check for a list of texts."""
    good = isinstance(value, list) and value and all(isinstance(entry, str) and entry for entry in value)
    return "" if good else '至少一项的列表，例如 ["household"]'


def is_name(value: Any) -> str:
    """Check for the name of a wave."""
    good = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,16}", value)
    return "" if good else "1 到 16 个字母、数字、下划线或连字符，例如 W1"


def is_suppression(value: Any) -> str:
    """Check for the smallest cell shown."""
    good = isinstance(value, int) and not isinstance(value, bool) and value >= LEAST_SUPPRESSION
    return "" if good else f"不小于 {LEAST_SUPPRESSION} 的整数（少于这个人数的单元格不显示）"


def is_false_calls(value: Any) -> str:
    """Check for the accepted share of false verdicts."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    good = number and LEAST_FALSE_CALLS <= value <= MOST_FALSE_CALLS
    return "" if good else f"{LEAST_FALSE_CALLS:g} 到 {MOST_FALSE_CALLS:g} 之间的数，常用 {FALSE_CALLS:g}（即 10%）"


def is_hours(value: Any) -> str:
    """Check for hours between backups."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 24 * 31
    return "" if good else "1 到 744 之间的小时数"


def is_days(least: int, most: int) -> Check:
    """Return the check for a whole number of days in a range."""
    good = range(least, most + 1)
    return lambda value: "" if type(value) is int and value in good else f"{least} 到 {most:,} 之间的天数"


def is_count(value: Any) -> str:
    """Check for a positive whole number."""
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return "" if good else "不小于 1 的整数"


def is_method(value: Any) -> str:
    """Check for a method of weighting."""
    known = "、".join(f'"{name}"（{label}）' for name, label in METHOD_LABELS.items())
    return "" if value in METHODS else known


def is_multiple(value: Any) -> str:
    """Check for a multiple for trimming weights."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 100
    return "" if good else "1 到 100 之间的倍数，常用 6；不截断就不写"


def is_segmenter(value: Any) -> str:
    """Check for a word segmenter."""
    return "" if value in SEGMENTERS else "、".join(f'"{name}"' for name in SEGMENTERS)


def is_kind(value: Any) -> str:
    """Check for real or mock data."""
    return "" if value in ("real", "mock") else '"real"（真实调查）或 "mock"（模拟数据）'
