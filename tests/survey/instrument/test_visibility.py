"""Visibility of questions: routing, screening, interviewer questions; columns and single answers agree."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from survey.instrument.question import BLANK, OTHER
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire, read_questionnaire
from survey.instrument.visibility import asked, asked_one

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def default() -> Questionnaire:
    return read_questionnaire(ROOT / "data" / "demo" / "questionnaire.json")


@pytest.fixture(scope="module")
def sample() -> Questionnaire:
    return read_questionnaire(Path(__file__).parent.parent / "data" / "wm_questionnaire.surveyjs.json")


def test_screened_out_people_are_asked_no_more(sample: Questionnaire) -> None:
    flags = asked(sample, {"s1": np.array([1, 2, 1]), "age": np.array([30, 44, 17]), "q1": np.array([1, 1, 1])})
    assert flags["age"].tolist() == [True, True, True]
    assert flags["q1"].tolist() == [True, False, False]
    assert flags["q2"].tolist() == [True, False, False]
    assert asked_one(sample, {"s1": 2, "age": 44}) == {"s1", "age"}


def test_routing_in_the_truth_table_of_the_exports(sample: Questionnaire) -> None:
    """In the sample exports, q2 is asked where q1 is in (1, 2)."""
    q1 = [2, 3, 1, 2, 99, 3, 3, 1, 1, 1, 3, 99]
    flags = asked(sample, {"s1": np.ones(12), "age": np.full(12, 40), "q1": np.array(q1, dtype=np.int8)})
    assert flags["q2"].tolist() == [code in (1, 2) for code in q1]


def test_interviewer_questions_need_an_interviewer(default: Questionnaire) -> None:
    columns = {"S1": np.array([1, 1]), "S2": np.array([1, 1])}
    flags = asked(default, columns, interviewed=np.array([True, False]))
    assert flags["A3"].tolist() == [True, False]
    assert flags["I2"].tolist() == [True, False]
    assert asked(default, columns)["A3"].tolist() == [True, True]
    assert "A3" not in asked_one(default, {"S1": 1, "S2": 1}, interviewed=False)


def test_a_choice_that_screens_out_ends_the_interview_without_a_trigger() -> None:
    choices = [{"value": 1, "text": "是"}, {"value": 2, "text": "否", "screenOut": True}]
    pages = [
        {"elements": [{"type": "radiogroup", "name": name, "title": name, "choices": choices} for name in group]}
        for group in (("A", "B"), ("C",))
    ]
    questionnaire = parse_questionnaire({"title": "t", "instrumentId": "t", "instrumentVersion": "1", "pages": pages})
    flags = asked(questionnaire, {"A": np.array([1, 2, 1]), "B": np.array([1, 1, BLANK]), "C": np.array([1, 1, 1])})
    assert flags["B"].tolist() == [True, True, True]
    assert flags["C"].tolist() == [True, False, True]
    assert asked_one(questionnaire, {"A": 2, "B": 1, "C": 1}) == {"A", "B"}


def test_an_answer_to_a_hidden_question_is_ignored() -> None:
    """The form clears the answer to the hidden B, so it must not show C."""
    choices = [{"value": 1, "text": "是"}, {"value": 2, "text": "否"}]
    elements = [
        {"type": "radiogroup", "name": name, "title": name, "choices": choices, **condition}
        for name, condition in (("A", {}), ("B", {"visibleIf": "{A} = 1"}), ("C", {"visibleIf": "{B} = 1"}))
    ]
    survey = {"title": "t", "instrumentId": "t", "instrumentVersion": "1", "pages": [{"elements": elements}]}
    questionnaire = parse_questionnaire(survey)
    flags = asked(questionnaire, {"A": np.array([1, 2]), "B": np.array([1, 1]), "C": np.array([1, 1])})
    assert flags["C"].tolist() == [True, False]
    assert asked_one(questionnaire, {"A": 2, "B": 1, "C": 1}) == {"A"}


def person(draw: random.Random, questionnaire: Questionnaire) -> dict[str, Any]:
    """Return random answers to all questions in conditions."""
    answers: dict[str, Any] = {}
    for name in ("S1", "S2", "A1", "C1", "B1", "D1"):
        question = questionnaire.question(name)
        codes = ["other" if choice.code == OTHER else choice.code for choice in question.choices]
        if name in ("B1", "D1"):
            checked = [code for code in codes if draw.random() < 0.15]
            answers |= {name: checked} if checked else {}
        elif draw.random() < 0.9:
            answers[name] = draw.choice(codes[:1] if name.startswith("S") and draw.random() < 0.7 else codes)
    return answers


def columns_of(people: list[dict[str, Any]], questionnaire: Questionnaire) -> dict[str, pd.Series]:
    columns: dict[str, pd.Series] = {}
    for name in ("S1", "S2", "A1", "C1"):
        columns[name] = pd.Series([answers.get(name, BLANK) for answers in people], dtype="Int8")
    for name in ("B1", "D1"):
        for item in questionnaire.question(name).items:
            code = int(item.name.rpartition(".")[2])
            label = "other" if code == OTHER else code
            flags = [int(label in answers[name]) if name in answers else BLANK for answers in people]
            columns[item.name] = pd.Series(flags, dtype="Int8")
    return columns


def test_columns_agree_with_single_answers(default: Questionnaire) -> None:
    draw = random.Random(11)
    people = [person(draw, default) for _ in range(1500)]
    flags = asked(default, columns_of(people, default))
    for number, answers in enumerate(people):
        assert {name for name, flag in flags.items() if flag[number]} == asked_one(default, answers), answers
    assert 0.2 < flags["A2"].mean() < 0.8
