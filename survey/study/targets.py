"""Targets: the values that rates should reach, for the city or a district, each with source and date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from survey.instrument.measure import MEASURES, measure_label
from survey.instrument.questionnaire import Questionnaire
from survey.storage.tables import Table, read_table
from survey.study.areas import Areas

COLUMNS: Mapping[str, str] = {
    "指标": "measure",
    "题目": "item",
    "区县": "district",
    "目标": "target",
    "出处": "source",
    "日期": "date",
}
"""Chinese heading of targets.csv -> canonical heading."""


def read_targets(path: Path, questionnaire: Questionnaire, areas: Areas) -> pd.DataFrame:
    """Read targets.csv.

    Args:
        path: the file; each row names a measure (key or Chinese name) or one rate of the questionnaire.
        questionnaire: source of the rates.
        areas: source of the districts.

    Returns:
        Columns measure (key; set for items too), item (name of the rate, "" for the headline of the measure),
        district ("" for every district), target (percent), source, date.

    Raises:
        StudyError: lists every invalid row; a target without source or date is invalid (rule R-18).
    """
    table = read_table(path, COLUMNS, required=("target", "source", "date"), may_be_empty=True)
    records = [_record(table, line, row, questionnaire, areas) for line, row in table]
    _check_unique(table, records)
    table.close()
    return pd.DataFrame(records, columns=list(COLUMNS.values()))


def _record(
    table: Table, line: int, row: Mapping[str, str], questionnaire: Questionnaire, areas: Areas
) -> dict[str, object]:
    measure, item = _subject(table, line, row, questionnaire)
    district = row.get("district", "")
    if district and district not in areas.districts:
        table.problem(line, "district", got=district, expected="抽样框里的区县：" + "、".join(areas.districts))
    if not row["source"]:
        table.problem(line, "source", got="", expected="目标值的出处（没有出处的目标不能使用）")
    return {
        "measure": measure,
        "item": item,
        "district": district,
        "target": _percent(table, line, row["target"]),
        "source": row["source"],
        "date": _date(table, line, row["date"]),
    }


def _subject(table: Table, line: int, row: Mapping[str, str], questionnaire: Questionnaire) -> tuple[str, str]:
    rates = {rate.name: rate for rate in questionnaire.rates}
    measures = {name: key for key, measure in MEASURES.items() for name in (measure.label, key)}
    item, text = row.get("item", ""), row.get("measure", "")
    if text and text not in measures:
        table.problem(line, "measure", got=text, expected="、".join(measure.label for measure in MEASURES.values()))
    elif item and item not in rates:
        table.problem(line, "item", got=item, expected="问卷里的指标：" + "、".join(rates))
    elif not item and not text:
        table.problem(line, "measure", got="", expected="指标或题目，二者填一")
    elif item and text and rates[item].measure != measures[text]:
        table.problem(line, "measure", got=text, expected=f"{measure_label(rates[item].measure)}（{item} 属于它）")
    measure = rates[item].measure if item in rates else measures.get(text, "")
    return measure, item


def _percent(table: Table, line: int, text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        table.problem(line, "target", got=text, expected="0 到 100 之间的百分数，例如 85")
    return value


def _date(table: Table, line: int, text: str) -> date | None:
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in text.replace("/", "-").split("-")))
    except ValueError:
        table.problem(line, "date", got=text, expected="出处的日期，例如 2026-03-01")
        return None


def _check_unique(table: Table, records: list[dict[str, object]]) -> None:
    first: dict[tuple[object, ...], int] = {}
    for (line, _), record in zip(table, records, strict=True):
        key = (record["measure"], record["item"], record["district"])
        if key in first:
            table.problem(
                line, "target", got=str(record["target"]), expected=f"不重复的目标（与第 {first[key]} 行相同）"
            )
        first.setdefault(key, line)
