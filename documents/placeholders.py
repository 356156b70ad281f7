"""Placeholders of templates: their names, which of them a template must have, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MARKER = re.compile(r"\{([^{}]*)\}")
DECLARED = re.compile("^声明[:\uff1a]")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder.

    Attributes:
        meaning: what stands there, in Chinese.
        required: whether a template must have it.
    """

    meaning: str
    required: bool = False


SLIDE: Mapping[str, Placeholder] = {
    "标题": Placeholder("一页的标题", required=True),
    "内容": Placeholder("图、表和文字的区域", required=True),
    "标记": Placeholder("模拟数据、已撤回等标记", required=True),
    "来源": Placeholder("调查、日期、数据版本和核验码", required=True),
    "页码": Placeholder("第几页", required=True),
}
"""Placeholders of the layout of a slide."""
PAGE: Mapping[str, Placeholder] = {
    "标记": Placeholder("模拟数据、已撤回等标记", required=True),
    "密级": Placeholder("内部资料等"),
    "红头": Placeholder("红色的名称"),
    "文号": Placeholder("期号或文号"),
    "发文": Placeholder("红线上方左侧：发文单位"),
    "日期": Placeholder("红线上方右侧：日期"),
    "标题": Placeholder("标题", required=True),
    "主送": Placeholder("主送单位"),
    "正文": Placeholder("全部正文、图和表，单独占一段", required=True),
    "落款": Placeholder("落款单位"),
    "落款日期": Placeholder("落款日期"),
    "签字": Placeholder("签发、签收等手写栏"),
    "方法": Placeholder("数据质量和方法", required=True),
    "核验码": Placeholder("核验码", required=True),
    "二维码": Placeholder("核验码的二维码"),
    "发送": Placeholder("报、送、发各行"),
    "来源": Placeholder("调查、日期和数据版本"),
}
"""Placeholders of a document."""


def named(words: str) -> list[str]:
    """Return the names between braces in words, in order, without declared numbers."""
    return [name for one in MARKER.findall(words) if not DECLARED.match(name := one.strip())]


def undeclared(words: str) -> str:
    """Return words with blanks in place of everything between braces, so that columns stay the same."""
    return MARKER.sub(lambda one: " " * len(one.group()), words)


def shown(words: str) -> str:
    """Return words with declared numbers, such as {声明:12345}, as they are printed."""
    return MARKER.sub(
        lambda one: DECLARED.sub("", one.group(1)) if DECLARED.match(one.group(1)) else one.group(), words
    )
