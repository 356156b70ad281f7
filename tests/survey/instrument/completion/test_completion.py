"""SurveyJS files as people write them: completed with a note, or refused by name at the path of the element."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from survey.collect.form.formspec import form_of
from survey.errors import QuestionnaireError
from survey.instrument.completion.completion import complete
from survey.instrument.element import walk
from survey.instrument.lint.lint import lint_questionnaire
from survey.instrument.questionnaire import parse_questionnaire, read_questionnaire, read_survey
from survey.instrument.visibility import asked_one
from tests.survey.instrument.completion.fixtures import (
    COMPLETED,
    CONDITIONS,
    REFUSED,
    Survey,
    last,
    matrix,
    multiple,
    number,
    paged,
    single,
)
from tests.survey.instrument.test_expressions_oracle import CORE, STAGE

DEFAULT = Path(__file__).parents[4] / "data" / "demo" / "questionnaire.json"
VISIBLE = """
function visible(survey, batch) {
  const model = new Survey.Model(JSON.parse(survey));
  return JSON.stringify(JSON.parse(batch).map((data) => {
    model.clear();
    model.data = data;
    return model.getAllQuestions().filter((question) => question.isVisibleInSurvey).map((question) => question.name);
  }));
}
"""
PEOPLE = 25


def routed(condition: str) -> Survey:
    return paged(single(), multiple(), number(), matrix(), last(condition))


ACCEPTED = {**{name: survey for name, (survey, _) in COMPLETED.items()}, **{text: routed(text) for text in CONDITIONS}}


@pytest.mark.parametrize("name", COMPLETED)
def test_what_is_missing_is_completed_with_a_note(name: str) -> None:
    survey, text = COMPLETED[name]
    before = copy.deepcopy(survey)
    findings = lint_questionnaire(survey)
    assert [str(found) for found in findings if found.level == "error"] == []
    assert text in "\n".join(str(found) for found in findings if found.level == "note")
    assert survey == before


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_is_refused_by_name_at_its_path(name: str) -> None:
    survey, path, text = REFUSED[name]
    errors = [found for found in lint_questionnaire(survey) if found.level == "error"]
    assert [str(found) for found in errors if found.path.endswith(path) and text in str(found)], list(map(str, errors))
    with pytest.raises(QuestionnaireError, match="个错误"):
        parse_questionnaire(survey)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_completed_file_is_complete(name: str) -> None:
    completed = complete(ACCEPTED[name]).survey
    again = complete(completed)
    assert again.survey == completed
    assert [str(note) for note in again.findings if "没有 title" not in note.what] == []
    made, direct = parse_questionnaire(completed), parse_questionnaire(ACCEPTED[name])
    assert (made, made.fingerprint, made.source) == (direct, direct.fingerprint, direct.source)
    assert len(form_of(direct, json.loads(direct.source))["questions"]) == len(direct.questions)


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_on_texts_becomes_one_on_codes(text: str) -> None:
    (question,) = (one for one in parse_questionnaire(routed(text)).questions if one.name == "last")
    assert question.visible_if == (CONDITIONS[text] or text)


def test_a_complete_file_is_not_changed() -> None:
    survey = json.loads(DEFAULT.read_text(encoding="utf-8"))
    assert complete(survey).survey == survey == read_survey(DEFAULT)
    assert complete(survey).findings == ()


def test_a_file_on_disk_is_read_completed(tmp_path: Path) -> None:
    path = tmp_path / "questionnaire.json"
    path.write_text(json.dumps({"elements": [single(), last("{q1} = '是'")]}, ensure_ascii=False), encoding="utf-8")
    questionnaire = read_questionnaire(path)
    assert [choice.label for choice in questionnaire.question("q1").choices] == ["是", "否"]
    assert [choice.code for choice in questionnaire.question("q1").choices] == [1, 2]
    assert asked_one(questionnaire, {"q1": 2}) == {"q1"}


def test_values_and_names_as_written_are_kept_for_answer_files() -> None:
    questionnaire = parse_questionnaire(paged(single("满意 度", choices=["m|男", "女"]), multiple(), matrix()))
    assert [question.source_name for question in questionnaire.questions] == ["满意 度", "", ""]
    assert [choice.source_name for choice in questionnaire.question("Q1").choices] == ["m", ""]
    assert [choice.source_name for choice in questionnaire.question("q2").choices] == ["tv", "", "net"]
    assert [choice.label for choice in questionnaire.question("q2").choices] == ["电视", "报纸", "网络"]


@pytest.fixture(scope="module")
def core() -> Iterator[Callable[..., Any]]:
    if CORE is None:
        pytest.skip("没有 survey-core：先运行 npm install --no-save survey-core@2.5.38；补全后的对照测试未运行")
    racer = pytest.importorskip("py_mini_racer")
    engine = racer.MiniRacer()
    engine.eval(STAGE + CORE.read_text(encoding="utf-8").replace("\ufeff", "") + VISIBLE)
    yield lambda *args: json.loads(engine.call("visible", *(json.dumps(arg) for arg in args)))
    engine.close()


def values(element: Survey, key: str) -> list[Any]:
    """Return the values of options or rows as survey-core has them in answers."""
    found = [entry.get("value") if isinstance(entry, dict) else entry for entry in element.get(key) or ()]
    return [value.partition("|")[0] if isinstance(value, str) else value for value in found]


def person(elements: list[tuple[Survey, Survey]], draw: random.Random) -> tuple[Survey, Survey]:
    """Return the same answers in the values of the file and in codes."""
    theirs: Survey = {}
    ours: Survey = {}
    for before, after in elements:
        if draw.random() < 0.2:
            continue
        was_name, name, kind = before["name"], after["name"], after["type"]
        key = next((key for key in ("choices", "columns", "rateValues") if key in after), "")
        pairs = list(zip(values(before, key), values(after, key), strict=True)) if key else []
        if after.get("showOtherItem"):
            pairs.append(("other", "other"))
        if kind in ("checkbox", "ranking"):
            chosen = draw.sample(pairs, draw.randint(1, len(pairs)))
            theirs[was_name], ours[name] = [was for was, _ in chosen], [now for _, now in chosen]
        elif kind == "matrix":
            cells = [
                (*rows, *draw.choice(pairs)) for rows in zip(values(before, "rows"), values(after, "rows"), strict=True)
            ]
            theirs[was_name], ours[name] = (
                {row: was for row, _, was, _ in cells},
                {row: now for _, row, _, now in cells},
            )
        elif pairs:
            theirs[was_name], ours[name] = draw.choice(pairs)
        else:
            theirs[was_name] = ours[name] = draw.randint(0, 9) if kind == "text" else "好"
    return theirs, ours


def test_survey_core_shows_the_same_of_the_file_as_written(core: Callable[..., Any]) -> None:
    """Answers in the values of the file, to survey-core, and in codes, to us, lead to the same questions."""
    draw = random.Random(3)
    shown_last = []
    for name, survey in ACCEPTED.items():
        questionnaire = parse_questionnaire(survey)
        completed = json.loads(questionnaire.source)
        written = {**survey, "clearInvisibleValues": "onHidden", "triggers": []}
        elements = list(zip(_questions(written), [one for _, one, _, _ in walk(completed)], strict=True))
        if any(None in values(before, "choices") for before, _ in elements):
            continue  # survey-core has no value for an option without one
        people = [person(elements, draw) for _ in range(PEOPLE)]
        seen = core(written, [theirs for theirs, _ in people])
        endless = parse_questionnaire({**completed, "triggers": []})
        for (_, ours), theirs in zip(people, seen, strict=True):
            named = {before["name"]: after["name"] for before, after in elements}
            assert {named[one] for one in theirs} == asked_one(endless, ours), (name, ours)
            shown_last.append("last" in theirs)
    assert 0.2 < sum(shown_last) / len(shown_last) < 0.8


def _questions(part: Survey) -> Iterator[Survey]:
    """Yield the questions of a file as written, whatever its pages are called."""
    for key in ("pages", "elements", "questions"):
        for inner in part.get(key, ()):
            yield from _questions(inner) if "pages" in part or inner.get("type") == "panel" else (inner,)
