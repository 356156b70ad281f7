"""Routing conditions: their values, and agreement between columns and single answers."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.errors import QuestionnaireError
from survey.instrument.conditions.expressions import evaluate_one, parse, source
from survey.instrument.conditions.on_columns import evaluate
from survey.instrument.conditions.written import written
from survey.instrument.question import BLANK, OTHER

ANSWERS: dict[str, Any] = {
    "A1": 2,
    "B1": [1, 3, "other"],
    "B1-Comment": "网格员",
    "E": {"E3": 5},
    "T": "好 ",
    "N": 0,
    "Y": False,
    "Z": "",
    "L": [],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{A1} = 2", True),
        ("{A1} = '2'", True),
        ("{A1} <> 2", False),
        ("{A1} != 3", True),
        ("{A1} anyof [1, 2]", True),
        ("{A1} noneof [1, 2]", False),
        ("{B1} anyof [2, 3]", True),
        ("{B1} allof [1, 3]", True),
        ("{B1} allof [1, 2]", False),
        ("{B1} contains 3", True),
        ("{B1} contains 'other'", True),
        ("{B1} notcontains 2", True),
        ("{B1-Comment} = '网格员'", True),
        ("{E.E3} >= 5", True),
        ("{E.E4} empty", True),
        ("{E} notempty", True),
        ("{T} = '好'", True),
        # 0 and false are answers; "" and [] and a name nobody knows are none.
        ("{N} notempty", True),
        ("{Y} notempty", True),
        ("{Z} empty and {L} empty and {nothing} empty", True),
        ("{Y} = false", True),
        # a missing answer is neither above nor below anything, and different from everything
        ("{nothing} > 0 or {nothing} < 0 or {nothing} = 0", False),
        ("{nothing} <> 1", True),
        ("{nothing} notcontains 1", True),
        ("{nothing} anyof [1]", False),
        # "and" binds closer than "or"
        ("{A1} = 2 or {A1} = 1 and {N} = 7", True),
        ("({A1} = 2 or {A1} = 1) and {N} = 7", False),
        ("!({A1} = 2)", False),
        ("! {Z} notempty", True),
        ("negate ({A1} = 2) || {A1} = 2 && {N} = 0", True),
        # calculations and functions; a value that stands alone holds if it is true
        ("{A1} + {N} = 2 and {A1} * 3 - 1 > 4 and {A1} / 4 = 0.5 and {A1} % 2 = 0 and {A1} ^ 3 = 8", True),
        ("0.1 + 0.2 = 0.3 and {nothing} + 1 = 1", True),
        ("2 + 3 * 2 = 8 and 10 - 2 - 3 = 5 and -2 + {A1} = 0", True),
        ("iif({A1} > 1, 'yes', 'no') = 'yes' and sum({A1}, {E.E3}, 1) = 8 and max({A1}, 3) = 3", True),
        ("count({B1}) = 3 and avg(1, 2) = 1.5 and round(2.345, 2) = 2.35 and trunc(2.9) = 2", True),
        ("dateDiff('2026-01-31', '2026-03-01', 'months') = 1 and diffDays('2026-03-01', '2026-02-27') = 2", True),
        ("getYear('2026-03-01') = 2026 and substring({B1-Comment}, 0, 2) = '网格'", True),
        ("{A1}", False),
        ("{A1} - 1", False),
        ("{Y}", False),
        ("!{Y}", True),
        ("{Y} or {A1} = 2", True),
        ("true", True),
        ("{A1} = 2 = true", True),
        ("{ A1 } => 2", True),
    ],
)
def test_condition_values(text: str, expected: bool) -> None:
    assert evaluate_one(parse(text), ANSWERS) is expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 1),
        ("{A1} = ", 8),
        ("{A1} = 1 and", 13),
        ("({A1} = 1", 10),
        ("{A1} = 1)", 9),
        ("{A1} anyof [1, ]", 16),
        ("{A1} and", 9),
        ("{A1} = - 1", 10),
        ("{A1} anyof [1, null]", 16),
        ("{A1} = 'a <> b'", 8),
        ("iif({A1})", 1),
        ("({A1}) notempty", 8),
        ("{A1} = 0x1F", 8),
        ("{A1 = 1", 1),
        ("{A1} = 'x", 8),
        ("age({A1}) > 3", 1),
        ("{A1} = 1 and isContainerReady('p1')", 14),
        ("!({A1} = countInArray({B1}, 'x'))", 10),
        ("{A1} = 1 or IIF(true, 1)", 13),
        ("not ({A1} = 3)", 1),
        ("negate({A1} = 3)", 1),
        ("{A1} + = 2", 8),
        ("{A1} ＝ 1", 6),
    ],
)
def test_a_syntax_error_is_reported_with_its_position(text: str, place: int) -> None:
    with pytest.raises(QuestionnaireError) as error:
        parse(text)
    assert f"第 {place} 个字符" in str(error.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("isContainerReady", "手机问卷当时的状态"),
        ("today", "今天的日期"),
        ("age", "直接问年龄"),
        ("sumInArray", "动态面板"),
        ("countInArray", "动态面板"),
        ("IIF", "是否想写 iif"),
        ("ourOwnCheck", "自己编写的函数"),
    ],
)
def test_an_unsupported_function_is_refused_by_name_with_an_alternative(name: str, reason: str) -> None:
    with pytest.raises(QuestionnaireError, match=f"不支持的函数 {name}") as error:
        parse(f"{{A1}} = 1 and {name}({{A1}}) = 1")
    assert "第 14 个字符" in error.value.where
    assert reason in error.value.cure


@pytest.mark.parametrize(
    "text",
    [
        "{A1} = 1 or {B1} anyof [1, 'other'] and !({C1} empty)",
        "({A1} + 2) * -3 ^ 2 % 5 >= {E.E3} - 1.5 / 2",
        "iif({A1} contains 'it\\'s' = true, null, 'x') <> '' and sum([1, {N}], 2) notcontains 3",
        "!{A1} and (({A1} = 1) = false or {B1-Comment} notempty)",
    ],
)
def test_a_condition_that_is_written_again_parses_to_the_same_tree(text: str) -> None:
    root = parse(text).root
    assert parse(written(root)).root == root


def test_names_and_sources() -> None:
    expression = parse("{A1} = 1 and ({E.E3} > {A1} or [{B1-Comment}, 2] contains 3)")
    assert expression.names == ("A1", "E.E3", "B1-Comment")
    assert [source(name) for name in expression.names] == ["A1", "E", "B1"]


def test_columns_of_every_library() -> None:
    expression = parse("{A1} = 1 or {A1} empty")
    expected = [True, False, True, True]
    for column in (
        np.array([1, 2, BLANK, BLANK], dtype=np.int8),
        np.array([1.0, 2.0, np.nan, BLANK]),
        np.array([1, 2, None, BLANK], dtype=object),
        pd.Series([1, 2, None, BLANK], dtype="Int8"),
        pd.Series([1, 2, None, BLANK], dtype="Int8", index=[5, 6, 7, 8]),
        pa.array([1, 2, None, BLANK], type=pa.int8()),
        pa.chunked_array([pa.array([1, 2], type=pa.int8()), pa.array([None, BLANK], type=pa.int8())]),
    ):
        assert evaluate(expression, {"A1": column}).tolist() == expected


def test_checkbox_columns() -> None:
    columns = {
        "B1.1": np.array([1, 0, 0, BLANK], dtype=np.int8),
        "B1.2": np.array([1, 1, 0, BLANK], dtype=np.int8),
        f"B1.{OTHER}": np.array([0, 0, 1, BLANK], dtype=np.int8),
        "B1.other": np.array(["", None, "村里", None], dtype=object),
    }
    meanings = {
        "{B1} contains 1": [True, False, False, False],
        "{B1} contains 'other'": [False, False, True, False],
        "{B1} anyof [1, 'other']": [True, False, True, False],
        "{B1} allof [2, 1]": [True, False, False, False],
        "{B1} = [2]": [False, True, False, False],
        "{B1} = ['2', 1]": [True, False, False, False],
        "{B1} empty": [False, False, False, True],
        "{B1} notempty and {B1} notcontains 1": [False, True, True, False],
        "{B1-Comment} notempty": [False, False, True, False],
    }
    for text, expected in meanings.items():
        assert evaluate(parse(text), columns).tolist() == expected, text


def test_stored_codes_have_the_meaning_of_the_form() -> None:
    """Yes is true and 97 is "other" in the form; the two are compared as such."""
    columns = {"Y": np.array([1, 0, BLANK], dtype=np.int8), "A1": np.array([OTHER, 2, 1], dtype=np.int8)}
    meanings = {"Y": {1: True, 0: False}, "A1": {OTHER: "other"}}
    assert evaluate(parse("{Y} = 'true'"), columns, meanings).tolist() == [True, False, False]
    assert evaluate(parse("{Y}"), columns, meanings).tolist() == [True, False, False]
    assert evaluate(parse("{A1} = 'other' or {A1} = 1"), columns, meanings).tolist() == [True, False, True]
    assert evaluate(parse("{A1} = 97"), columns, {}).tolist() == [True, False, False]


def test_calculations_on_columns() -> None:
    """Answers are combined row by row; a value that is not true does not hold, and `!` looks at the value."""
    columns = {"N": np.array([1, 2, BLANK], dtype=np.int8), "M": np.array([np.nan, 5.0, 7.0])}
    columns |= {f"B1.{code}": np.array(flags, dtype=np.int8) for code, flags in ((1, [1, 1, 0]), (2, [0, 1, 0]))}
    meanings = {
        "{N} + {M} >= 7": [False, True, True],
        "count({B1}) = {N}": [True, True, False],
        "{N} or {M} = 7": [False, False, True],
        "!{N}": [False, False, True],
        "{N} and {M} = 5": [False, True, False],
        "{B1} contains ({N} - 1 + 1)": [True, True, False],
        "sum({B1}) = 3 or {M} empty": [True, True, False],
    }
    for text, expected in meanings.items():
        assert evaluate(parse(text), columns).tolist() == expected, text


def test_no_rows_and_no_columns() -> None:
    assert evaluate(parse("{A1} = 1"), {"A1": np.array([], dtype=np.int8)}).shape == (0,)
    assert evaluate(parse("{A1} empty"), {"B": np.zeros(3)}).tolist() == [True, True, True]
    assert evaluate(parse("{A1} = 1"), {}).shape == (0,)


CODES = st.sampled_from([None, 0, 1, 2, 3, 5, 12, 98])
CHECKED = st.lists(st.sampled_from([1, 2, 3, 12, "other"]), unique=True, max_size=4)
ANSWER = st.fixed_dictionaries(
    {"A1": CODES, "A2": CODES, "B1": CHECKED, "C1": CHECKED, "E": st.fixed_dictionaries({"E1": CODES, "E2": CODES}),
     "T": st.sampled_from([None, "", "1", "12", "很好", "True"])}
)  # fmt: skip
NAMES = st.sampled_from(["{A1}", "{A2}", "{B1}", "{C1}", "{E.E1}", "{E.E2}", "{T}", "{unknown}"])
CONSTANTS = st.sampled_from(["0", "1", "2", "12", "-1", "1.5", "'1'", "'很好'", "'other'", "true", "''"])
LISTS = st.lists(CONSTANTS, min_size=1, max_size=3).map(lambda items: f"[{', '.join(items)}]")
OPERATORS = st.sampled_from(["=", "<>", "<", ">", "<=", ">=", "anyof", "allof", "noneof", "contains", "notcontains"])
LEAVES = st.one_of(
    st.tuples(NAMES, st.sampled_from(["empty", "notempty"])).map(" ".join),
    st.tuples(NAMES, OPERATORS, st.one_of(CONSTANTS, LISTS, NAMES)).map(" ".join),
    st.tuples(st.one_of(CONSTANTS, LISTS), OPERATORS, NAMES).map(" ".join),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda text: f"!({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    ),
    max_leaves=4,
)


def columns_of(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the stored columns of fully asked answers; missing codes alternate between NULL and blank."""
    columns: dict[str, list[Any]] = {}
    for number, answer in enumerate(answers):
        for name in ("A1", "A2", "E.E1", "E.E2"):
            value = answer[name] if name in answer else answer["E"][name.partition(".")[2]]
            columns.setdefault(name, []).append((None, BLANK)[number % 2] if value is None else value)
        for name in ("B1", "C1"):
            for code in (1, 2, 3, 12, OTHER):
                checked = ("other" if code == OTHER else code) in answer[name]
                columns.setdefault(f"{name}.{code}", []).append(int(checked))
        columns.setdefault("T", []).append(answer["T"])
    return {name: pd.Series(values, dtype="object" if name == "T" else "Int16") for name, values in columns.items()}


def _place(code: Any) -> tuple[bool, Any]:
    """Return the sort key of an option: numbers first, then words."""
    return isinstance(code, str), code


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, st.lists(ANSWER, min_size=1, max_size=8))
def test_columns_agree_with_single_answers(text: str, answers: list[dict[str, Any]]) -> None:
    expression = parse(text)
    # A checkbox with nothing checked has no answer in the form, as it has none in the columns.
    # Columns do not know in which order boxes were checked; `<` on lists would.
    answers = [
        {key: sorted(v, key=_place) if isinstance(v, list) else v for key, v in answer.items()} for answer in answers
    ]
    single = [{key: value for key, value in answer.items() if value not in ([], None)} for answer in answers]
    assert evaluate(expression, columns_of(answers)).tolist() == [evaluate_one(expression, one) for one in single]
