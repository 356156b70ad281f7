"""One column, one coding rule: value labels, 1/2 flags and multiple mentions are decided on whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from survey.importing.coding import CodedFile, code_table
from survey.importing.mapping_file import NAME, guide_of
from survey.readers import registry
from survey.readers.cells.issues import IssueCode
from survey.readers.files.opening import open_file
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, wm_study, write_csv

FLAGS = [f"q2_{code}" for code in range(1, 9)]
ONE = {1.0: "是", 2.0: "否"}
ENDS = {1.0: "很不满意", 5.0: "很满意"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return wm_study(tmp_path / "study")


def code(study: Study, path: Path) -> CodedFile:
    read = registry.read(open_file(path), guide_of(study))
    return code_table(read, study, study.waves[0], mode=study.waves[0].modes[0])


def frame(count: int, **columns: Sequence[Any]) -> pd.DataFrame:
    """Cases of the questionnaire of the sample exports, all with the same answers but for the given columns."""
    plain = {"s1": 1, "age": 30, "q1": 1, "q3": 1, "q4": 1, "q6": 1, "d1": 1, "d2": 1, "d3": 1}
    plain |= {f"q5_{row}": 1 for row in ("env", "traffic", "service", "community")}
    made = {name: [float(value)] * count for name, value in plain.items()}
    made |= {name: [0.0] * count for name in FLAGS}
    return pd.DataFrame({**made, **columns}).astype(float)


def sav(path: Path, data: pd.DataFrame, labels: Mapping[str, Mapping[float, str]]) -> Path:
    pyreadstat.write_sav(data, str(path), variable_value_labels={name: dict(text) for name, text in labels.items()})
    return path


def codes(made: CodedFile, item: str) -> list[int | None]:
    values: list[int | None] = made.responses[item].to_pylist()
    return values


def test_unlabelled_values_of_a_reversed_scale_are_rejected_with_the_reason(study: Study, tmp_path: Path) -> None:
    path = sav(tmp_path / "a.sav", frame(5, q6=[1, 2, 3, 4, 5]), {"q6": ENDS})
    made = code(study, path)
    assert codes(made, "q6") == [5, 1]  # 1 is very dissatisfied in the file, 5 very satisfied
    assert made.issues.count()[IssueCode.UNLABELLED] == 3
    issue = made.issues.first()[0]
    assert (issue.row, issue.value) == (2, "2（没有标签）")
    assert "没有标签的数字不知道是哪一项" in issue.title
    assert "mapping.toml" in issue.cure


def test_a_person_can_mirror_the_scale(study: Study, tmp_path: Path) -> None:
    path = sav(tmp_path / "a.sav", frame(5, q6=[1, 2, 3, 4, 5]), {"q6": ENDS})
    lines = ["confirmed = true", '[answers."q6"]', *(f'"{n}（没有标签）" = {6 - n}' for n in (2, 3, 4))]
    (study.root / NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert codes(code(study, path), "q6") == [5, 4, 3, 2, 1]


def test_labels_that_agree_with_the_codes_leave_the_other_codes_alone(study: Study, tmp_path: Path) -> None:
    labels = {"q6": {1.0: "很满意", 5.0: "很不满意", 99.0: "缺失"}}
    made = code(study, sav(tmp_path / "a.sav", frame(5, q6=[1, 2, 3, 4, 5]), labels))
    assert codes(made, "q6") == [1, 2, 3, 4, 5]


def test_a_foreign_label_makes_the_unlabelled_codes_unsure(study: Study, tmp_path: Path) -> None:
    made = code(study, sav(tmp_path / "a.sav", frame(2, q6=[1, 2]), {"q6": {1.0: "极差", 5.0: "极好"}}))
    assert made.responses.num_rows == 0
    counted = made.issues.count()
    assert (counted[IssueCode.UNKNOWN_CODE], counted[IssueCode.UNLABELLED]) == (1, 1)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({1.0: "未选中", 2.0: "选中"}, [0, 1]),
        ({1.0: "选中", 2.0: "未选中"}, [1, 0]),
        ({1.0: "Not selected", 2.0: "Selected"}, [0, 1]),
        ({2.0: "报纸", 1.0: "否"}, [0, 1]),
    ],
)
def test_flags_are_read_by_their_labels(
    labels: dict[float, str], expected: list[int], study: Study, tmp_path: Path
) -> None:
    made = code(study, sav(tmp_path / "a.sav", frame(2, q2_2=[1, 2]), {"q2_2": labels}))
    assert codes(made, "q2.2") == expected
    assert not made.rejected.num_rows


def test_an_unlabelled_value_of_a_reversed_flag_is_rejected(study: Study, tmp_path: Path) -> None:
    made = code(study, sav(tmp_path / "a.sav", frame(2, q2_2=[1, 2]), {"q2_2": {1.0: "未选中"}}))
    assert codes(made, "q2.2") == [0]
    assert made.issues.count()[IssueCode.UNLABELLED] == 1


def test_multiple_mentions_as_categories(study: Study, tmp_path: Path) -> None:
    mentions = {"q2_1": [3.0, 7.0, float("nan")], "q2_2": [5.0, 1.0, float("nan")], "q2_3": [float("nan")] * 3}
    data = frame(3).drop(columns=FLAGS).assign(**mentions)
    options = {float(choice.code): choice.label for choice in study.questionnaire.question("q2").choices}
    for name, labels in (("numbers", {}), ("labels", dict.fromkeys(mentions, options))):
        made = code(study, sav(tmp_path / f"{name}.sav", data, labels))
        assert not made.rejected.num_rows
        assert [[n for n in range(1, 9) if row[f"q2.{n}"] == 1] for row in made.responses.to_pylist()] == [
            [3, 5],
            [1, 7],
            [],
        ]
        assert codes(made, "q2.4") == [0, 0, -2]  # the third case named nothing: left empty


def limesurvey(path: Path, cells: Sequence[tuple[str, str]]) -> Path:
    heading = ["id", "submitdate", "lastpage", "startlanguage", "seed", "s1", "age", "q1", "q2[SQ001]", "q2[SQ002]"]
    heading += ["q3", "q4", "q5[env]", "q5[traffic]", "q5[service]", "q5[community]", "q6", "d1", "d2", "d3"]
    lines = [",".join(heading)]
    for number, (one, two) in enumerate(cells, start=1):
        front = [str(number), "2026-11-03 09:12:05", "4", "zh-Hans", "447", "A1", "18", "A1", one, two]
        lines.append(",".join([*front, *["A1"] * 10]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_limesurvey_flags_converted_to_1_and_2(study: Study, tmp_path: Path) -> None:
    made = code(study, limesurvey(tmp_path / "a.csv", [("1", "2"), ("2", "1"), ("2", "2")]))
    assert (codes(made, "q2.1"), codes(made, "q2.2")) == ([1, 0, 0], [0, 1, 0])
    assert not made.rejected.num_rows


def test_limesurvey_flags_as_y_and_n_still_hold(study: Study, tmp_path: Path) -> None:
    made = code(study, limesurvey(tmp_path / "a.csv", [("Y", "N"), ("1", "0")]))
    assert (codes(made, "q2.1"), codes(made, "q2.2")) == ([1, 1], [0, 0])


def test_1_and_2_of_an_unknown_tool_are_rejected_with_the_reason(tmp_path: Path) -> None:
    small = make_study(tmp_path / "small")
    heading = [name for name in HEADING if name not in ("B1", "B1.other")] + ["B1.1", "B1.2"]
    rows = [answer(n) | {"B1.1": one, "B1.2": two} for n, (one, two) in enumerate([("1", "2"), ("2", "2"), ("1", "1")])]
    made = code(small, write_csv(tmp_path / "a.csv", rows, heading))
    assert made.responses.num_rows == 0  # never only those without a 2
    assert made.issues.count() == {IssueCode.FLAG_CODING: 6}
    assert "不知道哪个是选中" in made.issues.first()[0].title


def test_a_label_in_the_wrong_column_is_no_mention(tmp_path: Path) -> None:
    small = make_study(tmp_path / "small")
    heading = [name for name in HEADING if name not in ("B1", "B1.other")] + ["B1.1", "B1.2"]
    rows = [answer(n) | {"B1.1": "报纸", "B1.2": "电视"} for n in range(2)]
    made = code(small, write_csv(tmp_path / "a.csv", rows, heading))
    assert made.issues.count() == {IssueCode.UNKNOWN_CODE: 2}
    assert made.issues.first()[0].expected == "1（选中）或 0（没选），是 或 否，或者选项的文字"
