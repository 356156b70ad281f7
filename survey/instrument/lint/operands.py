"""Lint the operands of conditions: what is calculated with must be numbers, what is a date must be a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from survey.instrument.conditions.expressions import COMMENT, source
from survey.instrument.conditions.functions import FUNCTIONS, ISO_DATE
from survey.instrument.conditions.syntax import Arithmetic, Array, Call, Const, Logic, Node, Not, Variable, walk
from survey.instrument.conditions.written import written
from survey.instrument.question import Question, Shape

NUMERIC = frozenset({"sum", "avg", "min", "max", "round", "trunc"})
"""Functions of numbers."""
NUMBERS = frozenset({Shape.NUMBER, Shape.CODE, Shape.TRUTH})
LISTS = frozenset({*NUMBERS, Shape.CODES})
"""Shapes of answers that functions of several numbers accept."""
CURE = "只用数字题、单选题、评分题、是否题和矩阵的一行（{题号.行}）计算"


@dataclass(frozen=True, slots=True)
class OperandProblem:
    """One problem of an operand.

    Attributes:
        what: the problem.
        got: the operand as written.
        cure: how to correct it.
        certain: whether the condition cannot be evaluated; False for one that is probably not meant.
    """

    what: str
    got: str
    cure: str
    certain: bool = True


Questions = Mapping[str, Question]
Shapes = frozenset[Shape]


def operand_problems(root: Node, questions: Questions) -> Iterator[OperandProblem]:
    """Yield the problems of a condition whose questions all exist."""
    for node in walk(root):
        match node:
            case Arithmetic(_, left, right):
                yield from _not_numbers((left, right), questions, NUMBERS)
            case Call(name, arguments) if name in NUMERIC:
                yield from _not_numbers(arguments, questions, LISTS)
            case Call(name, arguments) if FUNCTIONS[name].dates:
                yield from _not_dates(name, arguments, questions)
    yield from _bare(root, questions)
    if isinstance(root, Arithmetic | Array | Call) and not (isinstance(root, Call) and root.name == "iif"):
        yield OperandProblem("条件只有一个值，没有比较，永远不成立", written(root), "写成比较，例如 … > 0")


def _not_numbers(operands: tuple[Node, ...], questions: Questions, shapes: Shapes) -> Iterator[OperandProblem]:
    for operand in operands:
        match operand:
            case Const(str()):
                yield OperandProblem("文字不能参加计算", written(operand), "数字不要加引号")
            case Array(items) if shapes is LISTS:
                yield from _not_numbers(items, questions, shapes)
            case Array():
                yield OperandProblem("列表不能参加计算", written(operand), CURE)
            case Variable(name) if not _is_number(name, questions, shapes):
                yield OperandProblem("这种题的答案不能参加计算", name, CURE)


def _is_number(name: str, questions: Questions, shapes: Shapes) -> bool:
    question = questions[source(name)]
    if name.endswith(COMMENT):
        return False
    return name != question.name or (question.type.shape in shapes and not question.other)


def _not_dates(name: str, arguments: tuple[Node, ...], questions: Questions) -> Iterator[OperandProblem]:
    function = FUNCTIONS[name]
    for argument in arguments[: function.dates]:
        match argument:
            case Variable(asked) if questions[source(asked)].type.dated and source(asked) == asked:
                continue
            case Const(str(text)) if ISO_DATE.fullmatch(text):
                continue
        yield OperandProblem(f"{name} 只能用日期题和日期", written(argument), "日期写成 '2026-01-31'")
    for argument in arguments[function.dates :]:
        if not isinstance(argument, Const) or argument.value not in function.units:
            units = "、".join(f"'{one}'" for one in function.units)
            yield OperandProblem(f"{name} 的单位不支持", written(argument), units)


def _bare(node: Node, questions: Questions) -> Iterator[OperandProblem]:
    """Yield answers that stand as conditions: only true holds, within `and` and `or` anything but 0 and blank."""
    match node:
        case Logic(_, parts):
            for part in parts:
                yield from _bare(part, questions)
        case Not(Variable() as inner):
            yield from _bare(inner, questions)
        case Variable(name) if questions[source(name)].type.shape is not Shape.TRUTH:
            cure = f"想问有没有答，写 {{{name}}} notempty；想问答了什么，写 {{{name}}} = 代码"
            yield OperandProblem("条件里单独写了题号，没有比较", written(node), cure, certain=False)
