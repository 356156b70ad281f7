"""Status columns count: what was not accepted, invalid or deleted is set apart like previews."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey.importing import ingest
from survey.readers.cells.issues import IssueCode
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, HEADING, answer, make_study, wm_study, write_csv


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


@pytest.mark.parametrize(
    ("heading", "cells", "kept"),
    [
        ("审核状态", ["通过", "不通过", "待审核", "已退回"], [0, 2]),
        ("答卷状态", ["有效", "无效", "已删除", "不采用"], [0]),
        ("是否有效", ["是", "否", "1", "0"], [0, 2]),
        ("是否作废", ["否", "是", "", "作废"], [0, 2]),
        ("ReviewState", ["approved", "rejected", "", "hasIssues"], [0, 2]),
        ("备注", ["无效", "不采用", "作废", "删除"], [0, 1, 2, 3]),  # no status column
    ],
)
def test_rows_are_set_apart_by_a_status_column(
    heading: str, cells: list[str], kept: list[int], study: Study, tmp_path: Path
) -> None:
    rows = [answer(n) | {heading: cell} for n, cell in enumerate(cells)]
    preview = ingest.stage(study, [write_csv(tmp_path / "a.csv", rows, (*HEADING, heading))], "W1")
    ids = sorted(preview.comparison.responses["response_id"].to_pylist())
    assert ids == [f"r{n:05d}" for n in kept]
    assert preview.issue_count.get(IssueCode.NOT_ACCEPTED, 0) == len(cells) - len(kept)
    assert preview.rejected == len(cells) - len(kept)


def test_the_reason_names_the_column_and_its_cell(study: Study, tmp_path: Path) -> None:
    rows = [answer(1) | {"审核状态": "已退回"}, answer(2) | {"审核状态": "不通过"}]
    preview = ingest.stage(study, [write_csv(tmp_path / "a.csv", rows, (*HEADING, "审核状态"))], "W1")
    found = [(issue.row, issue.column, issue.value) for issue in preview.issues if issue.row]
    assert found == [(2, "审核状态", "已退回"), (3, "审核状态", "不通过")]


def test_a_supervisor_of_kobo_decides(tmp_path: Path) -> None:
    text = (EXPORTS / "kobo_export.csv").read_text(encoding="utf-8-sig").splitlines()
    place = text[0].split(";").index('"_validation_status"')
    states = ["approved", "not_approved", "on_hold"]
    lines = [text[0]]
    for number, line in enumerate(text[1:4]):
        cells = line.split(";")
        lines.append(";".join([*cells[:place], f'"validation_status_{states[number]}"', *cells[place + 1 :]]))
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    preview = ingest.stage(wm_study(tmp_path / "study"), [path], "W1")
    assert (preview.new, preview.rejected) == (1, 2)
    assert preview.issue_count[IssueCode.NOT_ACCEPTED] == 2


@pytest.mark.parametrize("word", ["NA", "nan", "NULL", "-99", "#N/A", "N/A"])
def test_words_for_missing_are_missing_everywhere(word: str, study: Study, tmp_path: Path) -> None:
    cells = {
        "A1": word,
        "B1": "",
        "S1": word,
        "E1": word,
        "H1": word,
        "J1": word,
        "submitted": word,
        "interviewer": word,
    }
    rows = [answer(1, **cells), answer(2, response_id=word), answer(3, B1=word, other=word)]
    preview = ingest.stage(study, [write_csv(tmp_path / "a.csv", rows)], "W1")
    first, third = sorted(preview.comparison.responses.to_pylist(), key=lambda row: str(row["response_id"]))
    assert (first["A1"], first["S1"], first["E.E1"], first["J1"], first["sex"]) == (-2, -2, -2, -2, None)
    assert (first["submitted"], first["interviewer"], third["B1.1"]) == (None, None, -2)
    assert not preview.comparison.texts.num_rows
    assert preview.issue_count == {IssueCode.NO_ID: 1}
