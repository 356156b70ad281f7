"""Who is flagged for careless answering more often than others."""

import numpy as np
import pandas as pd
import pytest

from reports.sentences.notes.fieldwork import flag_group
from reports.sentences.notes.fieldwork import flag_groups as sentence
from reports.sentences.sentence import rows_of
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.quality.flag_groups import COLUMNS, LEAST, by_group, flag_groups, group_counts, unequal
from survey.quality.sheet import ResponseSheet, open_sheet


@pytest.fixture(scope="module")
def sheet() -> ResponseSheet:
    city = draw(MockSpec(seed=5, districts=2, waves=1, texts=False, online=False, faults=False))
    return open_sheet(city.responses(), city.questionnaire)


def table_of(sheet: ResponseSheet, rows: np.ndarray) -> pd.DataFrame:
    hit = np.zeros(len(sheet), dtype=bool)
    hit[rows] = True
    return flag_groups(group_counts(sheet, hit))


def test_groups_are_those_of_age_education_and_satisfaction(sheet: ResponseSheet) -> None:
    table = table_of(sheet, np.arange(0, len(sheet), 10))
    assert list(table.columns) == COLUMNS
    assert set(table["kind"]) == {"年龄", "文化程度", "总体评价"}
    rated = table[table["kind"] == "总体评价"].set_index("group")
    overall = sheet.column("E0")
    assert rated.loc["满意", "n"] == np.isin(overall, [1, 2]).sum()
    assert rated.loc["不满意或一般", "n"] == np.isin(overall, [3, 4, 5]).sum()
    ages = table[table["kind"] == "年龄"]
    assert ages["n"].sum() <= len(sheet)
    assert table.loc[table["n"] < LEAST, "share"].isna().all()
    assert table.loc[table["n"] >= LEAST, "share"].between(0.03, 0.2).all()


def test_a_group_flagged_much_more_often_is_named_with_what_to_do(sheet: ResponseSheet) -> None:
    (dissatisfied,) = [inside for _, group, inside in by_group(sheet) if group == "不满意或一般"]
    even = np.arange(len(sheet)) % 20 == 0
    assert "没有哪类人" in str(sentence(table_of(sheet, np.flatnonzero(even))))
    table = table_of(sheet, np.flatnonzero(even | dissatisfied))
    assert ("总体评价", "不满意或一般", "满意") in unequal(table)
    words = str(sentence(table))
    assert "不满意或一般高于满意两倍以上" in words
    assert "不按标记剔除" in words
    lines = [str(flag_group(row)) for row in rows_of(table, table, "kind", "group")]
    assert any("总体评价　不满意或一般：100.0%" in line for line in lines)
