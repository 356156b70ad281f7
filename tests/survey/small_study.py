"""A small study on disk and answer files for it, shared by the tests of importing."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from survey.instrument.questionnaire import read_questionnaire
from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study
from survey.study.terms import Wave

EXPORTS = Path(__file__).parent / "data" / "exports"
DONT_KNOW = {"value": 98, "text": "说不清", "missing": "dontknow"}
QUESTIONNAIRE: Mapping[str, Any] = {
    "instrumentId": "small",
    "instrumentVersion": "1",
    "title": "小问卷",
    "pages": [
        {
            "name": "p1",
            "elements": [
                {
                    "type": "text",
                    "inputType": "number",
                    "name": "S1",
                    "title": "您的年龄",
                    "min": 10,
                    "max": 110,
                    "role": "age",
                    "bands": [
                        {"value": 1, "text": "青年", "min": 10, "max": 44},
                        {"value": 2, "text": "中老年", "min": 45},
                    ],
                },
                {
                    "type": "radiogroup",
                    "name": "A1",
                    "title": "您知道吗？",
                    "measure": "awareness",
                    "measurePositive": [1],
                    "choices": [{"value": 1, "text": "知道"}, {"value": 2, "text": "不知道"}, DONT_KNOW],
                },
                {
                    "type": "checkbox",
                    "name": "B1",
                    "title": "从哪里知道的？",
                    "visibleIf": "{A1} = 1",
                    "choices": [
                        {"value": 1, "text": "电视、广播"},
                        {"value": 2, "text": "电视"},
                        {"value": 3, "text": "报纸"},
                        {"value": 4, "text": "都没有", "exclusive": True},
                    ],
                    "showOtherItem": True,
                    "otherText": "其他",
                },
                {
                    "type": "matrix",
                    "name": "E",
                    "title": "您满意吗？",
                    "columns": [{"value": 1, "text": "满意"}, {"value": 2, "text": "不满意"}, DONT_KNOW],
                    "rows": [{"value": "E1", "text": "环境"}, {"value": "E2", "text": "交通"}],
                },
                {"type": "comment", "name": "H1", "title": "您的意见"},
                {
                    "type": "radiogroup",
                    "name": "J1",
                    "title": "您的性别",
                    "role": "sex",
                    "choices": [
                        {"value": 1, "text": "男"},
                        {"value": 2, "text": "女"},
                        {"value": 99, "text": "拒答", "missing": "refused"},
                    ],
                },
            ],
        }
    ],
}
HEADING = (
    *("response_id", "psu", "submitted", "seconds", "interviewer", "weight"),
    *("S1", "A1", "B1", "B1.other", "E.E1", "E.E2", "H1", "J1"),
)
PSU = 990101001001


def make_study(root: Path) -> Study:
    """Write a study folder with the small questionnaire."""
    init_study(root)
    (root / "questionnaire.json").write_text(json.dumps(QUESTIONNAIRE, ensure_ascii=False), encoding="utf-8")
    frame = load_frame_names(root)
    margins = "\n".join(["区县,人口", *(f"{name},1000" for name in frame)])
    (root / "margins.csv").write_text(margins + "\n", encoding="utf-8")
    (root / "targets.csv").write_text("指标,题目,区县,目标,出处,日期\n知晓率,,,90,示例,2026-01-01\n", encoding="utf-8")
    return load_study(root)


def load_frame_names(root: Path) -> list[str]:
    """Return the districts of the example frame."""
    with (root / "frame.csv").open(encoding="utf-8-sig") as file:
        return list(dict.fromkeys(row["区县"] for row in csv.DictReader(file)))


def wm_study(root: Path) -> Study:
    """Write a study with the questionnaire and the fieldwork dates of the sample exports."""
    wave = Wave("W1", "第一轮", date(2026, 11, 1), date(2026, 11, 30), ("online",))
    questionnaire = read_questionnaire(EXPORTS / "wm_questionnaire.surveyjs.json")
    return replace(load_study(init_study(root)), questionnaire=questionnaire, waves=(wave,))


def answer(number: int, **cells: str) -> dict[str, str]:
    """Return one valid response with some cells replaced (`E1` and `other` stand for E.E1 and B1.other)."""
    row = {
        "response_id": f"r{number:05d}",
        "psu": str(PSU),
        "submitted": f"2027-03-02 10:{number % 60:02d}:00",
        "seconds": "120",
        "interviewer": f"I{number % 3}",
        "weight": "1.5",
        "S1": str(20 + number % 50),
        "A1": "知道",
        "B1": "1|3",
        "B1.other": "",
        "E.E1": "满意",
        "E.E2": "2",
        "H1": "",
        "J1": "男",
    }
    names = {"E1": "E.E1", "E2": "E.E2", "other": "B1.other"}
    return row | {names.get(name, name): cell for name, cell in cells.items()}


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], heading: Sequence[str] = HEADING) -> Path:
    """Write responses as a file in the native layout."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows([row[name] for name in heading] for row in rows)
    return path


def write_xlsx(path: Path, table: Sequence[Sequence[Any]]) -> Path:
    """Write rows of cells as a workbook with one sheet."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    return path
