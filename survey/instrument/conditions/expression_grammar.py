"""Parse routing conditions into trees of frozen nodes.

    condition  = conjunction { ("or" | "||") conjunction }
    conjunction = test { ("and" | "&&") test }
    test       = value comparison value | value ("empty" | "notempty") | negation | "(" condition ")"
    negation   = ("!" | "negate" | "not") ( "(" condition ")" | value ("empty" | "notempty") )
    value      = "{" name "}" | number | text | word | "[" value { "," value } "]"

This is the boolean part of SurveyJS's expression language, without functions and arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from survey.errors import QuestionnaireError

COMPARISON_WORDS: Mapping[str, str] = {
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
    "contains": "contains",
    "contain": "contains",
    "*=": "contains",
    "notcontains": "notcontains",
    "notcontain": "notcontains",
    "anyof": "anyof",
    "allof": "allof",
    "noneof": "noneof",
}
"""Notation of a comparison -> its name."""
EMPTINESS = frozenset({"empty", "notempty"})
NEGATIONS = frozenset({"!", "negate", "not"})
CONNECTIVES: Mapping[str, str] = {"and": "and", "&&": "and", "or": "or", "||": "or"}
LITERALS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}

TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>\{[^{}]+\})
    | (?P<text>'(?:\\['"]|[^'"])*'|"(?:\\['"]|[^'"])*")
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9A-Za-z_]))
    | (?P<sign><=|=<|>=|=>|==|!=|<>|\*=|&&|\|\||[=<>!()\[\],])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Const:
    """A number, text, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Variable:
    """The answer to a question: "A1", a matrix cell "E.E3", or the other text "B1-Comment"."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    """A list of values in brackets."""

    items: tuple[Const | Variable, ...]


Operand = Const | Variable | Array


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values; `operator` is a key of `survey.instrument.conditions.surveyjs_values.COMPARISONS`."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Empty:
    """A test for a missing answer (or, `negated`, for an answer)."""

    operand: Operand
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a condition."""

    condition: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by "and" or by "or"."""

    operator: str
    parts: tuple[Node, ...]


Node = Compare | Empty | Not | Logic


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
            raise _error(text, len(text) - len(rest) + 1, rest[:8].rstrip())
        kind = match.lastgroup
        yield Token(kind, match[kind], match.start(kind) + 1)
        place = match.end()
    yield Token("end", "", len(text) + 1)


def _error(text: str, place: int, got: str) -> QuestionnaireError:
    return QuestionnaireError(
        "显示条件写法不对",
        where=f"“{text}”第 {place} 个字符",
        got=got or "（到此结束）",
        expected="形如 {A1} = 1、{B1} anyof [1, 2]、{C1} notempty，用 and、or、! 和括号连接",
    )


class Parser:
    """Recursive-descent parser of one condition."""

    def __init__(self, text: str) -> None:
        """Split the text into tokens."""
        self.text = text
        self._tokens = list(tokens(text))
        self._next = 0

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

    def _wrong(self) -> QuestionnaireError:
        return _error(self.text, self._peek.place, self._peek.text)

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
        return self._joined("or", self._conjunction)

    def _conjunction(self) -> Node:
        return self._joined("and", self._test)

    def _joined(self, operator: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while CONNECTIVES.get(self._word()) == operator:
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Logic(operator, tuple(parts))

    def _test(self) -> Node:
        if self._word() in NEGATIONS:
            self._take()
            return Not(self._bracketed() if self._at("(") else self._emptiness(self._operand()))
        if self._at("("):
            return self._bracketed()
        left = self._operand()
        operator = COMPARISON_WORDS.get(self._word())
        if operator is None:
            return self._emptiness(left)
        self._take()
        return Compare(operator, left, self._operand())

    def _bracketed(self) -> Node:
        self._expect("(")
        node = self._condition()
        self._expect(")")
        return node

    def _emptiness(self, operand: Operand) -> Node:
        if self._word() not in EMPTINESS:
            raise self._wrong()
        return Empty(operand, negated=self._take().text.lower() == "notempty")

    def _operand(self) -> Operand:
        if self._at("["):
            return self._array()
        return self._atom()

    def _array(self) -> Array:
        self._expect("[")
        items = [self._atom()]
        while self._at(","):
            self._take()
            items.append(self._atom())
        self._expect("]")
        return Array(tuple(items))

    def _atom(self) -> Const | Variable:
        reader = READERS.get(self._peek.kind)
        if reader is None:
            raise self._wrong()
        return reader(self._take().text)


def _number(text: str) -> Const:
    return Const(float(text) if "." in text else int(text))


def _text(text: str) -> Const:
    return Const(re.sub(r"\\(['\"])", r"\1", text[1:-1]))


def _bare(text: str) -> Const:
    return Const(LITERALS.get(text.lower(), text))


def _name(text: str) -> Variable:
    return Variable(text[1:-1].strip())


READERS: Mapping[str, Callable[[str], Const | Variable]] = {
    "name": _name,
    "number": _number,
    "text": _text,
    "word": _bare,
}
"""Kind of token -> function that reads its value."""
