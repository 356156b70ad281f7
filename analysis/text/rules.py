"""Boolean rules of the codebook: `车 & (乱放 | 没地方停) & !公交车`, words found anywhere in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*([&|!()]|[^\s&|!()]+)")
_MOST_NESTED = 20
Test = Callable[[str], bool]


class RuleSyntaxError(ValueError):
    """A rule that cannot be read; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its source, the words in it that are not negated, and the test itself."""

    source: str
    words: tuple[str, ...]
    test: Test


def parse_rule(source: str) -> Rule:
    """Read a rule; & binds more than |, ! binds most.

    Raises:
        RuleSyntaxError: brackets that do not match, a word missing, or nothing but negations.
    """
    parser = _Parser(source)
    test = parser.either(0)
    if parser.peek() is not None:
        raise RuleSyntaxError(f"“{parser.peek()}”处多出内容")
    if not parser.words:
        raise RuleSyntaxError("规则里没有要出现的词")
    return Rule(source, tuple(dict.fromkeys(parser.words)), test)


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, source: str) -> None:
        self._tokens: Iterator[str] = iter(_TOKEN.findall(source))
        self._next: str | None = next(self._tokens, None)
        self._negated = False
        self.words: list[str] = []

    def peek(self) -> str | None:
        return self._next

    def _take(self) -> str:
        taken, self._next = self._next, next(self._tokens, None)
        if taken is None:
            raise RuleSyntaxError("规则没有写完")
        return taken

    def either(self, depth: int) -> Test:
        tests = [self._all(depth)]
        while self._next == "|":
            self._take()
            tests.append(self._all(depth))
        return tests[0] if len(tests) == 1 else lambda text: any(test(text) for test in tests)

    def _all(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._next == "&":
            self._take()
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda text: all(test(text) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > _MOST_NESTED:
            raise RuleSyntaxError("括号嵌套太深")
        token = self._take()
        if token == "!":
            outer, self._negated = self._negated, not self._negated
            inner = self._one(depth + 1)
            self._negated = outer
            return lambda text: not inner(text)
        if token == "(":
            inner = self.either(depth + 1)
            if self._next != ")":
                raise RuleSyntaxError("缺少右括号")
            self._take()
            return inner
        if token in "&|)":
            raise RuleSyntaxError(f"“{token}”前面缺少词")
        if not self._negated:
            self.words.append(token)
        return lambda text: token in text
