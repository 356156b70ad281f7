"""One thing the lint found in a questionnaire file."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class LintFinding:
    """What is wrong, and where.

    Attributes:
        level: an "error" keeps the file from being read; a "warning" does not.
        path: place in the JSON, such as "pages[1].elements[0].measurePositive".
        subject: the question or page, for people; "" for the file.
        what: what is wrong.
        got: what stands there.
        expected: what should.
        cure: what to do.
    """

    level: Level
    path: str
    subject: str
    what: str
    got: str = ""
    expected: str = ""
    cure: str = ""

    def __str__(self) -> str:
        """One line, in Chinese."""
        mark = "错误" if self.level == "error" else "提醒"
        parts = (("读到", self.got), ("应为", self.expected), ("处理办法", self.cure))
        details = "；".join(f"{label}：{text}" for label, text in parts if text)
        where = "，".join(filter(None, (self.subject, self.path)))
        return f"[{mark}] {where}：{self.what}" + (f"（{details}）" if details else "")


@dataclass(frozen=True, slots=True)
class Place:
    """An element of the file and where it stands."""

    page: int
    element: Mapping[str, Any]
    around: tuple[str, ...]
    path: str

    @property
    def name(self) -> str:
        """The question's name."""
        return str(self.element["name"])

    def error(self, key: str, what: str, *, got: object = "", expected: str = "", cure: str = "") -> LintFinding:
        """An error at one of its properties."""
        return self._finding("error", key, what, got=got, expected=expected, cure=cure)

    def warning(self, key: str, what: str, *, got: object = "", expected: str = "", cure: str = "") -> LintFinding:
        """A warning at one of its properties."""
        return self._finding("warning", key, what, got=got, expected=expected, cure=cure)

    def _finding(self, level: Level, key: str, what: str, *, got: object, expected: str, cure: str) -> LintFinding:
        path = f"{self.path}.{key}" if key else self.path
        return LintFinding(level, path, self.name, what, got=str(got), expected=expected, cure=cure)


def nearest(name: str, known: Collection[str], cutoff: float = 0.75) -> str:
    """The known name that a misspelt one most likely means, or ""."""
    matches = difflib.get_close_matches(name, known, 1, cutoff)
    return matches[0] if matches else ""
