"""Lint routing conditions: syntax errors, unknown names, references to later questions, and unsatisfiable ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from survey.errors import QuestionnaireError
from survey.instrument.conditions.expressions import COMMENT, Expression, constants, evaluate_one, parse, source
from survey.instrument.conditions.syntax import Arithmetic, Array, Call, Compare, Node, Variable, walk
from survey.instrument.finding import LintFinding, Place, nearest
from survey.instrument.lint.codes import question_at
from survey.instrument.lint.operands import operand_problems
from survey.instrument.question import OTHER, OTHER_VALUE, Question, Shape

TRIED = 50_000
"""Largest number of combinations of answers to try; conditions with more are not checked for satisfiability."""


def routing_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check every visibleIf of questions, pages and panels."""
    questions = {place.name: question_at(place) for place in places}
    order = {place.name: position for position, place in enumerate(places)}
    for place in places:
        whole = questions[place.name].visible_if
        if whole is None:
            continue
        expression, problems = _read(place, whole, questions)
        yield from problems
        if expression is not None and not any(problem.level == "error" for problem in problems):
            yield from _order_findings(place, expression, order)
            yield from _reach_findings(place, expression, questions)


def _read(place: Place, text: str, questions: Mapping[str, Question]) -> tuple[Expression | None, list[LintFinding]]:
    try:
        expression = parse(text)
    except QuestionnaireError as error:
        found = place.error("visibleIf", error.what, got=error.where, expected=error.expected, cure=error.cure)
        return None, [found]
    problems = [
        place.error("visibleIf", "条件里的题目不存在", got=name, cure=_suggestion(name, questions))
        for name in expression.names
        if not _known(name, questions)
    ]
    problems += [
        place.error("visibleIf", "排序题不能整个比较先后", got=name, cure="改用 contains、anyof 或 allof")
        for name in _whole_orders(expression.root, questions)
    ]
    return expression, problems or list(_operand_findings(place, expression, questions))


def _operand_findings(place: Place, expression: Expression, questions: Mapping[str, Question]) -> Iterator[LintFinding]:
    for problem in operand_problems(expression.root, questions):
        speak = place.error if problem.certain else place.warning
        yield speak("visibleIf", problem.what, got=problem.got, cure=problem.cure)


def _whole_orders(node: Node, questions: Mapping[str, Question]) -> Iterator[str]:
    """Yield questions whose order is compared with a list: to SurveyJS the order matters there, and only there."""
    for part in walk(node):
        match part:
            case Compare("equal" | "notequal", (Variable() | Array()) as left, (Variable() | Array()) as right):
                names = [source(side.name) for side in (left, right) if isinstance(side, Variable)]
                yield from (name for name in names if name in questions and questions[name].type.ordered)


def _known(name: str, questions: Mapping[str, Question]) -> bool:
    base = name.removesuffix(COMMENT)
    if base in questions:
        return base == name or questions[base].other
    question, _, row = name.partition(".")
    return question in questions and any(row == entry.name for entry in questions[question].rows)


def _suggestion(name: str, questions: Mapping[str, Question]) -> str:
    cells = [f"{question.name}.{row.name}" for question in questions.values() for row in question.rows]
    near = nearest(name, [*questions, *cells], 0.5)
    return f"是否想写 {{{near}}}？" if near else ""


def _order_findings(place: Place, expression: Expression, order: Mapping[str, int]) -> Iterator[LintFinding]:
    for name in expression.names:
        if order[source(name)] >= order[place.name]:
            what = "条件看的是自己" if source(name) == place.name else "条件看的是后面才问的题，这道题会问不到"
            yield place.error("visibleIf", what, got=name, cure="把那道题移到前面")


def _reach_findings(place: Place, expression: Expression, questions: Mapping[str, Question]) -> Iterator[LintFinding]:
    named = [value for value in constants(expression.root) if value is not None]
    domains = {name: _domain(name, questions, named) for name in expression.names}
    if any(isinstance(node, Arithmetic | Call) for node in walk(expression.root)):
        return  # the constants do not delimit the answers that matter
    if math.prod(len(domain) for domain in domains.values()) > TRIED:
        return
    for values in itertools.product(*domains.values()):
        if evaluate_one(expression, dict(zip(domains, values, strict=True))):
            return
    yield place.error("visibleIf", "这道题永远问不到：没有一种回答能满足条件", got=expression.text)


def _domain(name: str, questions: Mapping[str, Question], named: Sequence[Any]) -> list[Any]:
    """Return every answer that a condition with these constants can distinguish."""
    question = questions[source(name)]
    if name.endswith(COMMENT):
        return [None, *_texts(question, named)]
    if name != question.name:  # a grid row
        return [None, *_codes(question, named)]
    return [None, *ANSWERS[question.type.shape](question, named)]


def _texts(question: Question, named: Sequence[Any]) -> list[str]:
    return ["文字", *(str(value) for value in named)]


def _codes(question: Question, named: Sequence[Any]) -> list[Any]:
    return [OTHER_VALUE if choice.code == OTHER else choice.code for choice in question.choices]


def _sets(question: Question, named: Sequence[Any]) -> list[list[Any]]:
    """Return every subset of the options that are constants and two others."""
    codes = _codes(question, named)
    relevant = [code for code in codes if str(code) in {str(value) for value in named}]
    rest = [code for code in codes if code not in relevant][:2]
    pool = relevant[:10] + rest
    return [list(some) for size in range(1, len(pool) + 1) for some in itertools.combinations(pool, size)]


def _cells(question: Question, named: Sequence[Any]) -> list[Mapping[str, int]]:
    return [{question.rows[0].name: question.choices[0].code}]


def _numbers(question: Question, named: Sequence[Any]) -> list[float]:
    low = question.minimum if question.minimum is not None else -math.inf
    high = question.maximum if question.maximum is not None else math.inf
    marks = [value for value in named if isinstance(value, int | float) and not isinstance(value, bool)]
    tried = {near for mark in [*marks, low, high] for near in (mark - 1, mark, mark + 1) if math.isfinite(near)}
    return sorted(value for value in tried | {0.0} if low <= value <= high)


ANSWERS: Mapping[Shape, Callable[[Question, Sequence[Any]], Sequence[Any]]] = {
    Shape.CODE: _codes,
    Shape.CODES: _sets,
    Shape.CELLS: _cells,
    Shape.TRUTH: lambda question, named: (True, False),
    Shape.NUMBER: _numbers,
    Shape.DATE: _texts,
    Shape.TEXT: _texts,
}
"""Shape of an answer -> the answers to a question that a condition with these constants can distinguish."""


def ending_findings(survey: Mapping[str, Any], places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check the conditions outside the questions: end of the interview and choice of the thank-you page."""
    questions = {place.name: question_at(place) for place in places}
    for key in ("triggers", "completedHtmlOnCondition"):
        for index, entry in enumerate(survey.get(key, ())):
            stand_in = Place(0, {"name": key}, (), f"{key}[{index}]")
            expression, problems = _read(stand_in, entry["expression"], questions)
            pages = (
                {questions[source(name)].page for name in expression.names} if expression and not problems else set()
            )
            if key == "triggers" and len(pages) > 1:
                cure = "拆成几条 triggers，每条只看一页"
                problems.append(
                    stand_in.error(
                        "", "结束条件看了不同页上的题，手机上何时结束说不准", got=entry["expression"], cure=cure
                    )
                )
            for found in problems:
                yield replace(found, path=f"{key}[{index}].expression", subject="")
