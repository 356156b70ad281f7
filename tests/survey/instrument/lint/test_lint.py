"""All findings of the lint: each fault is planted in a valid questionnaire and must be found at its place."""

import copy
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from survey.errors import QuestionnaireError
from survey.instrument.lint import schema
from survey.instrument.lint.lint import lint_questionnaire
from survey.instrument.questionnaire import parse_questionnaire

ROOT = Path(__file__).parents[4]
DEFAULT = json.loads((ROOT / "data" / "demo" / "questionnaire.json").read_text(encoding="utf-8"))
SAMPLE = json.loads((Path(__file__).parents[2] / "data" / "wm_questionnaire.surveyjs.json").read_text(encoding="utf-8"))


def element(survey: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for page in survey["pages"] for item in page["elements"] if item["name"] == name)


def edit(name: str, /, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda survey: element(survey, name).update(changes)


def choice(name: str, index: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda survey: element(survey, name)["choices"][index].update(changes)


def drop(name: str, key: str) -> Callable[[dict[str, Any]], None]:
    return lambda survey: element(survey, name).pop(key)


def top(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda survey: survey.update(changes)


# name -> (plant the fault, level, end of the path, part of the text)
FAULTS: dict[str, tuple[Callable[[dict[str, Any]], None], str, str, str]] = {
    "misspelt property": (edit("A1", measurPositive=[1]), "error", ".measurPositive", "是否想写 measurePositive"),
    "property of another tool": (edit("A1", zigzagLayout=True), "warning", ".zigzagLayout", "不使用它"),
    "unknown property of a choice": (choice("A1", 0, mising="refused"), "error", "choices[0].mising", "missing"),
    "unknown property of a row": (
        lambda s: element(s, "E")["rows"][3].update(units="x"),
        "error",
        "rows[3].units",
        "unit",
    ),
    "reserved name": (top(surveyId="x"), "error", "surveyId", "instrumentId"),
    "no identity": (lambda s: s.pop("instrumentId"), "note", "instrumentId", "没有 instrumentId"),
    "choice without a code": (
        lambda s: element(s, "A4")["choices"][1].pop("value"),
        "note",
        "choices",
        "2=听说过，不了解",
    ),
    "choice that is a word": (
        lambda s: element(s, "A4")["choices"].__setitem__(0, "是"),
        "note",
        "choices",
        "选项没有编码（已补：1=是、2=2",
    ),
    "row without a code": (
        lambda s: element(s, "E")["rows"][2].pop("value"),
        "note",
        "rows",
        "r1=",
    ),
    "prefilled answer": (edit("C1", defaultValue=1), "error", ".defaultValue", "R-01"),
    "right answer of an opinion": (edit("E0", correctAnswer=1), "error", ".correctAnswer", "R-01"),
    "key of an opinion": (edit("C1", key=[1]), "error", ".key", "R-01"),
    "opinion called knowledge": (edit("E0", knowledge=True), "error", ".knowledge", "R-01"),
    "unsupported none item": (edit("B1", showNoneItem=True), "error", ".showNoneItem", "exclusive"),
    "routing not by visibleIf": (edit("A2", enableIf="{A1} = 1"), "error", ".enableIf", "visibleIf"),
    "unknown type": (edit("A4", type="radiogruop"), "error", ".type", "radiogroup"),
    "name with a dot": (edit("A4", name="A.4"), "note", ".name", "改成 A_4"),
    "name that is none": (edit("A4", name=""), "error", ".name", "字母开头"),
    "property that resembles one": (edit("A4", showTitle=True), "warning", ".showTitle", "不使用它"),
    "same name": (edit("A4", name="A5"), "error", "pages[1].elements[4].name", "题号相同"),
    "same title": (edit("A4", title=element(DEFAULT, "A5")["title"]), "warning", "elements[4].title", "题目相同"),
    "same code": (choice("A4", 1, value=1), "error", ".choices", "代码相同"),
    "same label": (choice("A4", 1, text="知道"), "error", ".choices", "文字相同"),
    "code of other": (choice("A4", 1, value=97), "error", ".choices", "97"),
    "code too large": (choice("A4", 1, value=300), "error", "choices[1].value", "不大于 127"),
    "choice that is nothing": (
        lambda s: element(s, "A4")["choices"].__setitem__(1, {"text": ""}),
        "error",
        "choices[1]",
        '第 2 个选项缺少 value（编码）（应为：像这样写：{"value": 2',
    ),
    "code as text": (choice("A4", 1, value="2"), "note", ".choices", "2=2"),
    "same column code": (lambda s: element(s, "E")["columns"][1].update(value=1), "error", ".columns", "代码相同"),
    "same row": (lambda s: element(s, "E")["rows"][1].update(value="E1"), "error", ".rows", "代号相同"),
    "rate without numerator": (drop("C1", "measurePositive"), "error", "", "没有分子"),
    "numerator without rate": (drop("E0", "measure"), "error", "", "measure"),
    "unknown measure": (edit("C1", measure="aware"), "error", ".measure", "awareness"),
    "numerator not a choice": (edit("C1", measurePositive=[1, 7]), "error", ".measurePositive", "不存在的选项代码"),
    "numerator holds don't know": (edit("C1", measurePositive=[1, 98]), "error", ".measurePositive", "不能算进分子"),
    "numerator is everything": (edit("C1", measurePositive=[1, 2, 3, 4, 5]), "error", ".measurePositive", "100%"),
    "numerator out of range": (edit("A3", measurePositive=[13]), "error", ".measurePositive", "取不到"),
    "loose is not wider": (edit("A1", measurePositiveLoose=[2]), "error", ".measurePositiveLoose", "宽口径"),
    "same variant": (lambda s: element(s, "A3")["rates"][1].update(name="partial"), "error", ".rates", "name 相同"),
    "two headlines": (edit("A4", measureOverall=True), "error", ".measureOverall", "两个总指标"),
    "no headline": (drop("E0", "measureOverall"), "error", ".measureOverall", "没有指明总指标"),
    "headline on a matrix": (
        lambda s: (element(s, "E").update(measureOverall=True), element(s, "E0").pop("measureOverall")),
        "error",
        ".measureOverall",
        "不能是矩阵",
    ),
    "foil in a rate": (edit("A10", measure="awareness", measurePositive=[1]), "error", ".measure", "虚设题"),
    "rate of open text": (edit("H1", measure="awareness", measurePositive=[1]), "error", ".measure", "不能算率"),
    "don't know in a counted checkbox": (choice("D1", 0, missing="dontknow"), "error", ".choices", "多选题"),
    "two age questions": (edit("J1", role="age"), "error", ".role", "role 相同"),
    "role that cannot be grouped": (edit("A3", role="hukou"), "error", ".role", "分组"),
    "unknown role": (edit("H1", role="opne"), "warning", ".role", "open"),
    "condition cannot be read": (edit("A2", visibleIf="{A1} anyof 1, 2]"), "error", ".visibleIf", "第 13 个字符"),
    "condition on nothing": (edit("A2", visibleIf="{A01} = 1"), "error", ".visibleIf", "是否想写 {A1}"),
    "condition on no such row": (edit("G", visibleIf="{E.E23} = 1"), "error", ".visibleIf", "不存在"),
    "condition ahead": (edit("A2", visibleIf="{C1} = 1"), "error", ".visibleIf", "后面才问"),
    "condition on itself": (edit("A2", visibleIf="{A2} = 1"), "error", ".visibleIf", "自己"),
    "condition that never holds": (edit("A2", visibleIf="{A1} = 7"), "error", ".visibleIf", "永远问不到"),
    "conditions that exclude each other": (
        edit("C2", visibleIf="{A1} = 1 and {A1} = 2"),
        "error",
        ".visibleIf",
        "永远问不到",
    ),
    "contradiction over two questions": (
        edit("D2", visibleIf="{D1} contains 96 and {D1} empty"),
        "error",
        ".visibleIf",
        "永远问不到",
    ),
    "number out of range": (edit("A4", visibleIf="{A3} > 12"), "error", ".visibleIf", "永远问不到"),
    "word the form does not know": (edit("A2", visibleIf="not ({A1} = 3)"), "error", ".visibleIf", "改写成 !("),
    "condition on a choice": (
        choice("A1", 1, visibleIf="{S1} = 1"),
        "error",
        "pages[1].elements[0].choices[1].visibleIf",
        "拆成几道题",
    ),
    "condition on a row": (
        lambda s: element(s, "E")["rows"][2].update(visibleIf="{A1} = 1"),
        "error",
        "rows[2].visibleIf",
        "拆成几道题",
    ),
    "question inside a choice": (
        choice("A1", 0, elements=[{"type": "text", "name": "phone"}]),
        "error",
        "choices[0].elements",
        "另设一道题",
    ),
    "function of the clock": (edit("A2", visibleIf="age({A1}) > 3"), "error", ".visibleIf", "请直接问年龄"),
    "function of the page": (edit("A2", visibleIf="isContainerReady('p1')"), "error", ".visibleIf", "isContainerReady"),
    "sum of a checkbox with other": (edit("C1", visibleIf="sum({B1}) > 2"), "error", ".visibleIf", "不能参加计算"),
    "calculation with a text": (edit("J1", visibleIf="{H1} * 2 > 3"), "error", ".visibleIf", "不能参加计算"),
    "calculation with a word": (edit("A2", visibleIf="{A1} + 'x' = 3"), "error", ".visibleIf", "不要加引号"),
    "date that is none": (edit("A2", visibleIf="getYear({A1}) > 3"), "error", ".visibleIf", "只能用日期题"),
    "answer as a condition": (
        edit("A2", visibleIf="{A1} and {S1} = 1"),
        "warning",
        ".visibleIf",
        "{A1} notempty",
    ),
    "page condition": (lambda s: s["pages"][5].update(visibleIf="{Z9} = 1"), "error", ".visibleIf", "不存在"),
    "ending on nothing": (
        top(triggers=[{"type": "complete", "expression": "{S9} = 1"}]),
        "error",
        "triggers[0].expression",
        "不存在",
    ),
    "ending over two pages": (
        top(triggers=[{"type": "complete", "expression": "{S1} = 5 or {A1} = 3"}]),
        "error",
        "triggers[0].expression",
        "不同页",
    ),
    "thanks on nothing": (
        top(completedHtmlOnCondition=[{"expression": "{S9} = 1", "html": ""}]),
        "error",
        "completedHtmlOnCondition[0].expression",
        "不存在",
    ),
    "remark nobody reads": (edit("A1", showCommentArea=True), "error", ".showCommentArea", "comment"),
    "number without minimum": (drop("A3", "min"), "error", ".min", "min"),
    "maximum below minimum": (edit("A3", min=13), "error", ".max", "max 小于 min"),
    "hidden answers kept": (top(clearInvisibleValues="none"), "error", "clearInvisibleValues", "onHidden"),
    "no questions": (top(pages=[{"elements": []}]), "error", "pages", "没有题目"),
    "empty choices": (edit("A4", choices=[]), "error", ".choices", "至少 1 项"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_found_at_its_place(name: str) -> None:
    plant, level, path, text = FAULTS[name]
    survey = copy.deepcopy(DEFAULT)
    plant(survey)
    findings = lint_questionnaire(survey)
    hits = [found for found in findings if found.level == level and found.path.endswith(path) and text in str(found)]
    assert hits, [str(found) for found in findings]
    if level == "error":
        with pytest.raises(QuestionnaireError):
            parse_questionnaire(survey)
    else:
        assert parse_questionnaire(survey).questions


def agree(survey: Any) -> bool:
    """Return whether the fast validator accepts nothing that jsonschema refuses."""
    return not schema._valid(survey) or Draft202012Validator(schema.schema()).is_valid(survey)


@pytest.mark.parametrize("name", FAULTS)
def test_the_fast_validator_accepts_nothing_that_the_explaining_one_refuses(name: str) -> None:
    survey = copy.deepcopy(DEFAULT)
    assert schema._valid(survey)
    FAULTS[name][0](survey)
    assert agree(survey)


@pytest.mark.parametrize(
    "value", ["\ud800", functools.reduce(lambda inner, _: [inner], range(400), [])], ids=["half", "deep"]
)
def test_what_the_fast_validator_cannot_represent_is_left_to_the_other(value: Any) -> None:
    survey = {**DEFAULT, "instrumentId": value}
    assert not schema._valid(survey)


@pytest.mark.parametrize("survey", [DEFAULT, SAMPLE], ids=["default", "sample"])
def test_good_questionnaires_have_no_findings(survey: dict[str, Any]) -> None:
    assert lint_questionnaire(survey) == ()


def test_a_finding_reads_as_one_line() -> None:
    survey = copy.deepcopy(DEFAULT)
    element(survey, "C1")["measurePositive"] = [1, 7]
    (found,) = lint_questionnaire(survey)
    place, got = "C1，pages[3].elements[0].measurePositive", "读到：[7]；应为：1、2、3、4、5、98、99"
    assert str(found) == f"[错误] {place}：分子里有不存在的选项代码（{got}）"
    assert found.subject == "C1"


def test_satisfiable_conditions_have_no_findings() -> None:
    survey = copy.deepcopy(DEFAULT)
    for text in (
        "{B1} contains 'other' and {B1-Comment} notempty",
        "{E.E3} > 3 or {A3} >= 12",
        "{B1} allof [1, 2, 3, 4, 5, 6] and {B1} notcontains 7",
        "{C1} <> 98 and !({A1} = 1)",
        "{A1} + {A3} > 3 and iif({A1} = 1, {A3}, 0) <> 5",
        "count({B1}) >= 2 or sum({E.E3}, {E.E4}) > 100",
    ):
        element(survey, "G")["visibleIf"] = text
        assert lint_questionnaire(survey) == (), text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_lint_never_crashes(data: st.DataObject) -> None:
    """Replace any value of the sample by any JSON: the lint returns findings or a questionnaire, never a crash."""
    survey = copy.deepcopy(SAMPLE)
    node: Any = survey
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            node[key] = data.draw(JSON)
            break
        node = inner
    assert agree(survey)
    findings = lint_questionnaire(survey)
    assert all(found.path and found.what for found in findings)
    if not [found for found in findings if found.level == "error"]:
        assert parse_questionnaire(survey).items


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [{}], {"pages": 3}, {"pages": [{"elements": [7]}]}])
def test_any_json_value_gets_findings(value: Any) -> None:
    assert lint_questionnaire(value)
