"""Conditions of an XLSForm: the same meaning in both directions, or refused by name."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.conditions import to_visible_if
from survey.formats.xlsform.logic.fields import Field, Kind
from survey.formats.xlsform.logic.relevant import to_relevant
from survey.instrument.conditions.expressions import evaluate_one, parse
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from tests.survey.small_study import QUESTIONNAIRE


@pytest.fixture(scope="module")
def small() -> Questionnaire:
    return parse_questionnaire(QUESTIONNAIRE)


CODES = {"1": 1, "2": 2, "98": 98}
FIELDS = {
    "A1": Field("A1", Kind.ONE, CODES),
    "S1": Field("S1", Kind.NUMBER),
    "B1": Field("B1", Kind.SEVERAL, {"1": 1, "2": 2, "3": 3, "4": 4, "other": "other"}),
    "E_E1": Field("E.E1", Kind.ONE, CODES),
    "E_E2": Field("E.E2", Kind.ONE, CODES),
}
CONDITIONS = (
    "{A1} = 1",
    "{A1} <> 1 and {A1} notempty",
    "{A1} anyof [1, 98]",
    "{A1} noneof [1, 2]",
    "{B1} contains 3",
    "{B1} notcontains 4",
    "{B1} allof [1, 3]",
    "{B1} anyof [1, 4] or {S1} >= 60",
    "{B1} contains 'other'",
    "{S1} < 30 and !({A1} = 2)",
    "{E.E1} = 2 or {E.E2} = 98",
    "{B1} empty",
    "{B1} notempty and ({A1} = 1 or {S1} > 20)",
    "count({B1}) >= 2",
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "A1": st.sampled_from([1, 2, 98]),
        "S1": st.integers(18, 90),
        "B1": st.lists(st.sampled_from([1, 2, 3, 4, "other"]), min_size=1, max_size=4, unique=True),
        "E": st.fixed_dictionaries({"E1": st.sampled_from([1, 2, 98]), "E2": st.sampled_from([1, 2, 98])}),
    },
)


@pytest.mark.parametrize("condition", CONDITIONS)
@settings(max_examples=20, deadline=None)
@given(answers=ANSWERS)
def test_a_translated_condition_means_the_same(condition: str, answers: dict[str, Any], small: Questionnaire) -> None:
    back = to_visible_if(to_relevant(condition, small), FIELDS)
    assert evaluate_one(parse(back), answers) == evaluate_one(parse(condition), answers)


def test_syntax_of_translated_conditions(small: Questionnaire) -> None:
    assert to_relevant("{A1} anyof [1, 2] and {B1} contains 3", small) == (
        "(${A1} = '1' or ${A1} = '2') and (selected(${B1}, '3'))"
    )
    assert to_relevant("{S1} >= 60", small) == "${S1} >= 60"
    assert to_relevant("{B1} notempty", small) == "${B1} != ''"


FORM = {
    "q": Field("q", Kind.ONE, {str(code): code for code in (1, 2, 10, 21)}),
    "yn": Field("yn", Kind.ONE, {"yes": 1, "no": 2, "other": "other"}),
    "age": Field("age", Kind.ONE, {"18": 18, "30": 30, "200": 1, "-9": 2}),
    "n": Field("n", Kind.NUMBER),
    "k": Field("k", Kind.NUMBER),
    "m": Field("m", Kind.SEVERAL, {"a": 1, "b": 2}),
    "t": Field("t", Kind.TEXT),
    "d": Field("d", Kind.DATE),
    "c": Field("", Kind.ABSENT, absent="计算字段"),
}


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        ("selected(${q}, '1')", "{q} = 1"),
        ('not(selected(${q}, "10"))', "!({q} = 10)"),
        ("${q} >= 10", "{q} >= 10"),
        ("1 = ${q}", "{q} = 1"),
        ("${yn} = 'no' or ${yn}='other'", "({yn} = 2) or ({yn} = 'other')"),
        ("${age} > 20", "{age} anyof [30, 1]"),
        ("${age} = -9", "{age} = 2"),
        ("${n} > 3 and ${n} <= 5.5", "({n} > 3) and ({n} <= 5.5)"),
        ("10 > number(${n})", "{n} < 10"),
        ("${n} > 123456789012345 and ${n} < .0000005", "({n} > 123456789012345) and ({n} < 0.0000005)"),
        ("${n} = 020.50", "{n} = 20.5"),
        ("${n} != ${k}", "{n} <> {k}"),
        ("selected(${m}, 'b')", "{m} contains 2"),
        ("${m} = 'a'", "{m} = [1]"),
        ("count-selected(${m}) > 0", "{m} notempty"),
        ("${t} != ''", "{t} notempty"),
        ("string-length(${t}) = 0", "{t} empty"),
        ('${t} = "it\'s"', "{t} = 'it\\'s'"),
        ("${d} < date('2026-01-01')", "{d} < '2026-01-01'"),
        ("${q}='1' or ${q}='2' and ${n}=3", "({q} = 1) or (({q} = 2) and ({n} = 3))"),
        ("(${q}='1' or ${q}='2') and ${n}=3", "(({q} = 1) or ({q} = 2)) and ({n} = 3)"),
        ("not(${n} = 1 or ${n} = 2)", "!(({n} = 1) or ({n} = 2))"),
    ],
)
def test_a_relevant_becomes_a_condition(relevant: str, expected: str) -> None:
    assert to_visible_if(relevant, FORM) == expected
    parse(expected)


def test_selected_on_a_single_choice_is_equality() -> None:
    condition = parse(to_visible_if("selected(${q}, '1')", FORM))
    assert [code for code in (1, 2, 10, 21) if evaluate_one(condition, {"q": code})] == [1]


@pytest.mark.parametrize(
    ("relevant", "holds"),
    [
        ("${n} + ${k} > 10", lambda n, k: n + k > 10),
        ("${n} - 2 * ${k} <= -1", lambda n, k: n - 2 * k <= -1),
        ("12 = (${n} + 1) * ${k}", lambda n, k: (n + 1) * k == 12),
        ("${n} mod 2 = 1", lambda n, k: n % 2 == 1),
        ("${n} div 2 < ${k}", lambda n, k: n / 2 < k),
        ("${n} + ${k} != 6", lambda n, k: n + k != 6),
    ],
)
def test_arithmetic_has_no_value_without_its_answers(relevant: str, holds: Any) -> None:
    """A calculation with an empty answer is not a number in XPath, which only differs from every number."""
    condition = parse(to_visible_if(relevant, FORM))
    for n in (None, 0, 3, 5, 9):
        for k in (None, 0, 3, 8):
            answers = {name: value for name, value in (("n", n), ("k", k)) if value is not None}
            missing = n is None or (k is None and "${k}" in relevant)
            expected = "!=" in relevant if missing else holds(n, k)
            assert evaluate_one(condition, answers) == expected, answers


@pytest.mark.parametrize("chosen", [None, [1], [2, 1]])
def test_chosen_options_are_counted(chosen: list[int] | None) -> None:
    condition = parse(to_visible_if("count-selected(${m}) < 2", FORM))
    assert evaluate_one(condition, {"m": chosen} if chosen else {}) == (len(chosen or ()) < 2)


@pytest.mark.parametrize("sign", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("asked", ["q", "age", "n"])
@pytest.mark.parametrize("bound", [2, 18, 30])
def test_an_order_is_that_of_the_names(asked: str, sign: str, bound: int) -> None:
    """XPath compares the names of the choices as numbers, whatever their codes are."""
    import operator

    signs = {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
    codes = FORM[asked].codes or {"2": 2, "40": 40}
    if sign in ("=", "!=") and str(bound) not in codes:
        return
    condition = parse(to_visible_if(f"${{{asked}}} {sign} {bound}", FORM))
    for name, code in codes.items():
        assert evaluate_one(condition, {asked: code}) == signs[sign](int(name), bound)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("${t} = ${n}", "${t} = ${n}"),
        ("count-selected(${t}) > 2", "count-selected()"),
        ("${n} + ${t} > 2", "${n} + ${t}"),
        ("round(${n}, 1) > 2", "round()"),
        ("1 + 1 = 2", "1 + 1"),
        ("regex(${t}, '^1')", "regex()"),
        ("if(${n} > 1, true(), false())", "if()"),
        ("../q = 1", "../q"),
        (". = 1", "."),
        ("${c} = 1", "计算字段"),
        ("${gone} = 1", "不存在"),
        ("${yn} = 'maybe'", "不在这道题的选项表里"),
        ("${t} > 'a'", "${t} > 'a'"),
        ("${yn} > 3", "没有一个选项"),
        ("today() > ${d}", "today()"),
        ("${n} =", "写法不对"),
        ("(${n} = 1", "写法不对"),
        ("x", "“x”"),
        ("", "写法不对"),
        ("${n} = 1 and", "写法不对"),
        ("(" * 500 + "1" + ")" * 500, "写法不对"),
        ("1" + "+1" * 5000, "写法不对"),
    ],
)
def test_anything_else_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        to_visible_if(text, FORM)
    assert named in str(caught.value)
    assert caught.value.cure


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="${}qn='1<>!()and ornotselected,.-+*/\"", max_size=40))
def test_any_text_is_translated_or_refused(text: str) -> None:
    with contextlib.suppress(QuestionnaireError):
        parse(to_visible_if(text, FORM))
