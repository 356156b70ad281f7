"""Rewrite conditions on options that received codes, so that they hold for the same answers as before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.errors import QuestionnaireError
from survey.instrument.completion.options import Coding
from survey.instrument.conditions.expressions import COMMENT, parse
from survey.instrument.conditions.surveyjs_values import COMPARISONS, converted, equal, is_empty
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
from survey.instrument.conditions.written import written
from survey.instrument.question import OTHER_VALUE

MEMBERS = frozenset({"contains", "notcontains", "anyof", "allof", "noneof", "equal", "notequal"})
"""Comparisons of a list that depend only on which constants are members."""


@dataclass(frozen=True, slots=True)
class Recoded:
    """What changed in one question.

    Attributes:
        name: its name now.
        options: value as written -> code, as pairs.
        rows: name of a row as written -> its name now.
        several: whether several options may be chosen.
        other: whether it has 其他, which keeps its value.
    """

    name: str
    options: tuple[tuple[Any, Any], ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    other: bool = False


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A condition before and after.

    Attributes:
        text: the condition now.
        problems: values and uses that cannot be rewritten: what is wrong and where.
    """

    text: str
    problems: tuple[tuple[str, str], ...]


def recoded(element: Mapping[str, Any], options: Coding | None, rows: Coding | None) -> Recoded:
    """Return what changed in the options and rows of a question."""
    pairs = options.pairs if options and options.recoded else ()
    names = {str(was): str(now) for was, now in rows.pairs if str(was) != str(now)} if rows else {}
    if not pairs:
        return Recoded(element["name"], rows=names)
    several, other = element.get("type") in ("checkbox", "ranking"), bool(element.get("showOtherItem"))
    return Recoded(element["name"], pairs, names, several, other)


def rewritten(text: str, changes: Mapping[str, Recoded]) -> Rewriting:
    """Rewrite one condition; one that cannot be parsed is left to the lint."""
    try:
        root = parse(text).root
    except QuestionnaireError:
        return Rewriting(text, ())
    writer = _Writer(changes)
    made = writer.rewrite(root)
    return Rewriting(text if made == root else written(made), tuple(writer.problems))


