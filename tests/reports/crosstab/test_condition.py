"""`condition`: groups of clauses mean the same as SurveyJS and in words."""

import itertools

import pyarrow as pa
import pytest

from reports.crosstab.condition import Clause, Group, spoken, written
from survey.errors import ArgumentError
from survey.instrument.conditions.expressions import parse
from survey.instrument.conditions.on_columns import evaluate

A, B, C = (Clause(name, name, {"是的": 1}) for name in "abc")
NOT_C = Clause("c", "c", {"是的": 1}, negated=True)
ROWS = list(itertools.product([0, 1], repeat=3))
COLUMNS = {
    name: pa.chunked_array([pa.array(values)]) for name, values in zip("abc", zip(*ROWS, strict=True), strict=True)
}


@pytest.mark.parametrize(
    ("groups", "either", "meant"),
    [
        ((Group((A, B)), Group((NOT_C,))), True, lambda a, b, c: (a and b) or not c),
        ((Group((A, B), either=True), Group((C,))), False, lambda a, b, c: (a or b) and c),
        ((Group((A, B), negated=True), Group((C,))), False, lambda a, b, c: not (a and b) and c),
        ((Group((A, B), either=True, negated=True),), False, lambda a, b, c: not (a or b)),
        ((Group((A, B, C)),), False, lambda a, b, c: a and b and c),
        ((Group((A,)), Group((B,)), Group((C,))), True, lambda a, b, c: a or b or c),
    ],
)
def test_groups_mean_what_their_brackets_say(groups, either, meant) -> None:
    found = evaluate(parse(written(groups, either=either)), COLUMNS)
    assert found.tolist() == [bool(meant(*row)) for row in ROWS]


def test_groups_in_words() -> None:
    assert spoken([Group((A, B)), Group((NOT_C,))], either=True) == "（a是是的，并且b是是的），或者c不是是的"
    assert spoken([Group((A, B), either=True, negated=True)]) == "不符合（a是是的，或者b是是的）"
    assert spoken([]) == written([]) == ""


def test_texts_with_a_quote_are_written_in_the_other_and_both_are_refused() -> None:
    assert written([Group((Clause("x", "x", {"它's": "它's"}),))]) == '({x} = "它\'s")'
    with pytest.raises(ArgumentError, match="引号"):
        written([Group((Clause("x", "x", {"?": "\"'"}),))])
