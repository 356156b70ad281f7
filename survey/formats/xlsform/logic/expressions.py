"""Parse the XPath expressions of an XLSForm into trees of frozen nodes.

    or < and < = != < relations < + - < * div mod < minus < ${name}, ., 'text', number, function(…), (…)

The parser accepts what ODK accepts, paths included, so that an unsupported part can be named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from survey.errors import QuestionnaireError

TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{[^{}]+\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>\d+(?:\.\d*)?|\.\d+)"
    r"|(?P<sign><=|>=|!=|[=<>(),+*|\[\]-])|(?P<path>\.{0,2}/[^\s=<>!()\[\],+*|]*|\.\.?)"
    r"|(?P<word>[^\W\d][\w.:-]*))"
)
LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
"""Operators by increasing precedence."""
DEEPEST = 60
LONGEST = 300
"""Largest depth of nesting and largest number of operators in a row; they keep recursions far from Python's limit."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The answer to a question: `${q1}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    """The answer to the question itself: `.`."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number, as its text."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[XPath, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two expressions."""

    operator: str
    left: XPath
    right: XPath


@dataclass(frozen=True, slots=True)
class Path:
    """Any path but `.`, such as `../q1`."""

    text: str


XPath = Ref | Dot | Literal | Call | Binary | Path


def parse_xpath(text: str) -> XPath:
    """Parse an expression.

    Raises:
        QuestionnaireError: a syntax error; the error names the position.
    """
    return _Parser(text).parse()


class _Parser:
    """Recursive-descent parser by precedence."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def parse(self) -> XPath:
        made = self._level(0)
        if self.text[self.at :].strip():
            raise self._wrong()
        return made

    def _level(self, level: int) -> XPath:
        if level == len(LEVELS):
            return self._unary()
        made, length = self._level(level + 1), 0
        while (operator := self._operator(LEVELS[level])) is not None:
            made, length = Binary(operator, made, self._level(level + 1)), length + 1
            if length > LONGEST:
                raise self._wrong()
        return made

    def _operator(self, operators: tuple[str, ...]) -> str | None:
        found = TOKEN.match(self.text, self.at)
        if not found or found.lastgroup not in ("sign", "word"):
            return None
        operator = found[found.lastgroup]
        if operator not in operators:
            return None
        self.at = found.end()
        return operator

    def _unary(self) -> XPath:
        if not self._sign("-"):
            return self._primary()
        inner = self._unary()
        if isinstance(inner, Literal) and inner.number:
            return Literal(f"-{inner.text}", number=True)
        return Binary("-", Literal("0", number=True), inner)

    def _primary(self) -> XPath:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._wrong()
        found = TOKEN.match(self.text, self.at)
        if not found or not found.lastgroup or (found.lastgroup not in READERS and not self._opens(found)):
            raise self._wrong()
        self.at = found.end()
        made = self._closed() if self._opens(found) else self._read(found)
        self.depth -= 1
        return made

    @staticmethod
    def _opens(found: re.Match[str]) -> bool:
        return found.lastgroup == "sign" and found["sign"] == "("

    def _closed(self) -> XPath:
        made = self._level(0)
        if not self._sign(")"):
            raise self._wrong()
        return made

    def _read(self, found: re.Match[str]) -> XPath:
        kind = str(found.lastgroup)
        if kind == "word":
            return self._call(found["word"])
        return READERS[kind](found[kind])

    def _call(self, name: str) -> XPath:
        if not self._sign("("):
            return Path(name)
        arguments: list[XPath] = []
        while not self._sign(")"):
            if arguments and not self._sign(","):
                raise self._wrong()
            arguments.append(self._level(0))
        return Call(name, tuple(arguments))

    def _sign(self, sign: str) -> bool:
        found = TOKEN.match(self.text, self.at)
        if not found or found.lastgroup != "sign" or found["sign"] != sign:
            return False
        self.at = found.end()
        return True

    def _wrong(self) -> QuestionnaireError:
        return QuestionnaireError(
            "XLSForm 的表达式写法不对",
            where=f"“{self.text}”第 {self.at + 1} 个字符",
            expected="形如 ${q1} = '1' and selected(${q2}, '3')",
            cure="检查这里的引号、括号和题号",
        )


READERS: dict[str, Callable[[str], XPath]] = {
    "ref": lambda text: Ref(text[2:-1].strip()),
    "text": lambda text: Literal(text[1:-1]),
    "number": lambda text: Literal(text, number=True),
    "path": lambda text: Dot() if text == "." else Path(text),
    "word": Path,
}
"""Kind of token -> function that reads it; a word is read as a function where parentheses follow."""


def digits(number: str | float) -> str:
    """Return a number without an exponent and without idle zeros, as conditions and XPath write it."""
    return format(Decimal(str(number)).normalize(), "f")


def operands(word: str, node: XPath) -> Iterator[XPath]:
    """Yield the expressions that are joined by "and" or by "or"; the expression itself if it is not joined by it."""
    match node:
        case Binary(joint, left, right) if joint == word:
            yield from operands(word, left)
            yield from operands(word, right)
        case _:
            yield node


def written(node: XPath) -> str:
    """Return the expression as text, shortened to its head, for messages."""
    match node:
        case Ref(name):
            return f"${{{name}}}"
        case Dot():
            return "."
        case Literal(text, number):
            return text if number else f"'{text}'"
        case Call(name, _):
            return f"{name}()"
        case Binary(operator, left, right):
            return f"{written(left)} {operator} {written(right)}"
        case Path(text):
            return text
