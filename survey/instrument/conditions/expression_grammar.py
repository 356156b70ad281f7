"""Parse routing conditions into syntax trees, with the grammar and the precedence of survey-core 2.5.38.

    condition   = conjunction { ("or" | "||") conjunction }
    conjunction = comparison { ("and" | "&&") comparison }
    comparison  = sum { ("=" | "<>" | "<" | ...) sum }
    sum         = product { ("+" | "-") product }
    product     = power { ("*" | "/" | "%") power }
    power       = membership { ("^" | "power") membership }
    membership  = factor { ("contains" | "anyof" | ...) factor }
    factor      = "(" condition ")" | name "(" [ condition { "," condition } ] ")" | ("!" | "negate") factor
                | value [ "empty" | "notempty" ] | "[" [ condition { "," condition } ] "]"
    value       = "{" name "}" | [ "-" ] number | text | word

Stricter than survey-core, which accepts missing brackets and evaluates unknown functions as false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from survey.errors import QuestionnaireError
from survey.instrument.conditions.functions import FUNCTIONS, refusal
from survey.instrument.conditions.syntax import (
    Arithmetic,
    Array,
    Call,
    Compare,
    Const,
    Empty,
    Logic,
    Node,
    Not,
    Variable,
)
from survey.instrument.conditions.tokens import EXPECTED, Token, tokens, wrong

COMPARISON_SIGNS: Mapping[str, str] = {
    "<=": "lessorequal",
    "=<": "lessorequal",
    ">=": "greaterorequal",
    "=>": "greaterorequal",
    "==": "equal",
    "=": "equal",
    "!=": "notequal",
    "<>": "notequal",
    "<": "less",
    ">": "greater",
    "lessorequal": "lessorequal",
    "greaterorequal": "greaterorequal",
    "equal": "equal",
    "equals": "equal",
    "notequal": "notequal",
    "notequals": "notequal",
    "less": "less",
    "greater": "greater",
}
"""Notation of a comparison -> its name."""
MEMBERSHIP_SIGNS: Mapping[str, str] = {
    "contains": "contains",
    "contain": "contains",
    "*=": "contains",
    "notcontains": "notcontains",
    "notcontain": "notcontains",
    "anyof": "anyof",
    "allof": "allof",
    "noneof": "noneof",
}
"""Notation of a comparison with members of a list -> its name; these bind closest."""
SUM_SIGNS: Mapping[str, str] = {"+": "plus", "-": "minus"}
PRODUCT_SIGNS: Mapping[str, str] = {"*": "mul", "/": "div", "%": "mod"}
POWER_SIGNS: Mapping[str, str] = {"^": "power", "power": "power"}
EMPTINESS = frozenset({"empty", "notempty"})
NEGATIONS = frozenset({"!", "negate"})
CONNECTIVES: Mapping[str, str] = {"and": "and", "&&": "and", "or": "or", "||": "or"}
Joining = Callable[[str, Node, Node], Node]
DEEPEST = 100
"""Levels of brackets; deeper ones are refused."""


class Parser:
    """Recursive-descent parser of one condition."""

    def __init__(self, text: str) -> None:
        """Split the text into tokens."""
        self.text = text
        self._tokens = list(tokens(text))
        self._next = 0
        self._depth = 0

    def parse(self) -> Node:
        """Parse the whole text as one condition."""
        node = self._condition()
        if self._peek.kind != "end":
            raise self._wrong()
        return node

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._peek
        self._next += token.kind != "end"
        return token

    def _wrong(self, expected: str = EXPECTED) -> QuestionnaireError:
        return wrong(self.text, self._peek.place, self._peek.text, expected)

    def _at(self, sign: str) -> bool:
        return self._peek.kind == "sign" and self._peek.text == sign

    def _expect(self, sign: str) -> None:
        if not self._at(sign):
            raise self._wrong()
        self._take()

    def _word(self) -> str:
        """Return the next word or operator in lower case, "" for anything else."""
        return self._peek.text.lower() if self._peek.kind in ("word", "sign") else ""

    def _condition(self) -> Node:
        return self._joined("or", lambda: self._joined("and", self._comparison))

    def _joined(self, operator: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while CONNECTIVES.get(self._word()) == operator:
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Logic(operator, tuple(parts))

    def _comparison(self) -> Node:
        return self._chain(COMPARISON_SIGNS, Compare, self._sum)

    def _sum(self) -> Node:
        return self._chain(SUM_SIGNS, Arithmetic, self._product)

    def _product(self) -> Node:
        return self._chain(PRODUCT_SIGNS, Arithmetic, self._power)

    def _power(self) -> Node:
        return self._chain(POWER_SIGNS, Arithmetic, self._membership)

    def _membership(self) -> Node:
        return self._chain(MEMBERSHIP_SIGNS, Compare, self._factor)

    def _chain(self, signs: Mapping[str, str], node: Joining, part: Callable[[], Node]) -> Node:
        """Parse parts joined by operators of one rank, from left to right."""
        whole = part()
        while operator := signs.get(self._word()):
            self._take()
            whole = node(operator, whole, part())
        return whole

    def _factor(self) -> Node:
        if self._word() == "not" or (self._word() == "negate" and self._is_call()):
            raise self._refused(self._peek)
        if self._word() in NEGATIONS:
            self._take()
            return Not(self._nested(self._factor))
        if self._at("("):
            return self._nested(self._bracketed)
        if self._at("["):
            return Array(self._listed("[", "]"))
        if self._is_call():
            return self._call()
        value = self._value()
        if self._word() in EMPTINESS:
            return Empty(value, negated=self._take().text.lower() == "notempty")
        return value

    def _nested(self, part: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"括号不超过 {DEEPEST} 层")
        node = part()
        self._depth -= 1
        return node

    def _bracketed(self) -> Node:
        self._expect("(")
        node = self._condition()
        self._expect(")")
        return node

    def _is_call(self) -> bool:
        """Return whether a word is directly followed by a bracket."""
        token, following = self._peek, self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return token.kind == "word" and following.text == "(" and following.place == token.place + len(token.text)

    def _call(self) -> Node:
        token = self._take()
        if token.text not in FUNCTIONS:
            raise self._refused(token)
        arguments = self._nested(lambda: Array(self._listed("(", ")")))
        assert isinstance(arguments, Array)
        function = FUNCTIONS[token.text]
        if not function.least <= len(arguments.items) <= function.most:
            count = f"{function.least} 到 {function.most} 个参数"
            raise wrong(self.text, token.place, token.text, count)
        return Call(token.text, arguments.items)

    def _refused(self, token: Token) -> QuestionnaireError:
        return QuestionnaireError(
            f"条件用了不支持的函数 {token.text}",
            where=f"“{self.text}”第 {token.place} 个字符",
            expected="、".join(FUNCTIONS),
            cure=refusal(token.text),
        )

    def _listed(self, start: str, end: str) -> tuple[Node, ...]:
        """Parse values in brackets, separated by commas."""
        self._expect(start)
        if self._at(end):
            self._take()
            return ()
        items = [self._item(start)]
        while self._at(","):
            self._take()
            items.append(self._item(start))
        self._expect(end)
        return tuple(items)

    def _item(self, start: str) -> Node:
        item = self._nested(self._condition)
        if start == "[" and item == Const(None):
            raise wrong(self.text, self._tokens[self._next - 1].place, "null", "列表里是选项代码或文字；空白请用 empty")
        return item

    def _value(self) -> Node:
        minus = self._at("-")
        if minus:
            token, following = self._take(), self._peek
            if following.kind != "number" or following.place != token.place + 1:
                raise self._wrong()
        reader = READERS.get(self._peek.kind)
        if reader is None:
            raise self._wrong()
        value = reader(self._take().text)
        return Const(-value.value) if minus and isinstance(value, Const) else value


def _number(text: str) -> Const:
    return Const(float(text) if "." in text else int(text))


def _text(text: str) -> Const:
    return Const(re.sub(r"\\(['\"])", r"\1", text[1:-1]))


def _bare(text: str) -> Const:
    truth: Mapping[str, Any] = {"true": True, "false": False}
    return Const(None if text in ("null", "undefined") else truth.get(text.lower(), text))


def _name(text: str) -> Variable:
    return Variable(text[1:-1].strip())


READERS: Mapping[str, Callable[[str], Const | Variable]] = {
    "name": _name,
    "number": _number,
    "text": _text,
    "word": _bare,
}
"""Kind of token -> function that reads its value."""
