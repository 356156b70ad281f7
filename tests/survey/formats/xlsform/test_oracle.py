"""pyxform as the oracle: a form that it refuses is refused here too, one that it accepts is read or refused by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.formats.xlsform.standard import COMPUTED, DEVICE, NOTES, QUESTIONS, UNSTORED
from tests.survey.formats.xlsform.forms import YN, Form, imported, verdicts, xform

Rows = list[dict[str, str]]
BASE: Rows = [
    {"type": "select_one yn", "name": "q1", "label": "一"},
    {"type": "begin_group", "name": "g", "label": "组", "relevant": "${q1} = '1'"},
    {"type": "integer", "name": "q2", "label": "二", "constraint": ". >= 0"},
    {"type": "end_group"},
    {"type": "select_multiple sat", "name": "q3", "label": "三"},
]
LISTS = [*YN, ["sat", "good", "好"], ["sat", "bad", "差"]]


def form(rows: Rows, choices: Any = LISTS, **sheets: Any) -> Form:
    head = list(dict.fromkeys(["type", "name", "label", *(column for row in rows for column in row)]))
    table = [head, *([row.get(column, "") for column in head] for row in rows)]
    return {"survey": table, **({"choices": choices} if choices else {}), **sheets}


def changed(row: int, **cells: str) -> Rows:
    return [{**one, **cells} if number == row else one for number, one in enumerate(BASE)]


def more(**cells: str) -> Rows:
    return [*BASE, {"type": "text", "name": "new", "label": "新", **cells}]


def listed(*rows: list[str], head: list[str] = LISTS[0]) -> Any:
    return [head, *LISTS[1:], *rows]


INVALID: dict[str, Form] = {
    "no type column": {"survey": [["name", "label"], ["q", "题"]]},
    "unknown type": form(more(type="texte")),
    "type in capitals": form(more(type="Text")),
    "select without a list": form(more(type="select_one")),
    "list that is missing": form(more(type="select_one gone")),
    "no choices sheet": form(BASE, choices=None),
    "row without a type": form(more(type="")),
    "row without a name": form(more(name="")),
    "group without a name": form(changed(1, name="")),
    "name that starts with a digit": form(more(name="1a")),
    "name with a blank": form(more(name="a b")),
    "name twice": form(more(name="q1")),
    "name of a group twice": form(more(name="g")),
    "name meta": form(more(name="meta")),
    "end without begin": form([*BASE, {"type": "end_group"}]),
    "begin without end": form(BASE[:3]),
    "wrong end": form(changed(3, type="end_repeat")),
    "question without label": form(more(label="")),
    "note without label": form(more(type="note", label="")),
    "photo without label": form(more(type="image", label="")),
    "calculate without calculation": form(more(type="calculate")),
    "audit with a name": form(more(type="audit")),
    "reference to nothing in relevant": form(more(relevant="${gone} = 1")),
    "reference to nothing in a label": form(more(label="看 ${gone}")),
    "reference to nothing in a hint": form(more(hint="看 ${gone}")),
    "reference to nothing in another language": form(more(**{"label::fr": "vu ${gone}"})),
    "reference to nothing in constraint": form(more(constraint=". > ${gone}")),
    "reference to nothing in an unknown column": form(more(remark="${gone}")),
    "reference to nothing in a choice": form(BASE, listed(["yn", "3", "${gone}"])),
    "reference to nothing in settings": form(BASE, settings=[["form_title"], ["${gone}"]]),
    "reference that is not closed": form(more(relevant="${q1")),
    "reference with a blank": form(more(relevant="${q 1} = 1")),
    "reference to a name that is not unique": form(
        [*BASE, {"type": "begin_group", "name": "h", "label": "h"}, *more(name="q1", relevant="${q1}=1")[-1:], BASE[3]]
    ),
    "trigger that is no reference": form(more(trigger="q1")),
    "trigger to nothing": form(more(trigger="${gone}")),
    "choice without a name": form(BASE, listed(["yn", "", "空"])),
    "unused choice without a name": form(BASE, listed(["other", "", "空"])),
    "choice twice": form(BASE, listed(["yn", "1", "重"])),
    "blank in the name of a multiple choice": form(BASE, listed(["sat", "so so", "一般"])),
    "choices without a column name": form(BASE, listed(head=["list_name", "nombre", "label"])),
    "two columns that mean the same": {"survey": [["type", "name", "label", "caption"], ["text", "q", "题", "题"]]},
    "parameters that do not parse": form(more(parameters="rows")),
    "unknown parameter": form(more(parameters="height=3")),
    "rows that are no number": form(more(parameters="rows=x")),
    "range that starts with a letter": form(more(type="range", parameters="start=a")),
    "range with step 0": form(more(type="range", parameters="step=0")),
    "range with a step that is too large": form(more(type="range", parameters="start=0 end=3 step=5")),
    "randomize maybe": form(more(type="select_one yn", parameters="randomize=maybe")),
    "seed alone": form(more(type="select_one yn", parameters="seed=3")),
    "seed that is no number": form(more(type="select_one yn", parameters="randomize=true seed=x")),
    "photo of x pixels": form(more(type="image", parameters="max-pixels=x")),
    "quality of a recording": form(more(type="audio", parameters="quality=best")),
    "audit without all parameters": form(
        [*BASE, {"type": "audit", "name": "audit", "parameters": "location-priority=balanced"}]
    ),
    "table-list of two lists": form(
        [
            {"type": "begin_group", "name": "t", "label": "表", "appearance": "table-list"},
            {"type": "select_one yn", "name": "a", "label": "甲"},
            {"type": "select_one sat", "name": "b", "label": "乙"},
            {"type": "end_group"},
        ]
    ),
    "or_other with a filter": form(more(type="select_one yn or_other", choice_filter="x=1")),
    "or_other twice": form([*more(type="select_one yn or_other", name="a"), *more(name="a_other")[-1:]]),
    "loop over nothing": form(
        [*BASE, {"type": "begin_loop over gone", "name": "l", "label": "l"}, {"type": "end_loop"}]
    ),
    "external choices": form(more(type="select_one_external gone")),
    "name of the form": form(BASE, settings=[["name"], ["a b"]]),
}


@pytest.mark.parametrize("kind", INVALID)
def test_what_pyxform_refuses_is_refused_by_place(kind: str) -> None:
    reason, errors = verdicts(INVALID[kind])
    assert reason, "pyxform accepts it"
    assert errors
    # a row of pyxform is the row that is named
    found = re.search(r"\[row : (\d+)\]", reason)
    if found and "settings" not in reason:
        assert any(f"第 {found[1]} 行" in error for error in errors)


VALID: dict[str, Form] = {
    "base": form(BASE),
    "blank in begin group": form([{**row, "type": row["type"].replace("_group", " group")} for row in BASE]),
    "smart quotes": form(more(relevant="${q1} = ‘1’")),
    "the same name in two groups": form(
        [*BASE, {"type": "begin_group", "name": "h", "label": "h"}, *more(name="q2")[-1:], BASE[3]]
    ),
    "names that differ by case": form(more(name="Q1")),
    "list that is not used": form(BASE, listed(["old", "1", "旧"])),
    "choice without a label": form(BASE, listed(["yn", "3", ""])),
    "other headings": {
        "survey": [["Command", "Tag", "Caption", "bind::relevant"], ["text", "q", "题", ""]],
        "choices": [["List Name", "value", "LABEL"], ["yn", "1", "是"]],
    },
    "columns of Kobo": form(more(**{"$kuid": "x", "$xpath": "new", "kobo--score-choices": ""})),
    "hint in place of a label": form(more(label="", hint="提示")),
    "picture in place of a label": form(more(label="", **{"media::image": "a.png"})),
    "disabled row of an unknown type": form(more(type="texte", disabled="yes")),
}


@pytest.mark.parametrize("kind", VALID)
def test_what_pyxform_accepts_is_read(kind: str) -> None:
    assert verdicts(VALID[kind]) == ("", [])


KNOWN = sorted({*QUESTIONS, *NOTES, *COMPUTED, *DEVICE, *UNSTORED} - {"audit"})


def test_every_type_of_pyxform_is_known() -> None:
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    selects = {kind for kind in QUESTION_TYPE_DICT if re.search(r"select|rank", kind)}
    days = {kind for kind in QUESTION_TYPE_DICT if kind.startswith("number of days")}
    assert not days & set(KNOWN)  # refused by name
    assert set(QUESTION_TYPE_DICT) - selects - days - {"audit"} <= set(KNOWN)


@pytest.mark.parametrize("kind", KNOWN)
def test_a_known_type_is_one_of_pyxform_and_is_read_or_named(kind: str) -> None:
    needed = {"calculation": "1 + 1"} if kind in COMPUTED else {}
    rows = more(type=kind, **needed, **({"trigger": "${q1}"} if kind == "background-geopoint" else {}))
    try:
        xform(form(rows))
    except ValueError as error:
        pytest.fail(str(error))
    made = imported(form(rows))
    assert not made.errors
    last = made.survey["pages"][-1]["elements"][-1].get("name")
    assert last == "new" or any("new" in finding.got for finding in made.findings)


CELLS = {
    "relevant": [
        "${q1} = '1'",
        "selected(${q3}, 'good')",
        "${gone} = 1",
        "${q1",
        "true()",
        "no",
        "${g} = 1",
        "(",
        "1 + 1",
    ],
    "constraint": [". > 1", "${q1} > .", "${gone}", "regex(., '.')", "count-selected(.) < 3"],
    "required": ["yes", "no", "${q1} = '1'", "TRUE", "${"],
    "calculation": ["1 + 1", "${q1}", "${gone}"],
    "choice_filter": ["p = ${q1}", "true()"],
    "appearance": ["table-list", "minimal", "field-list table-list"],
    "parameters": [
        "start=0 end=10",
        "randomize=true",
        "rows=3",
        "max-pixels=10",
        "foo",
        "a=b",
        "seed=3",
        "quality=low",
    ],
    "hint": ["提示", "${q1}", "${gone}"],
    "label": ["题", "", "${q1}", "${gone}", "${", "a & <b>"],
    "default": ["1", "${q1}", "today()"],
    "read_only": ["yes", "no", "${q1} = 1"],
    "trigger": ["${q1}", "q1", "${gone}"],
    "disabled": ["yes", "no"],
    "repeat_count": ["3", "${q2}"],
    "name": ["q1", "Q1", "meta", "1q", "a b", "题", "a-b", "", "audit", "new_other", "data"],
}
TYPES = [
    *(
        "text",
        "integer",
        "decimal",
        "date",
        "note",
        "calculate",
        "range",
        "geopoint",
        "image",
        "audio",
        "audit",
        "time",
    ),
    *("select_one yn", "select_multiple sat", "select_one yn or_other", "rank sat", "select_one gone", "hidden", "int"),
    *(
        "select_one_from_file a.csv",
        "select_one ${q1}",
        "Text",
        "sel_one yn",
        "acknowledge",
        "select one from yn",
        "xml-external",
    ),
    *("begin_group", "begin_repeat", "begin group", "end_group", "begin_loop over yn"),
]
CLOSING = {"begin_group": "end_group", "begin group": "end group", "begin_repeat": "end_repeat"}
ROW = st.builds(
    lambda kind, cells: {"type": kind, **cells},
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(sorted(CELLS)), st.integers(0, 10), max_size=2).map(
        lambda chosen: {column: CELLS[column][place % len(CELLS[column])] for column, place in chosen.items()}
    ),
)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Draw a form from the valid one and some rows, most of which have at most two odd cells."""
    rows: Rows = [*BASE]
    open_: list[str] = []
    for number, row in enumerate(draw(st.lists(ROW, min_size=1, max_size=3))):
        rows.append({"name": f"n{number}", "label": f"题{number}", **row})
        open_ += [CLOSING[row["type"]]] if row["type"] in CLOSING else []
    rows += [{"type": kind} for kind in reversed(open_)]
    return form(
        rows, draw(st.sampled_from([LISTS, LISTS, LISTS, listed(["yn", "1", "重"]), listed(["sat", "a b", "空格"])]))
    )


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=forms())
def test_a_random_form_is_read_only_if_pyxform_accepts_it(drawn: Form) -> None:
    try:
        reason, errors = verdicts(drawn)
    except (AttributeError, KeyError):  # pyxform itself fails, for external data inside a repeat or a table-list
        return
    if reason:
        assert errors, reason
    if not errors:
        made = imported(drawn)
        for finding in made.lint():
            assert finding.level == "warning" or "永远问不到" in finding.what or "太少" in finding.what
        # each row is in the questionnaire, or a finding names it
        read = str(made.survey)
        for number, row in enumerate(drawn["survey"][1:], start=2):
            named = any(f"survey 第 {number} 行" in finding.subject for finding in made.findings)
            assert named or row[0].startswith("end") or f"'{row[2]}'" in read or f"{row[1]!r}" in read
    else:
        assert all(re.search(r"第 \d+ 行|列", error) for error in errors)
