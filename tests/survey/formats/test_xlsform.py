"""XLSForm: lossless round trips, equivalent conditions, and foreign forms."""

from __future__ import annotations

import contextlib
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cli
from survey.errors import QuestionnaireError
from survey.formats.xlsform_export import write_xlsform
from survey.formats.xlsform_import import read_xlsform
from survey.formats.xpath import from_relevant, to_relevant
from survey.instrument.conditions.expressions import evaluate_one, parse
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire, read_questionnaire
from tests.survey.small_study import EXPORTS, QUESTIONNAIRE

DEMO = Path(__file__).parent.parent.parent.parent / "data" / "demo" / "questionnaire.json"
SOURCES = {"demo": DEMO, "wm": EXPORTS / "wm_questionnaire.surveyjs.json"}


@pytest.mark.parametrize("name", SOURCES)
def test_round_trip(name: str, tmp_path: Path) -> None:
    write_xlsform(SOURCES[name], tmp_path / "a.xlsx")
    before, after = read_questionnaire(SOURCES[name]), parse_questionnaire(read_xlsform(tmp_path / "a.xlsx"))
    assert after.questions == before.questions
    assert after.rates == before.rates
    assert set(after.endings) == set(before.endings)
    assert (after.id, after.version, after.title) == (before.id, before.version, before.title)


@pytest.mark.parametrize("name", SOURCES)
def test_pyxform_accepts_the_form(name: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyxform.xls2xform import convert
    write_xlsform(SOURCES[name], tmp_path / "a.xlsx")
    made = convert(str(tmp_path / "a.xlsx"), validate=False)
    assert "<h:html" in made.xform
    for question in read_questionnaire(SOURCES[name]).questions:
        assert f"/{question.name}" in made.xform


@pytest.fixture(scope="module")
def small() -> Questionnaire:
    return parse_questionnaire(QUESTIONNAIRE)


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
@settings(max_examples=40, deadline=None)
@given(answers=ANSWERS)
def test_a_translated_condition_means_the_same(condition: str, answers: dict[str, Any], small: Questionnaire) -> None:
    back = from_relevant(to_relevant(condition, small), {"E_E1": "E.E1", "E_E2": "E.E2"})
    assert evaluate_one(parse(back), answers) == evaluate_one(parse(condition), answers)


def test_syntax_of_translated_conditions(small: Questionnaire) -> None:
    assert to_relevant("{A1} anyof [1, 2] and {B1} contains 3", small) == (
        "(${A1} = '1' or ${A1} = '2') and (selected(${B1}, '3'))"
    )
    assert to_relevant("{S1} >= 60", small) == "${S1} >= 60"
    assert to_relevant("{B1} notempty", small) == "${B1} != ''"


@pytest.mark.parametrize("text", ["${a} = ${b}", "count-selected(${a}) > 2", "${a} =", "(${a} = 1", "x", "", "a = 1 +"])
def test_untranslatable_conditions_are_rejected(text: str) -> None:
    with pytest.raises(QuestionnaireError, match="relevant"):
        from_relevant(text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="${}ab='1<>!()and ornotselected,.\"", max_size=40))
def test_any_text_is_translated_or_rejected(text: str) -> None:
    with contextlib.suppress(QuestionnaireError):
        parse(from_relevant(text))


def form(path: Path, **sheets: list[list[str]]) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


SURVEY = [
    ["type", "name", "label::中文 (zh)", "label::English (en)", "relevant", "required", "constraint"],
    ["start", "start", "", "", "", "", ""],
    ["note", "hello", "您好", "Hello", "", "", ""],
    ["integer", "age", "您的年龄", "Age", "", "yes", ". >= 18 and . <= 99"],
    ["select_one yn", "know", "您知道吗", "Do you know", "${age} >= 18", "", ""],
    ["select_multiple how", "how", "从哪里知道", "How", "${know} = '1'", "", ""],
    ["text", "how_other", "请注明", "Specify", "selected(${how}, 'other')", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::中文 (zh)", "label::English (en)"],
    ["yn", "1", "知道", "Yes"],
    ["yn", "2", "不知道", "No"],
    ["how", "1", "电视", "TV"],
    ["how", "other", "其他", "Other"],
]


def test_a_foreign_form(tmp_path: Path) -> None:
    path = form(tmp_path / "a.xlsx", survey=SURVEY, choices=CHOICES)
    made = parse_questionnaire(read_xlsform(path))
    assert [question.name for question in made.questions] == ["age", "know", "how"]
    age, know, how = made.questions
    assert (age.minimum, age.maximum, age.required) == (18, 99, True)
    assert (know.title, know.visible_if) == ("您知道吗", "{age} >= 18")
    assert (how.other, how.choices[-1].label) == (True, "其他")


@pytest.mark.parametrize(
    ("sheet", "row", "what"),
    [
        ("survey", ["geopoint", "gps", "位置"], "没有对应"),
        ("survey", ["select_one nowhere", "x", "题"], "没有这张选项表"),
        ("choices", ["yn", "yes", "是"], "不是数字"),
    ],
)
def test_untranslatable_parts_are_reported_with_their_row(
    sheet: str, row: list[str], what: str, tmp_path: Path
) -> None:
    sheets = {"survey": [list(one) for one in SURVEY], "choices": [list(one) for one in CHOICES]}
    sheets[sheet].append(row)
    with pytest.raises(QuestionnaireError, match=what) as caught:
        read_xlsform(form(tmp_path / "a.xlsx", **sheets))
    assert f"{sheet} 第 {len(sheets[sheet])} 行" in str(caught.value)


def test_a_file_without_a_form(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireError, match="没有名为 survey"):
        read_xlsform(form(tmp_path / "a.xlsx", 数据=[["a"], ["1"]]))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form_, back = tmp_path / "a.xlsx", tmp_path / "b.json"
    assert cli.main(["xlsform", str(DEMO), str(form_)]) == 0
    assert cli.main(["xlsform", str(form_), str(back)]) == 0
    assert json.loads(back.read_text(encoding="utf-8"))["instrumentId"] == "silu-default"
    assert cli.main(["xlsform", str(form_), str(back)]) == 2
    assert cli.main(["xlsform", str(form_), str(tmp_path / "c.docx")]) == 2
    assert "没有覆盖" in capsys.readouterr().err
