"""Split routing conditions into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from survey.errors import QuestionnaireError

TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>\{[^{}]+\})
    | (?P<text>'(?:\\['"]|[^'"])*'|"(?:\\['"]|[^'"])*")
    | (?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9A-Za-z_]))
    | (?P<sign><=|=<|>=|=>|==|!=|<>|\*=|&&|\|\||[=<>!()\[\],+\-*/%^])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    )""",
    re.VERBOSE,
)
REWRITTEN = re.compile(r"=>|=<|<>|equals")
"""Signs that survey-core replaces before parsing, within texts as well."""
NO_SIGNS = "引号里没有 =>、=<、<> 和 equals，手机问卷会改写它们"
EXPECTED = "形如 {A1} = 1、{B1} anyof [1, 2]、{C1} notempty、{D1} + {D2} > 3，用 and、or、! 和括号连接"


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a condition; `place` is its position in characters from 1."""

    kind: str
    text: str
    place: int


def tokens(text: str) -> Iterator[Token]:
    """Split a condition into tokens; raise QuestionnaireError at a character that starts none."""
    place = 0
    while rest := text[place:].lstrip():
        match = TOKEN.match(text, place)
        if not match or not match.lastgroup:
            raise wrong(text, len(text) - len(rest) + 1, rest[:8].rstrip())
        kind = match.lastgroup
        if kind == "text" and REWRITTEN.search(match[kind]):
            raise wrong(text, match.start(kind) + 1, match[kind], NO_SIGNS)
        yield Token(kind, match[kind], match.start(kind) + 1)
        place = match.end()
    yield Token("end", "", len(text) + 1)


def wrong(text: str, place: int, got: str, expected: str = EXPECTED) -> QuestionnaireError:
    """Return the error of a condition that is wrong at a place."""
    return QuestionnaireError(
        "显示条件写法不对", where=f"“{text}”第 {place} 个字符", got=got or "（到此结束）", expected=expected
    )
