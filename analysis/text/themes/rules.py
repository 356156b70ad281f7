"""Boolean rules of the codebook: `车 & (乱放 | 没地方停) & !公交车`, tested on the words that a text has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*([&|!()]|[^\s&|!()]+)")
_MOST_NESTED = 20
Test = Callable[[Collection[str]], bool]
"""Tests whether a rule holds, given the words that a text has."""


class RuleSyntaxError(ValueError):
    """An invalid rule; the text gives the reason in Chinese."""


@dataclass(frozen=True, slots=True)
class ThemeRule:
    """One rule.

    Attributes:
        source: as written.
        triggers: words of which one must be in the text for the rule to hold.
        words: every word of the rule, also those that must be absent.
        test: whether it holds.
    """

    source: str
    triggers: tuple[str, ...]
    words: frozenset[str]
    test: Test


def parse_rule(source: str) -> ThemeRule:
    """Parse a rule; ! binds tighter than &, and & tighter than |.

    Raises:
        RuleSyntaxError: unbalanced brackets, a missing word, or only negations.
    """
    parser = _Parser(source)
    whole = parser.either(0)
    if parser.peek() is not None:
        raise RuleSyntaxError(f"“{parser.peek()}”处多出内容")
    if not whole.triggers:
        raise RuleSyntaxError("规则里没有要出现的词")
    return ThemeRule(source, tuple(dict.fromkeys(whole.triggers)), frozenset(parser.words), whole.test)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a rule; without triggers it may hold in a text with none of the rule's words.

    `word` is the word of a part that is one word, else "".
    """

    test: Test
    triggers: tuple[str, ...]
    word: str = ""


class _Parser:
    """Recursive descent parser over the tokens."""

    def __init__(self, source: str) -> None:
        self._tokens: Iterator[str] = iter(_TOKEN.findall(source))
        self._next: str | None = next(self._tokens, None)
        self.words: set[str] = set()

    def peek(self) -> str | None:
        return self._next

    def _take(self) -> str:
        taken, self._next = self._next, next(self._tokens, None)
        if taken is None:
            raise RuleSyntaxError("规则没有写完")
        return taken

    def either(self, depth: int) -> _Part:
        parts = [self._all(depth)]
        while self._next == "|":
            self._take()
            parts.append(self._all(depth))
        if len(parts) == 1:
            return parts[0]
        bound = all(part.triggers for part in parts)
        triggers = tuple(word for part in parts for word in part.triggers) if bound else ()
        if all(part.word for part in parts):
            words = frozenset(triggers)
            return _Part(lambda found: not words.isdisjoint(found), triggers)
        return _Part(_any_of([part.test for part in parts]), triggers)

    def _all(self, depth: int) -> _Part:
        parts = [self._one(depth)]
        while self._next == "&":
            self._take()
            parts.append(self._one(depth))
        # All parts must hold, so any one of them can trigger the rule: take the one with the rarest words.
        rarest = max(parts, key=lambda part: min(map(len, part.triggers), default=0))
        return parts[0] if len(parts) == 1 else _Part(_all_of([part.test for part in parts]), rarest.triggers)

    def _one(self, depth: int) -> _Part:
        if depth > _MOST_NESTED:
            raise RuleSyntaxError("括号嵌套太深")
        token = self._take()
        if token == "!":
            inner = self._one(depth + 1).test
            return _Part(lambda words: not inner(words), ())
        if token == "(":
            part = self.either(depth + 1)
            if self._next != ")":
                raise RuleSyntaxError("缺少右括号")
            self._take()
            return part
        if token in "&|)":
            raise RuleSyntaxError(f"“{token}”前面缺少词")
        self.words.add(token)
        return _Part(lambda words: token in words, (token,), token)


def _any_of(tests: Sequence[Test]) -> Test:
    return lambda words: any(each(words) for each in tests)


def _all_of(tests: Sequence[Test]) -> Test:
    if len(tests) == 2:  # nearly all rules, and several of them for every text
        one, other = tests
        return lambda words: one(words) and other(words)
    return lambda words: all(each(words) for each in tests)
