"""Findings in a questionnaire file: errors, warnings, and notes on what was completed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning", "note"]

MARKS: Mapping[Level, str] = {"error": "错误", "warning": "提醒", "note": "补全"}
EXPECTED: Mapping[Level, str] = {"error": "应为", "warning": "应为", "note": "已补"}
"""Label of the expected or completed value."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One problem and its place.

    Attributes:
        level: an "error" prevents the file from being read, a "warning" does not; a "note" states what was completed.
        path: JSON path, such as "pages[1].elements[0].measurePositive".
        subject: question or page as shown to users; "" for the file.
        what: the problem.
        got: the value found.
        expected: the value expected.
        cure: how to correct it.
    """

    level: Level
    path: str
    subject: str
    what: str
    got: str = ""
    expected: str = ""
    cure: str = ""

    def __str__(self) -> str:
        """Return one line in Chinese."""
        parts = (("读到", self.got), (EXPECTED[self.level], self.expected), ("处理办法", self.cure))
        details = "；".join(f"{label}：{text}" for label, text in parts if text)
        where = "，".join(filter(None, (self.subject, self.path)))
        return f"[{MARKS[self.level]}] {where}：{self.what}" + (f"（{details}）" if details else "")


@dataclass(frozen=True, slots=True)
class Place:
    """An element of the file and its place."""

    page: int
    element: Mapping[str, Any]
    around: tuple[str, ...]
    path: str

    @property
    def name(self) -> str:
        """The name of the question."""
        return str(self.element["name"])

    def error(self, key: str, what: str, *, got: object = "", expected: str = "", cure: str = "") -> LintFinding:
        """Return an error at one of its properties."""
        return self._finding("error", key, what, got=got, expected=expected, cure=cure)

    def warning(self, key: str, what: str, *, got: object = "", expected: str = "", cure: str = "") -> LintFinding:
        """Return a warning at one of its properties."""
        return self._finding("warning", key, what, got=got, expected=expected, cure=cure)

    def _finding(self, level: Level, key: str, what: str, *, got: object, expected: str, cure: str) -> LintFinding:
        path = f"{self.path}.{key}" if key else self.path
        return LintFinding(level, path, self.name, what, got=str(got), expected=expected, cure=cure)


def nearest(name: str, known: Collection[str], cutoff: float = 0.75) -> str:
    """Return the known name closest to a misspelt one, or ""."""
    matches = difflib.get_close_matches(name, known, 1, cutoff)
    return matches[0] if matches else ""
