"""Files with Chinese headings of the tool's own columns: LimeSurvey in Chinese, workbooks of 金数据."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from survey.importing import ingest
from survey.readers.cells.issues import IssueCode
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, wm_study, write_xlsx

LIME = EXPORTS / "limesurvey_results-survey123456.csv"
CHINESE = {
    "id": "答复编号",
    "submitdate": "提交日期",
    "lastpage": "最后一页",
    "startlanguage": "起始语言",
    "seed": "种子",
    "startdate": "开始日期",
    "datestamp": "最后操作日期",
    "ipaddr": "IP 地址",
    "refurl": "引用网址",
    "interviewtime": "总时间",
    "groupTime1": "组时间：核心问题",
    "s1Time": "问题时间：s1",
}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return wm_study(tmp_path / "study")


def rows_of(study: Study) -> list[dict[str, object]]:
    apart = ("import_id",)
    rows = ResponseStore(study.root / "store").read().drop_columns(list(apart)).to_pylist()
    return sorted(rows, key=lambda row: row["source_row"])


def test_limesurvey_with_chinese_headings_is_read_alike(study: Study, tmp_path: Path) -> None:
    ingest.import_files(study, [LIME], "W1")
    other = wm_study(tmp_path / "other")
    table = list(csv.reader(io.StringIO(LIME.read_text(encoding="utf-8-sig"), newline="")))
    table[0] = [CHINESE.get(cell, cell) for cell in table[0]]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)
    preview = ingest.import_files(other, [path], "W1").preview
    assert preview.files[0]["reader"] == "limesurvey"
    assert (preview.new, preview.rejected) == (15, 0)
    assert set(preview.issue_count) == {IssueCode.UNFINISHED, IssueCode.NO_PSU_COLUMN}
    assert rows_of(other) == rows_of(study)


def test_two_dates_alone_are_not_limesurvey(study: Study, tmp_path: Path) -> None:
    """提交日期 and 开始日期 are common in other tables."""
    titles = [question.title for question in study.questionnaire.questions if question.type.name == "single"]
    heading = ["编号", "开始日期", "提交日期", "总时间", *titles]
    labels = [question.choices[0].label for question in study.questionnaire.questions if question.type.name == "single"]
    path = write_xlsx(tmp_path / "a.xlsx", [heading, ["r1", "2026-11-02", "2026-11-02", "60", *labels]])
    assert ingest.stage(study, [path], "W1").files[0]["reader"] != "limesurvey"


def jinshuju(study: Study, separator: str) -> tuple[list[str], list[str]]:
    """Return heading and one response of a 金数据 workbook: the tool's own columns around the question titles."""
    heading, given = ["序号"], ["7"]
    for question in study.questionnaire.questions:
        if question.type.grid:
            heading += [f"{question.title}-{row.label}" for row in question.rows]
            given += [question.choices[1].label for _ in question.rows]
        elif question.type.several:
            heading.append(question.title)
            given.append(f"{question.choices[0].label}{separator}{question.choices[2].label}")
        elif question.type.numeric:
            heading.append(question.title)
            given.append("35")
        elif question.type.open:
            heading.append(question.title)
            given.append("路灯坏了")
        else:
            heading.append(question.title)
            given.append(question.choices[0].label)
    heading += ["提交人", "提交时间", "修改时间", "填写时长", "IP", "浏览器", "操作系统"]
    given += ["匿名", "2026-11-03 09:12:05", "2026-11-03 09:12:05", "2分23秒", "117.136.32.18", "微信", "Android"]
    return heading, given


@pytest.mark.parametrize("separator", [",", "，", "\n", "、", "; "])
def test_a_workbook_of_jinshuju(separator: str, study: Study, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "数据.xlsx", list(jinshuju(study, separator)))
    preview = ingest.import_files(study, [path], "W1").preview
    assert (preview.new, preview.rejected) == (1, 0)
    assert IssueCode.MISSING_COLUMN not in preview.issue_count
    row = rows_of(study)[0]
    assert [code for code in (*range(1, 9), 97) if row[f"q2.{code}"] == 1] == [1, 3]
    assert str(row["submitted"]) == "2026-11-03 09:12:05"
    assert (row["seconds"], row["age.raw"] if "age.raw" in row else row["age"]) == (143, 35)
    assert str(row["response_id"]).endswith("-7")
    assert row["ip_key"] is not None
    texts = ResponseStore(study.root / "store").texts().to_pylist()
    assert [text["text"] for text in texts] == ["路灯坏了"]
    unused = {issue.column for issue in preview.issues if issue.code is IssueCode.UNUSED_COLUMN}
    assert unused <= {"提交人", "修改时间", "浏览器", "操作系统"}
