"""The validator: every problem has a name and a reason, whatever is sent."""

from __future__ import annotations

import random
from typing import Any

import pytest

from survey.collect.submission.validation import REASONS, Problem, Validator
from survey.study.study import Study
from tests.long_runs import SHARE
from tests.survey.collect.town import answers_of, make_town


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_town(tmp_path_factory.mktemp("study") / "town")


ODD: tuple[Any, ...] = (
    None,
    "",
    [],
    {},
    0,
    -1,
    1,
    2,
    77,
    True,
    False,
    "other",
    ["other"],
    [1],
    [1, 1],
    {"E1": 1},
    1.5,
    "x",
)


@pytest.mark.parametrize("interviewer", [False, True])
def test_whatever_is_sent_every_problem_has_a_question_and_a_reason(study: Study, interviewer: bool) -> None:
    draw = random.Random(5)
    validator = Validator(study.questionnaire, interviewer=interviewer, most={"F1": 3})
    names = [question.name for question in study.questionnaire.questions]
    refused = 0
    for _ in range(round(4000 * SHARE)):
        answers = answers_of(study.questionnaire, draw)
        for _ in range(draw.randint(0, 2)):
            key = draw.choice(names) + draw.choice(["", "", "", "-Comment", "?"])
            answers[key] = draw.choice(ODD)
            if draw.random() < 0.3:
                answers.pop(draw.choice(list(answers)))
        found = validator.check(answers)
        assert all(problem.reason in REASONS for problem in found)
        assert {problem.question for problem in found} <= answers.keys() | set(names)
        refused += bool(found)
    assert 500 < refused / SHARE < 3500


def test_problems_come_in_the_order_of_asking(study: Study) -> None:
    found = Validator(study.questionnaire).check({"C1": 77, "A1": 88})
    assert [problem.question for problem in found] == ["S1", "S2", "S3", "A1", "C1", "E0"]
    assert found[3] == Problem("A1", "code")


def test_what_fits_is_taken(study: Study) -> None:
    draw = random.Random(8)
    validator = Validator(study.questionnaire)
    assert all(validator.check(answers_of(study.questionnaire, draw)) == [] for _ in range(500))
