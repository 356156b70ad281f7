"""The questionnaire as sent to the phone: only what the form needs, without rates and indicators.

Conditions are sent as parsed trees, so the form has no parser of its own that could interpret them differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from survey.collect.submission.answer_rules import TEXT_LIMIT
from survey.collect.submission.validation import endings
from survey.instrument.choices import localised_text
from survey.instrument.conditions import expressions
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
from survey.instrument.element import walk
from survey.instrument.question import OTHER, OTHER_VALUE, Choice, Question
from survey.instrument.questionnaire import Questionnaire

Tree = list[Any] | Mapping[str, Any]


def tree(condition: str | None) -> Tree | None:
    """Return a condition as nested lists and leaves for `rules.js`; None for always."""
    return _node(expressions.parse(condition).root) if condition else None


def _node(node: Node) -> Tree:
    """Return an operation as a list that begins with its name, and a value as an object."""
    match node:
        case Const(value):
            return {"v": value}
        case Variable(name):
            return {"q": name}
        case Array(items):
            return {"all": [_node(item) for item in items]}
        case Empty(operand, negated):
            return ["notempty" if negated else "empty", _node(operand)]
        case Not(inner):
            return ["not", _node(inner)]
        case Logic(operator, inner) | Call(operator, inner):
            return [operator, *(_node(part) for part in inner)]
        case Compare(operator, left, right) | Arithmetic(operator, left, right):
            return [operator, _node(left), _node(right)]


def form_of(questionnaire: Questionnaire, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return questions, pages and endings for the form.

    Args:
        questionnaire: the parsed questionnaire.
        raw: its JSON, for details of the screen: notes, limits of choices, lengths.
    """
    elements = {element["name"]: element for _, element, _, _ in walk(raw)}
    return {
        "pages": [plain(page.get("title")) for page in raw.get("pages", ())],
        "questions": [_question(question, elements[question.name]) for question in questionnaire.questions],
        "endings": [{"when": tree(text), "page": page} for text, page in endings(questionnaire)],
        "ends": [
            {"when": tree(entry["expression"]), "text": plain(entry.get("html"))}
            for entry in raw.get("completedHtmlOnCondition", ())
        ],
        "thanks": plain(raw.get("completedHtml")) or "感谢您的参与！",
        "description": plain(raw.get("description")),
    }


def most_choices(raw: Mapping[str, Any]) -> dict[str, int]:
    """Return question -> maximum number of options, where there is a limit."""
    limits = {element["name"]: element.get("maxSelectedChoices") for _, element, _, _ in walk(raw)}
    return {name: int(limit) for name, limit in limits.items() if limit}


def plain(value: object) -> str:
    """Return a text without its markup."""
    return re.sub(r"<[^>]*>", "", localised_text(value)).strip()


def _question(question: Question, element: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": question.name,
        "kind": question.type.name,
        "title": plain(question.title),
        "note": plain(element.get("description")),
        "required": question.required,
        "page": question.page,
        "show": tree(question.visible_if),
        "interviewer": question.interviewer,
        "other": question.other,
        "choices": [_choice(question, choice) for choice in question.choices],
        "rows": [{"name": row.name, "label": plain(row.label)} for row in question.rows],
        "min": question.minimum,
        "max": question.maximum,
        "most": element.get("maxSelectedChoices") or 0,
        "long": min(int(element.get("maxLength") or 500), TEXT_LIMIT) if question.type.open else 0,
    }


def _choice(question: Question, choice: Choice) -> dict[str, Any]:
    code: int | str = OTHER_VALUE if question.other and choice.code == OTHER else choice.code
    return {"code": code, "label": plain(choice.label), "exclusive": choice.exclusive}