class _Writer:
    """Rewriter of one condition, which collects what cannot be rewritten."""

    def __init__(self, changes: Mapping[str, Recoded]) -> None:
        self.changes = changes
        self.problems: list[tuple[str, str]] = []

    def rewrite(self, node: Node) -> Node:
        """Return a condition, or a part of one, with codes."""
        match node:
            case Logic(operator, parts):
                return Logic(operator, tuple(map(self.rewrite, parts)))
            case Not(inner):
                return Not(self.rewrite(inner))
            case Empty(operand, negated):
                return Empty(self._renamed(operand), negated)
            case Compare():
                return self._compare(node)
            case _:
                return self._value(node)

    def _value(self, node: Node) -> Node:
        """Return a value with codes; an answer that is more than counted must not have been recoded."""
        match node:
            case Call("count", arguments):
                return Call("count", tuple(map(self._renamed, arguments)))
            case Call(name, arguments):
                return Call(name, tuple(map(self.rewrite, arguments)))
            case Arithmetic(operator, left, right):
                return Arithmetic(operator, self.rewrite(left), self.rewrite(right))
            case Array(items):
                return Array(tuple(map(self.rewrite, items)))
            case Variable(name):
                if self._options(node):
                    self.problems.append(("选项是文字的题只能与选项比较", name))
                return self._renamed(node)
            case _:
                return node

    def _renamed(self, node: Node) -> Node:
        """Return a variable with the new names of its question and row."""
        if not isinstance(node, Variable):
            return self.rewrite(node)
        change, row = self._changed(node.name)
        if change is None:
            return node
        comment = COMMENT if node.name.endswith(COMMENT) else ""
        return Variable(change.name + comment + (f".{change.rows.get(row, row)}" if row else ""))

    def _changed(self, name: str) -> tuple[Recoded | None, str]:
        """Return the change of the question of a variable and its row; the name of a question may have dots."""
        whole = name.removesuffix(COMMENT)
        ends = [len(whole), *(place for place, sign in enumerate(whole) if sign == ".")]
        found = next((end for end in ends if whole[:end] in self.changes), None)
        return (self.changes[whole[:found]], whole[found + 1 :]) if found is not None else (None, "")

    def _options(self, node: Node) -> Recoded | None:
        """Return the change of a question whose options were recoded."""
        if not isinstance(node, Variable) or node.name.endswith(COMMENT):
            return None
        change, _ = self._changed(node.name)
        return change if change and change.options else None

    def _compare(self, node: Compare) -> Node:
        left, right = self._options(node.left), self._options(node.right)
        if left and right:
            if left.options != right.options:
                self.problems.append(("两道题的选项编码不同，不能互相比较", written(node)))
            return Compare(node.operator, self._renamed(node.left), self._renamed(node.right))
        if not left and not right:
            return Compare(node.operator, self.rewrite(node.left), self.rewrite(node.right))
        change, constants = (left, node.right) if left else (right, node.left)
        assert change is not None
        if not _constant(constants):
            self.problems.append(("选项是文字的题只能与选项比较", written(node)))
            return node
        unknown = [value for value in _values(constants) if not _known(value, change)]
        if unknown and node.operator in MEMBERS:
            self.problems += [("条件里的值不是选项", written(Const(value))) for value in unknown]
            return node
        return self._members(node, change) if change.several else self._decided(node, change)

    def _members(self, node: Compare, change: Recoded) -> Node:
        if node.operator not in MEMBERS:
            self.problems.append(("选项是文字的多选题不能比大小", written(node)))
            return node
        left, right = (
            self._renamed(side) if isinstance(side, Variable) else _coded(side, change)
            for side in (node.left, node.right)
        )
        return Compare(node.operator, left, right)

    def _decided(self, node: Compare, change: Recoded) -> Node:
        """Try the comparison on every option, and name those for which it holds."""
        answers = [*change.options, *([(OTHER_VALUE, OTHER_VALUE)] if change.other else [])]
        holds = {now: _holds(node, was) for was, now in answers}
        variable = self._renamed(node.left if isinstance(node.left, Variable) else node.right)
        unanswered = _holds(node, None)
        chosen = [Const(now) for now, held in holds.items() if held is not unanswered]
        if not chosen:
            return Const(unanswered)
        if len(chosen) == 1:
            return Compare("notequal" if unanswered else "equal", variable, chosen[0])
        return Compare("noneof" if unanswered else "anyof", variable, Array(tuple(chosen)))


def _constant(node: Node) -> bool:
    return isinstance(node, Const) or (isinstance(node, Array) and all(isinstance(item, Const) for item in node.items))


def _values(node: Node) -> Iterator[Any]:
    for item in node.items if isinstance(node, Array) else (node,):
        if isinstance(item, Const):
            yield item.value


def _known(value: Any, change: Recoded) -> bool:
    """Return whether a constant is an option, 其他, or stands for a missing answer."""
    return is_empty(value) or (change.other and value == OTHER_VALUE) or bool(_codes(value, change))


def _codes(value: Any, change: Recoded) -> list[Any]:
    return [now for was, now in change.options if equal(converted(was), value)]


def _coded(node: Node, change: Recoded) -> Node:
    """Return constants with the codes of the options that they stand for."""
    match node:
        case Array(items):
            return Array(tuple(_coded(item, change) for item in items))
        case Const(value):
            return Const(next(iter(_codes(value, change)), value))
        case _:
            return node


def _holds(node: Compare, answer: Any) -> bool:
    """Return whether a comparison with constants holds for an answer."""
    left, right = (
        converted(answer) if isinstance(side, Variable) else _plain(side) for side in (node.left, node.right)
    )
    return COMPARISONS[node.operator](left, right)


def _plain(node: Node) -> Any:
    return list(_values(node)) if isinstance(node, Array) else next(_values(node))
