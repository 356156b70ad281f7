"""Codebook: the themes of open answers, in a hierarchy, each with its responsible unit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analysis.text.themes.rules import RuleSyntaxError, ThemeRule, parse_rule
from survey.errors import StudyError

_FIELDS = {"code", "name", "parent", "indicator", "group", "unit", "seeds", "rules", "exclude"}


@dataclass(frozen=True, slots=True)
class Theme:
    """One code.

    Attributes:
        code: key, letters and digits. name: display name. parent: heading above it, "" for none.
        indicator: indicator of the questionnaire about the same thing, "" for none; see `reports.owners`.
        group: professional group. unit: responsible unit. Both for studies whose questionnaire lacks the indicator.
        seeds: words of which any one indicates the theme. rules: boolean rules that indicate it too.
        exclude: phrases removed from the text before seeds and rules are matched.
    """

    code: str
    name: str
    parent: str
    indicator: str
    group: str
    unit: str
    seeds: tuple[str, ...]
    rules: tuple[ThemeRule, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """Themes in the order of the file."""

    themes: tuple[Theme, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in order."""
        return tuple(theme.code for theme in self.themes)

    def __getitem__(self, code: str) -> Theme:
        """Return the theme of a code; KeyError when there is none."""
        for theme in self.themes:
            if theme.code == code:
                return theme
        raise KeyError(code)


@lru_cache(maxsize=8)
def parse_codebook(text: str, where: str = "themes.toml") -> Codebook:
    """Read a codebook from TOML text.

    Raises:
        StudyError: with the line: not TOML, a field missing or unknown, a code twice, a rule that cannot be read,
            a theme with neither seeds nor rules.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{where} 第 {line.group(1) if line else text.count(chr(10)) + 1} 行"
        raise StudyError("主题码本不是有效的 TOML", where=place, cure="检查引号、逗号和方括号") from None
    entries = raw.get("theme")
    if not isinstance(entries, list) or not entries:
        raise StudyError("主题码本里没有主题", where=where, expected="一个或多个 [[theme]]")
    starts = [text[: match.start()].count("\n") + 1 for match in re.finditer(r"^[ \t]*\[\[theme\]\]", text, re.M)]
    themes: dict[str, Theme] = {}
    for number, entry in enumerate(entries):
        place = f"{where} 第 {starts[number]} 行" if number < len(starts) else where
        theme = _theme(entry, place)
        if theme.code in themes:
            raise StudyError("主题代码重复", where=place, got=theme.code, cure="每个主题用不同的 code")
        themes[theme.code] = theme
    return Codebook(tuple(themes.values()))


def _theme(entry: Mapping[str, Any], place: str) -> Theme:
    if unknown := sorted(set(entry) - _FIELDS):
        raise StudyError("主题里有不认识的项", where=place, got="、".join(unknown), expected="、".join(sorted(_FIELDS)))
    code, name = _string(entry, "code", place), _string(entry, "name", place)
    if not re.fullmatch(r"[A-Za-z][\w-]*", code) or not name:
        raise StudyError("主题缺少代码或名称", where=place, got=code or name, expected="code 用英文字母，name 用中文")
    rules = []
    for source in _strings(entry, "rules", place):
        try:
            rules.append(parse_rule(source))
        except RuleSyntaxError as error:
            raise StudyError(f"主题“{name}”的规则不能读：{error}", where=place, got=source) from None
    seeds = _strings(entry, "seeds", place)
    if not seeds and not rules:
        raise StudyError(
            f"主题“{name}”没有种子词，也没有规则", where=place, cure="在 seeds 里写上至少一个词，或删去该主题"
        )
    return Theme(
        code,
        name,
        parent=_string(entry, "parent", place),
        indicator=_string(entry, "indicator", place),
        group=_string(entry, "group", place),
        unit=_string(entry, "unit", place),
        seeds=seeds,
        rules=tuple(rules),
        exclude=_strings(entry, "exclude", place),
    )


def _string(entry: Mapping[str, Any], field: str, place: str) -> str:
    value = entry.get(field, "")
    if not isinstance(value, str):
        raise StudyError(f"主题的 {field} 应为文字", where=place, got=str(value))
    return value.strip()


def _strings(entry: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        raise StudyError(f"主题的 {field} 应为文字的列表", where=place, got=str(value)[:40], expected='["词", "词"]')
    return tuple(dict.fromkeys(each.strip() for each in value))
