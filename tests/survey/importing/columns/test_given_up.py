"""Answers that were given up are not "left empty": what follows the last answer was not reached."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from survey.importing.coding import CodedFile, code_table
from survey.readers import registry
from survey.readers.cells.issues import IssueCode
from survey.readers.files.opening import open_file
from survey.readers.tables.read_table import Guide
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, wm_study

NAMES = ("s1", "age", "q1", "q2", "q3", "q4", "q5.env", "q5.traffic", "q5.service", "q5.community", "q6", "q7")
HEADING = ("response_id", *NAMES, "d1", "d2", "d3")
FULL = dict(zip(HEADING, ("r", "1", "30", "1", "1|3", *["1"] * 7, "好", "1", "1", "1"), strict=True))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return wm_study(tmp_path_factory.mktemp("given_up") / "study")


def coded(study: Study, folder: Path, *rows: Mapping[str, str]) -> CodedFile:
    lines = [",".join(HEADING)]
    for number, row in enumerate(rows):
        lines.append(",".join({**FULL, **row, "response_id": f"r{number}"}[name] for name in HEADING))
    path = folder / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    read = registry.read(open_file(path), Guide(study.questionnaire))
    return code_table(read, study, study.waves[0], mode="online")


def until(name: str) -> dict[str, str]:
    """Cells of a response whose last answer is to a question."""
    after = HEADING[HEADING.index(name) + 1 :]
    return dict.fromkeys(after, "")


def test_what_follows_the_last_answer_is_not_reached(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, {}, until("age"), until("q3"))
    rows = made.responses.to_pylist()
    assert [row["q1"] for row in rows] == [1, None, 1]
    assert [row["q4"] for row in rows] == [1, None, None]
    assert [row["q5.env"] for row in rows] == [1, None, None]
    assert [row["d3"] for row in rows] == [1, None, None]
    assert made.issues.count()[IssueCode.GIVEN_UP] == 2
    assert [issue.row for issue in made.issues.first() if issue.code is IssueCode.GIVEN_UP] == [3, 4]
    issue = next(issue for issue in made.issues.first() if issue.code is IssueCode.GIVEN_UP)
    assert issue.value == "最后答的是 age 您的周岁年龄是？"
    assert not made.rejected.num_rows


def test_a_gap_and_a_single_empty_question_at_the_end_are_left_empty(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, {"q3": "", "q4": ""}, {"d3": ""}, {"q7": ""})
    rows = made.responses.to_pylist()
    assert [(row["q3"], row["q4"], row["d3"]) for row in rows] == [(-2, -2, 1), (1, 1, -2), (1, 1, 1)]
    assert IssueCode.GIVEN_UP not in made.issues.count()


def test_an_optional_question_alone_does_not_make_answers_unfinished(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, until("q6") | {"d1": "1", "d2": "1", "d3": "1"})
    assert IssueCode.GIVEN_UP not in made.issues.count()


def test_a_screened_out_respondent_has_not_given_up(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, until("age") | {"s1": "2"})
    assert IssueCode.GIVEN_UP not in made.issues.count()
    assert made.responses.to_pylist()[0]["q1"] is None


def test_nothing_answered_at_all(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, {}, until("response_id"))
    assert made.responses.to_pylist()[1]["s1"] is None
    issue = next(issue for issue in made.issues.first() if issue.code is IssueCode.GIVEN_UP)
    assert issue.value == "一题也没有答"


@pytest.mark.parametrize(
    ("name", "status", "cell", "row"),
    [("limesurvey_results-survey123456.csv", "submitdate", "", 1), ("qualtrics_export.csv", "Finished", "0", 3)],
)
def test_a_tool_that_knows_what_is_unfinished_follows_the_same_rule(
    name: str, status: str, cell: str, row: int, study: Study, tmp_path: Path
) -> None:
    with (EXPORTS / name).open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))[: row + 2]
    for heading, value in ((status, cell), ("d3", ""), ("d1", "")):
        table[row][table[0].index(heading)] = value
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    read = registry.read(open_file(path), Guide(study.questionnaire))
    made = code_table(read, study, study.waves[0], mode="online")
    first, second = made.responses.to_pylist()
    assert first["d3"] is None  # a single empty question at the end was not reached either
    assert (first["d1"], first["d2"] is None, first["q6"] is None) == (-2, False, False)
    assert None not in (second["d1"], second["d3"])
    assert (made.issues.count()[IssueCode.UNFINISHED], IssueCode.GIVEN_UP in made.issues.count()) == (1, False)
    assert not made.rejected.num_rows


def test_an_answer_that_cannot_be_coded_is_an_answer(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, {**until("q1"), "d3": "火星"})
    assert IssueCode.GIVEN_UP not in made.issues.count()
