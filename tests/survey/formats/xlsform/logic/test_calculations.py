"""Calculated fields in conditions: replaced where that keeps the meaning, refused by name elsewhere."""

from __future__ import annotations

import pytest

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.calculations import calculation
from survey.formats.xlsform.logic.conditions import to_visible_if
from survey.formats.xlsform.logic.fields import Field, Kind
from survey.instrument.conditions.expressions import evaluate_one, parse
from survey.instrument.questionnaire import parse_questionnaire
from tests.survey.formats.xlsform.forms import YN, imported, xform

CALCULATIONS = {
    "adult": "if(${age} >= 18, 1, 0)",
    "class": "if(${age} < 18, 'child', if(${age} < 60, 'adult', 'old'))",
    "same": "${age}",
    "both": "${q} = '1' and ${age} > 30",
    "twice": "if(${adult} = 1 and ${q} = '2', 'x', 'y')",
    "ticked": "count-selected(${m})",
    "sum": "${age} + 1",
}


def fields() -> dict[str, Field]:
    found = {
        "age": Field("age", Kind.NUMBER),
        "q": Field("q", Kind.ONE, {"1": 1, "2": 2}),
        "words": Field("words", Kind.TEXT),
        "m": Field("m", Kind.SEVERAL, {"1": 1, "2": 2}),
    }
    for name, text in CALCULATIONS.items():
        known = {one: field.calculation for one, field in found.items() if field.calculation}
        found[name] = Field("", Kind.ABSENT, absent="计算字段", calculation=calculation(text, known))
    return found


@pytest.mark.parametrize(
    ("relevant", "holds"),
    [
        ("${adult} = 1", lambda age, q: age is not None and age >= 18),
        ("${adult} = '0'", lambda age, q: age is None or age < 18),
        ("0 < ${adult}", lambda age, q: age is not None and age >= 18),
        ("${class} = 'adult'", lambda age, q: age is not None and 18 <= age < 60),
        # nothing is less than 18 while it is empty, so that the last value applies
        ("${class} = 'old'", lambda age, q: age is None or age >= 60),
        ("${class} != 'child' and ${q} = '1'", lambda age, q: (age is None or age >= 18) and q == 1),
        ("${same} > 30", lambda age, q: age is not None and age > 30),
        ("${both} = 'true'", lambda age, q: q == 1 and age is not None and age > 30),
        ("${both} = 'false'", lambda age, q: not (q == 1 and age is not None and age > 30)),
        ("${twice} = 'x'", lambda age, q: age is not None and age >= 18 and q == 2),
        ("${sum} > 19", lambda age, q: age is not None and age >= 19),
        ("${ticked} < 1", lambda age, q: True),
        ("if(${q} = '1', ${age}, 99) > 30", lambda age, q: q != 1 or (age is not None and age > 30)),
    ],
)
def test_a_condition_on_a_calculation_looks_at_its_answers(relevant: str, holds: object) -> None:
    condition = parse(to_visible_if(relevant, fields()))
    assert callable(holds)
    for age in (None, 5, 18, 31, 60):
        for q in (None, 1, 2):
            answers = {name: value for name, value in (("age", age), ("q", q)) if value is not None}
            assert evaluate_one(condition, answers) == holds(age, q), (age, q)


@pytest.mark.parametrize(
    ("relevant", "named"),
    [
        ("${both}", "${both}"),  # the text "false" is true
        ("${both} = true()", "true()"),
        ("${sum} > ${words}", "已按算式展开"),
        ("${ticked} > ${words}", "已按算式展开"),
        ("${adult} = 5", "永远不成立"),
        ("if(1 = 1, 1, 2) = 1", "永远成立"),
    ],
)
def test_others_are_refused_by_name(relevant: str, named: str) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        to_visible_if(relevant, fields())
    assert named in str(caught.value)


def test_a_calculation_that_grows_without_end_is_not_replaced() -> None:
    known = {"c": calculation("if(${age} > 1, 1, 0)", {})}
    assert known["c"]
    text = " + ".join(["if(${c} = 1, ${c}, ${c})"] * 80)
    assert calculation(text, {"c": known["c"]}) is None
    assert calculation("if(", {}) is None


def test_only_what_is_always_calculated_is_replaced() -> None:
    head = ["type", "name", "label", "relevant", "calculation"]
    rows = [
        ["integer", "age", "年龄", "", ""],
        ["calculate", "adult", "", "", "if(${age} >= 18, 1, 0)"],
        ["begin_group", "g", "组", "${age} > 10", ""],
        ["calculate", "inside", "", "", "if(${age} >= 18, 1, 0)"],
        ["end_group", "", "", "", ""],
        ["text", "a", "甲", "${adult} = 1", ""],
        ["text", "b", "乙", "${inside} = 1", ""],
    ]
    form = {"survey": [head, *rows], "choices": YN}
    xform(form)
    (error,) = imported(form).errors
    assert (error.subject, error.what) == ("survey 第 8 行", "条件看的是计算字段，这里没有它的答案")
    made = imported({"survey": [head, *rows[:-1]]})
    assert parse_questionnaire(made.survey).question("a").visible_if == "{age} >= 18"
