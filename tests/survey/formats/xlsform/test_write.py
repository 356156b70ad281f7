"""XLSForms that Silu writes: pyxform accepts them, and they come back equal, also after people have edited them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cli
from survey.errors import QuestionnaireError
from survey.formats.xlsform import write
from survey.formats.xlsform.read import ImportedForm, import_xlsform
from survey.formats.xlsform.write import write_xlsform
from survey.instrument.questionnaire import parse_questionnaire
from tests.survey.formats.xlsform.forms import Form, imported, saved, xform
from tests.survey.small_study import EXPORTS, QUESTIONNAIRE

DEMO = Path(__file__).parents[4] / "data" / "demo" / "questionnaire.json"
SOURCES = {"demo": DEMO, "wm": EXPORTS / "wm_questionnaire.surveyjs.json"}
YES = [{"value": 1, "text": "是"}, {"value": 2, "text": "否"}]
HARD: dict[str, Any] = {
    "instrumentId": "hard",
    "instrumentVersion": "1 ${v}",
    "title": {"default": "难 ${title}", "en": "Hard"},
    "completedHtml": "<p>${thanks}</p>",
    "pages": [
        {
            "name": "meta",
            "title": "页 ${x",
            "elements": [
                {"type": "radiogroup", "name": "meta", "title": "您知道 ${a} 吗", "choices": YES, "isRequired": True},
                {"type": "radiogroup", "name": "start", "choices": [1, 2, {"value": 3, "text": " "}]},
                {"type": "html", "name": "meta", "html": "<b>说明</b> ${b}"},
                {"type": "html", "html": "<hr>"},
            ],
        },
        {"elements": []},
        {
            "name": "meta",
            "visibleIf": "{meta} = 1",
            "elements": [
                {
                    "type": "panel",
                    "title": "内",
                    "visibleIf": "{start} <> 2",
                    "elements": [
                        {"type": "dropdown", "name": "q", "title": "", "choices": [{"value": 5, "text": ""}, 6]},
                        {"type": "panel", "elements": [{"type": "boolean", "name": "b", "labelTrue": "对"}]},
                    ],
                },
                {"type": "rating", "name": "r", "rateMin": 1, "rateMax": 3, "visibleIf": "{b} = true"},
                {"type": "rating", "name": "r2", "rateValues": YES, "description": " 注 ${d} "},
            ],
        },
        {
            "name": "题 目",
            "elements": [
                {
                    "type": "checkbox",
                    "name": "m",
                    "title": "多选",
                    "choices": [{"value": 1, "text": "甲", "sourceName": "a b"}, {"value": 2, "text": "乙"}],
                    "showOtherItem": True,
                    "otherText": {"default": "别的", "en": "Other"},
                    "otherPlaceholder": "写 ${o}",
                    "maxSelectedChoices": 2,
                },
                {"type": "comment", "name": "m_other", "visibleIf": "{m-Comment} notempty", "rows": 3},
                {
                    "type": "matrix",
                    "name": "e",
                    "columns": YES,
                    "rows": ["x", {"value": "y", "text": "行 ${r}", "sourceName": "e-y"}],
                    "isAllRowRequired": False,
                },
                {"type": "comment", "name": "e_x", "visibleIf": "{e.x} = 1 or {m} anyof [1, 'other']", "maxLength": 9},
                {"type": "text", "name": "n", "inputType": "number", "min": 0, "max": 9.5, "sourceName": "num.1"},
                {"type": "text", "name": "w", "inputType": "email", "visibleIf": "{n} > 2 and {n} <= 7.5"},
                {"type": "text", "name": "day", "inputType": "date"},
                {"type": "ranking", "name": "k", "choices": YES, "showOtherItem": False},
            ],
        },
    ],
    "triggers": [{"type": "complete", "expression": "{meta} = 2"}],
}


def back(survey: Any, folder: Path) -> ImportedForm:
    """Write a questionnaire as a form, let pyxform convert it, and read it again."""
    source, form = folder / "q.json", folder / "q.xlsx"
    source.write_text(json.dumps(survey, ensure_ascii=False), encoding="utf-8")
    write_xlsform(source, form)
    assert "<h:html" in xform(form)
    return import_xlsform(form)


@pytest.mark.parametrize("name", [*SOURCES, "hard"])
def test_a_form_comes_back_equal(name: str, tmp_path: Path) -> None:
    survey = json.loads(SOURCES[name].read_text(encoding="utf-8-sig")) if name in SOURCES else HARD
    made = back(survey, tmp_path)
    assert made.survey == survey
    assert not made.errors
    # nothing but the time stamps of the interview is left out
    assert {finding.got for finding in made.findings} <= {"start start", "end end"}


TEXTS = st.text(alphabet="题 ${}a<>&\"'=　１{A1}", max_size=8)
NAMES = st.sampled_from(["a", "B", "meta", "Start", "a_other", "e_x", "audit", "q1"])
CHOICES = st.lists(TEXTS, min_size=2, max_size=3).map(
    lambda texts: [{"value": code, "text": f"{code}{text}" * bool(text)} for code, text in enumerate(texts, start=1)]
)
ELEMENTS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["radiogroup", "checkbox", "dropdown"]), "choices": CHOICES},
        optional={"title": TEXTS, "description": TEXTS, "showOtherItem": st.booleans(), "isRequired": st.booleans()},
    ),
    st.fixed_dictionaries(
        {"type": st.just("matrix"), "columns": CHOICES, "rows": st.just(["x", {"value": "y", "text": "行"}])},
        optional={"title": TEXTS, "isAllRowRequired": st.booleans()},
    ),
    st.fixed_dictionaries({"type": st.sampled_from(["comment", "boolean", "rating"])}, optional={"title": TEXTS}),
    st.fixed_dictionaries({"type": st.just("html"), "html": TEXTS}),
)


@st.composite
def surveys(draw: st.DrawFn) -> dict[str, Any]:
    """Draw questionnaires of odd names and texts on some pages, some of them without a name."""
    names = iter(draw(st.lists(NAMES, min_size=4, max_size=4, unique_by=str.casefold)))
    pages = []
    for title in draw(st.lists(TEXTS, min_size=1, max_size=3)):
        elements = draw(st.lists(ELEMENTS, max_size=2))
        named = [{**one, "name": next(names, None)} if one["type"] != "html" else one for one in elements]
        kept = [one for one in named if one.get("name", "") is not None]
        page = {"title": title, "elements": kept}
        pages.append(draw(st.sampled_from([page, {**page, "name": "a"}, {**page, "name": title}])))
    pages.append({"elements": [{"type": "comment", "name": "last"}]})
    return {"title": draw(TEXTS), "instrumentId": "i", "instrumentVersion": "1", "pages": pages}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(survey=surveys())
def test_any_questionnaire_comes_back_equal(survey: dict[str, Any]) -> None:
    form = tables(survey)
    xform(form)
    made = imported(form)
    assert made.survey == survey
    assert not made.errors


def tables(survey: dict[str, Any]) -> Form:
    """Return the sheets of a form without writing a file."""
    form = write.Form(survey, parse_questionnaire(survey))
    sheets = {
        "survey": (write.SURVEY, form.survey()),
        "choices": (write.CHOICES, form.choices()),
        "settings": (write.SETTINGS, [form.settings()]),
    }
    return {
        name: [list(heading), *([row.get(title, "").strip() for title in heading] for row in rows)]
        for name, (heading, rows) in sheets.items()
    }


def edited(folder: Path, *, sheet: str, name: str, column: str, cell: str) -> dict[str, Any]:
    """Return the small questionnaire after somebody has changed one cell of its form in Excel."""
    source, form = folder / "q.json", folder / "q.xlsx"
    source.write_text(json.dumps(QUESTIONNAIRE, ensure_ascii=False), encoding="utf-8")
    write_xlsform(source, form)
    book = openpyxl.load_workbook(form)
    head, *rows = book[sheet].iter_rows()
    titles = [str(title.value) for title in head]
    row = next(row for row in rows if name in (row[0].value, row[1].value))
    row[titles.index(column)].value = cell or None
    book.save(form)
    made = import_xlsform(form)
    assert not made.errors
    return {element["name"]: element for page in made.survey["pages"] for element in page["elements"]}


@pytest.mark.parametrize(
    ("sheet", "name", "column", "cell", "right"),
    [
        ("survey", "A1", "label", "新题目", lambda found: found["A1"]["title"] == "新题目"),
        ("survey", "A1", "hint", "提示", lambda found: found["A1"]["description"] == "提示"),
        ("survey", "A1", "required", "yes", lambda found: found["A1"]["isRequired"] is True),
        ("survey", "B1", "relevant", "${A1} = '2'", lambda found: found["B1"]["visibleIf"] == "{A1} = 2"),
        ("survey", "B1", "relevant", "", lambda found: "visibleIf" not in found["B1"]),
        (
            "survey",
            "S1",
            "constraint",
            ". >= 18",
            lambda found: (found["S1"]["min"], found["S1"].get("max")) == (18, None),
        ),
        ("survey", "A1", "type", "select_multiple A1", lambda found: found["A1"]["type"] == "checkbox"),
        ("survey", "E_E2", "label", "出行", lambda found: found["E"]["rows"][1] == {"value": "E2", "text": "出行"}),
        ("choices", "A1", "label", "晓得", lambda found: found["A1"]["choices"][0] == {"value": 1, "text": "晓得"}),
        ("choices", "A1", "name", "5", lambda found: found["A1"]["choices"][0]["value"] == 5),
    ],
)
def test_an_edited_cell_takes_precedence(
    sheet: str, name: str, column: str, cell: str, right: Callable[[Any], bool], tmp_path: Path
) -> None:
    found = edited(tmp_path, sheet=sheet, name=name, column=column, cell=cell)
    assert right(found)
    # all else is as it was
    assert found["A1"]["measurePositive"] == [1]
    assert found["J1"]["choices"][2]["missing"] == "refused"


def test_text_names_of_choices_are_written_again() -> None:
    sat = [{"value": 1, "text": "好", "sourceName": "good"}, {"value": 2, "text": "差", "sourceName": "bad"}]
    elements = [
        {"type": "radiogroup", "name": "q", "choices": sat},
        {"type": "comment", "name": "w", "visibleIf": "{q} = 2"},
    ]
    form = tables({"title": "t", "instrumentId": "i", "instrumentVersion": "1", "pages": [{"elements": elements}]})
    assert [row[1] for row in form["choices"][1:]] == ["good", "bad"]
    assert any("${q} = 'bad'" in row for row in form["survey"])


def test_the_conditions_of_the_form_are_those_of_the_questionnaire() -> None:
    made = xform(tables(HARD))
    binds = re.findall(r'<bind nodeset="/data/([^"]+)"[^>]*?relevant="([^"]+)"', made)
    conditions = {node: re.sub(r" ?/data/\S+/(\S+) ?", r"\1", condition) for node, condition in binds}
    asked, ended = "meta_2 = '1'", "not(meta_2 = '2')"  # the question called meta has another name in the form
    assert conditions["meta_5"] == asked
    assert conditions["meta_5/panel"] == "start_2 != '2'"
    assert conditions["meta_5/r"] == f"(b = '1') and ({ended})"  # true is 1, and nobody is asked after the end
    assert conditions["page4/num.1"] == ended
    assert conditions["page4/m_other_2"] == "selected(m, 'other')"
    assert conditions["page4/m_other"] == f"(m_other_2 != '') and ({ended})"
    assert conditions["page4/e_x"].startswith("((e_x_2 = '1') or (selected(m, 'c1') or selected(m, 'other')))")


def test_a_text_that_excel_cannot_hold_is_refused(tmp_path: Path) -> None:
    long = {**QUESTIONNAIRE, "completedHtml": "长" * 33_000}
    with pytest.raises(QuestionnaireError, match="太长"):
        back(long, tmp_path)
    assert not (tmp_path / "q.xlsx").exists()


@pytest.mark.parametrize(
    "cell",
    [
        *("", "x", "[]", "null", '{"json": 1, "cells": {}}', '{"json": {"name": [1]}, "cells": {}}', "[" * 5000),
        *('{"props": 5}', '{"json": {"choices": 5, "rows": {}, "type": 7}, "cells": {"name": "A1"}}'),
    ],
)
def test_a_damaged_cell_is_read_from_the_other_cells(cell: str) -> None:
    form = {name: [list(row) for row in table] for name, table in tables(dict(QUESTIONNAIRE)).items()}
    head, *rows = form["survey"]
    row = next(row for row in rows if row[head.index("name")] == "A1")
    row[head.index("silu")] = cell
    made = imported(form)
    assert not made.errors
    made.lint()
    (question,) = (one for page in made.survey["pages"] for one in page["elements"] if one.get("title") == "您知道吗？")
    assert question["choices"][0]["text"] == "知道"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form, json_ = tmp_path / "a.xlsx", tmp_path / "b.json"
    assert cli.main(["xlsform", str(DEMO), str(form)]) == 0
    assert cli.main(["xlsform", str(form), str(json_)]) == 0
    assert json.loads(json_.read_text(encoding="utf-8"))["instrumentId"] == "silu-default"
    assert cli.main(["lint", str(form)]) == 0
    assert cli.main(["xlsform", str(form), str(json_)]) == 2
    assert cli.main(["xlsform", str(form), str(tmp_path / "c.docx")]) == 2
    assert "没有覆盖" in capsys.readouterr().err


def test_the_command_names_questions_that_the_form_calls_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "q.json"
    source.write_text(json.dumps(HARD, ensure_ascii=False), encoding="utf-8")
    assert cli.main(["xlsform", str(source), str(tmp_path / "a.xlsx")]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "在表单里写作" in line]
    assert [line.split("（")[0].strip() for line in lines] == [
        "题号 meta 在表单里写作 meta_2",
        "题号 start 在表单里写作 start_2",
    ]


def test_a_refused_form_writes_nothing_and_its_rest_only_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = ["type", "name", "label", "constraint"]
    rows = [["text", "q", "手机号", "regex(., '^1')"], ["geopoint", "p", "位置", ""]]
    form, json_ = saved(tmp_path / "a.xlsx", {"survey": [head, *rows]}), tmp_path / "q.json"
    assert cli.main(["xlsform", str(form), str(json_)]) == 1
    assert not json_.exists()
    text = capsys.readouterr().out
    assert "survey 第 2 行，constraint 列（D2）" in text
    assert "1 处不能转换，没有写出问卷。在 Excel 里改好后重试。其中 1 处可以加 --leave-out 略去。" in text
    assert cli.main(["xlsform", str(form), str(json_), "--leave-out"]) == 0
    text = capsys.readouterr().out
    assert "已略去" in text
    assert "定位题没有导入" in text
    assert [one["name"] for one in json.loads(json_.read_text(encoding="utf-8"))["pages"][0]["elements"]] == ["q"]
