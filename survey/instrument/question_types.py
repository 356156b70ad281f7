"""The question types, each an object with all that is specific to it.

`docs/questionnaire.md` lists the further changes that a new type needs.
"""

from __future__ import annotations

from collections.abc import Mapping

from survey.instrument.choices import columns, listed, no_choices, steps, yes_no
from survey.instrument.question import Choice, Element, Item, Question, QuestionType, Shape


def _one_code(question: Question, element: Element) -> tuple[Item, ...]:
    """Return one column with the code of the chosen option."""
    return (Item(question.name, question.name, question.label, "code", question.choices),)


def _one_number(question: Question, element: Element) -> tuple[Item, ...]:
    """Return one column with the number."""
    return (Item(question.name, question.name, question.label, "number"),)


def _code_a_row(question: Question, element: Element) -> tuple[Item, ...]:
    """Return one column of codes per row."""
    name = question.name
    return tuple(Item(f"{name}.{row.name}", name, row.label, "code", question.choices) for row in question.rows)


def _flag_an_option(question: Question, element: Element) -> tuple[Item, ...]:
    """Return one column of 0 and 1 per option."""
    name = question.name
    return tuple(
        Item(f"{name}.{choice.code}", name, choice.label, "flag", option=choice.code) for choice in question.choices
    )


def _place_an_option(question: Question, element: Element) -> tuple[Item, ...]:
    """Return one column for each option: its place in the order, from 1; 0 where it has none."""
    name, most = question.name, element.get("maxSelectedChoices") or len(question.choices)
    places = [Choice(place, f"第{place}位") for place in range(1, min(most, len(question.choices)) + 1)]
    codes = (*places, Choice(0, "未选"))
    return tuple(
        Item(f"{name}.{choice.code}", name, choice.label, "code", codes, option=choice.code)
        for choice in question.choices
    )


def _place(place: int) -> int:
    """Return the place itself."""
    return place


def _no_codes(question: Question, element: Element) -> tuple[Item, ...]:
    """Return (), for answers stored as text."""
    return ()


TYPES: tuple[QuestionType, ...] = (
    QuestionType("single", ("radiogroup", "dropdown"), Shape.CODE, "select_one", listed, _one_code),
    QuestionType("multiple", ("checkbox",), Shape.CODES, "select_multiple", listed, _flag_an_option, hint="可以选多项"),
    QuestionType(
        "ranking",
        ("ranking",),
        Shape.CODES,
        "rank",
        listed,
        _place_an_option,
        mark=_place,
        joiners=("→", ">"),
        hint="请按先后在方框里填 1、2、3……",
    ),
    QuestionType("matrix", ("matrix",), Shape.CELLS, "select_one", columns, _code_a_row),
    QuestionType("rating", ("rating",), Shape.CODE, "select_one", steps, _one_code),
    QuestionType("boolean", ("boolean",), Shape.TRUTH, "select_one", yes_no, _one_code),
    QuestionType("number", ("text:number", "text:range"), Shape.NUMBER, "integer", no_choices, _one_number),
    QuestionType("date", ("text:date",), Shape.DATE, "date", no_choices, _no_codes),
    QuestionType("text", ("comment", "text"), Shape.TEXT, "text", no_choices, _no_codes),
)
"""All question types. `html` and `panel` elements are not questions and have no type."""

_BY_ELEMENT: Mapping[str, QuestionType] = {element: kind for kind in TYPES for element in kind.elements}


def type_of(element: Element) -> QuestionType:
    """Return the type of a SurveyJS element with a valid shape."""
    named = f"{element['type']}:{element.get('inputType', '')}"
    return _BY_ELEMENT.get(named) or _BY_ELEMENT[element["type"]]
