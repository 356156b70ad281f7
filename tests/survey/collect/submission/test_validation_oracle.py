"""survey-core in V8 judges the same answers: the same questions shown, the same found wrong, by server and form alike.

The server's verdict is `Validator`, the form's is `rules.js` (run in the same V8). Without survey-core (see
tests/survey/instrument/test_expressions_oracle.py) the form is still held against the server. ORACLE_CASES sets
how many.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from survey.collect.form.formspec import form_of
from survey.collect.serving.pages import static
from survey.collect.submission.validation import Validator
from survey.instrument.question import OTHER, OTHER_VALUE, Question, Shape
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from tests.survey.instrument.test_expressions_oracle import CASES, CORE, STAGE

Ask = Callable[..., Any]

VERDICTS = """
function verdicts(survey, batch) {
  const model = new Survey.Model(JSON.parse(survey));
  return JSON.stringify(JSON.parse(batch).map((data) => {
    model.data = data;
    const shown = model.getAllQuestions().filter((question) => question.isVisibleInSurvey);
    return [shown.map((question) => question.name),
            shown.filter((question) => question.hasErrors(false)).map((question) => question.name)];
  }));
}
"""
FORM = """
function phone(form, batch) {
  const spec = JSON.parse(form);
  return JSON.stringify(JSON.parse(batch).map((answers) => {
    const shown = Rules.shown(spec, answers, true);
    const wrong = Rules.screens(shown).filter((screen) => Rules.wrong(screen, answers) !== "");
    return [shown.map((question) => question.name), Array.from(new Set(wrong.map((screen) => screen.question.name)))];
  }));
}
"""
CHOICES = [{"value": 1, "text": "一"}, {"value": 2, "text": "二"}, {"value": 3, "text": "三"}]
SURVEY: dict[str, Any] = {
    "title": "对照问卷",
    "instrumentId": "oracle",
    "instrumentVersion": "1",
    "clearInvisibleValues": "onHidden",
    "pages": [
        {"elements": [
            {"type": "radiogroup", "name": "Q1", "title": "1", "isRequired": True, "choices": CHOICES},
            {"type": "checkbox", "name": "Q2", "title": "2", "isRequired": True, "choices": CHOICES,
             "showOtherItem": True},
            {"type": "text", "inputType": "number", "name": "Q3", "title": "3", "min": 2, "max": 9,
             "visibleIf": "{Q1} anyof [1, 2]"},
            {"type": "dropdown", "name": "Q4", "title": "4", "choices": CHOICES, "showOtherItem": True,
             "visibleIf": "{Q2} contains 2 or {Q2} contains 'other'"},
        ]},
        {"visibleIf": "{Q1} <> 3", "elements": [
            {"type": "matrix", "name": "Q5", "title": "5", "isAllRowRequired": True, "columns": CHOICES,
             "rows": [{"value": "a", "text": "甲"}, {"value": "b", "text": "乙"}]},
            {"type": "rating", "name": "Q6", "title": "6", "rateMax": 5, "isRequired": True,
             "visibleIf": "{Q5.a} = 1 and {Q3} notempty"},
            {"type": "boolean", "name": "Q7", "title": "7", "isRequired": True, "visibleIf": "{Q6} >= 3 or {Q4} empty"},
        ]},
        {"elements": [
            {"type": "comment", "name": "Q8", "title": "8", "isRequired": True, "visibleIf": "{Q7} = true"},
            {"type": "text", "inputType": "date", "name": "Q9", "title": "9",
             "visibleIf": "{Q2} allof [1, 3] and !({Q1} = 2)"},
            {"type": "ranking", "name": "Q10", "title": "10", "isRequired": True, "choices": CHOICES,
             "selectToRankEnabled": True, "visibleIf": "{Q1} <> 2"},
            {"type": "comment", "name": "Q11", "title": "11", "isRequired": True,
             "visibleIf": "{Q10} contains 3 and !({Q10} allof [1, 2]) or {Q10} = 2"},
            {"type": "comment", "name": "Q12", "title": "12", "isRequired": True,
             "visibleIf": "{Q3} + {Q6} * 2 > 9 and iif({Q7}, count({Q2}), 3) >= 2 or {Q7}"},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Ask]:
    racer = pytest.importorskip("py_mini_racer")
    made = racer.MiniRacer()
    core = CORE.read_text(encoding="utf-8").replace("\ufeff", "") if CORE else ""
    form = "".join(map(static, ("values.js", "rules.js"))).replace('"use strict";', "")
    made.eval(STAGE + core + form + VERDICTS + FORM)
    yield lambda name, *args: json.loads(made.call(name, *(json.dumps(arg) for arg in args)))
    made.close()


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return parse_questionnaire(SURVEY)


def drawn(question: Question, codes: list[Any], draw: random.Random) -> Any:
    """A value for one question, out of range at times."""
    values: dict[Shape, Callable[[], Any]] = {
        Shape.CODES: lambda: draw.sample(codes, draw.randint(1, len(codes))),
        Shape.CELLS: lambda: {row.name: draw.choice(codes) for row in question.rows if draw.random() < 0.8} or None,
        Shape.NUMBER: lambda: draw.randint(0, 11),
        Shape.TRUTH: lambda: draw.random() < 0.7,
        Shape.DATE: lambda: "2026-11-03",
        Shape.TEXT: lambda: "好",
    }
    return values.get(question.type.shape, lambda: draw.choice(codes))()


def answers_of(questionnaire: Questionnaire, draw: random.Random) -> dict[str, Any]:
    """Answers with known codes to the questions shown; some are missing, some lack their comment."""
    validator = Validator(questionnaire, interviewer=True)
    answers: dict[str, Any] = {}
    for question in questionnaire.questions:
        if question.name not in validator.visible(answers) or draw.random() < 0.2:
            continue
        with_other = question.other
        codes = [OTHER_VALUE if with_other and choice.code == OTHER else choice.code for choice in question.choices]
        value = drawn(question, codes, draw)
        if value is not None:
            answers[question.name] = value
        chose_other = OTHER_VALUE in value if isinstance(value, list) else value == OTHER_VALUE
        if chose_other and draw.random() < 0.7:
            answers[f"{question.name}-Comment"] = "别的"
    return answers


def server(questionnaire: Questionnaire, batch: list[dict[str, Any]]) -> list[list[list[str]]]:
    validator = Validator(questionnaire, interviewer=True)
    return [
        [list(validator.visible(one)), list(dict.fromkeys(problem.question for problem in validator.check(one)))]
        for one in batch
    ]


def differences(batch: list[Any], theirs: list[Any], ours: list[Any]) -> list[Any]:
    return [case for case in zip(batch, theirs, ours, strict=True) if case[1] != case[2]][:3]


def test_server_and_survey_core_find_the_same_shown_and_the_same_wrong(
    engine: Ask, questionnaire: Questionnaire
) -> None:
    if CORE is None:
        pytest.skip("没有 survey-core：先运行 make .make/npm；服务器与 survey-core 的对照测试未运行")
    draw = random.Random(1)
    batch = [answers_of(questionnaire, draw) for _ in range(CASES // 5)]
    ours = server(questionnaire, batch)
    assert differences(batch, engine("verdicts", SURVEY, batch), ours) == []
    share = sum(bool(wrong) for _, wrong in ours) / len(ours)
    assert 0.3 < share < 0.95, "the cases decide something"


def test_server_and_form_find_the_same_shown_and_the_same_wrong(engine: Ask, questionnaire: Questionnaire) -> None:
    draw = random.Random(2)
    batch = [answers_of(questionnaire, draw) for _ in range(CASES // 5)]
    form = form_of(questionnaire, SURVEY)
    assert differences(batch, engine("phone", form, batch), server(questionnaire, batch)) == []


def test_the_form_drops_what_is_no_longer_shown(engine: Ask, questionnaire: Questionnaire) -> None:
    """Answers left over from another branch: what the form would send is what the server accepts."""
    draw = random.Random(3)
    leftovers = [answers_of(questionnaire, draw) | {"Q1": draw.choice([1, 2, 3])} for _ in range(2000)]
    form = form_of(questionnaire, SURVEY)
    shown = engine("phone", form, leftovers)
    validator = Validator(questionnaire, interviewer=True)
    for answers, (names, _) in zip(leftovers, shown, strict=True):
        kept = {key: value for key, value in answers.items() if key.removesuffix("-Comment") in names}
        assert not [problem for problem in validator.check(kept) if problem.reason in ("hidden", "unknown")]
