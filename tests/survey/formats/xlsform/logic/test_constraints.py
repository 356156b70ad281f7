"""Constraints of an XLSForm: limits and exclusive options, or refused by name."""

from __future__ import annotations

import pytest

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.constraints import to_limits
from survey.formats.xlsform.logic.fields import Kind


@pytest.mark.parametrize(
    ("constraint", "kind", "expected"),
    [
        (". >= 18 and . <= 99", Kind.NUMBER, {"min": 18, "max": 99}),
        (".>0 and .<120", Kind.NUMBER, {"min": 1, "max": 119}),
        ("0 <= . and 120 >= .", Kind.NUMBER, {"min": 0, "max": 120}),
        ("not(. < 5 or . > 10)", Kind.NUMBER, {"min": 5, "max": 10}),
        (". > 2.5 and . < 9.5", Kind.NUMBER, {"min": 3, "max": 9}),
        (". >= 1 and . >= 3", Kind.NUMBER, {"min": 3}),
        ("string-length(.) <= 11", Kind.TEXT, {"maxLength": 11}),
        ("count-selected(.) < 4", Kind.SEVERAL, {"maxSelectedChoices": 3}),
    ],
)
def test_limits(constraint: str, kind: Kind, expected: dict[str, int]) -> None:
    assert to_limits(constraint, kind).properties == expected


@pytest.mark.parametrize(
    ("constraint", "names"),
    [
        ("not(selected(., 'none') and count-selected(.) > 1)", ("none",)),
        ("not(selected(., '98')) or count-selected(.) = 1", ("98",)),
        ("not((selected(., 'a') or selected(., 'b')) and count-selected(.) >= 2)", ("a", "b")),
    ],
)
def test_exclusive_options(constraint: str, names: tuple[str, ...]) -> None:
    assert to_limits(constraint, Kind.SEVERAL).exclusive == names


@pytest.mark.parametrize(
    ("constraint", "kind", "named"),
    [
        (". >= 0 and . <= 120 or . = 999", Kind.NUMBER, "999"),
        (". != 5", Kind.NUMBER, ". != 5"),
        ("not(. >= 1 and . <= 5)", Kind.NUMBER, ". < 1 or . > 5"),
        (". > ${q1}", Kind.NUMBER, "${q1}"),
        ("regex(., '^1[0-9]{10}$')", Kind.TEXT, "regex()"),
        ("string-length(.) = 11", Kind.TEXT, "string-length()"),
        ("count-selected(.) >= 2", Kind.SEVERAL, "count-selected()"),
        # two options that only exclude each other
        ("not(selected(., 'a') and selected(., 'b'))", Kind.SEVERAL, "not()"),
        ("not(selected(., 'a')) or not(selected(., 'b')) or count-selected(.) < 2", Kind.SEVERAL, "not()"),
        (". <= today()", Kind.DATE, "today()"),
        (". >= 18", Kind.TEXT, ". >= 18"),
        (". >=", Kind.NUMBER, "写法不对"),
        (". <= 1" + "0" * 400, Kind.NUMBER, ". <= 1000"),
    ],
)
def test_anything_else_is_refused_by_name(constraint: str, kind: Kind, named: str) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        to_limits(constraint, kind)
    assert named in str(caught.value)
