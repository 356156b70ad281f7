"""Quotas: progress, pace and forecast, calculated by hand."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from survey.errors import StudyError
from survey.quality.quotas import BEHIND, ON_COURSE, OVER, REACHED, SHORT, progress, read_plan

START, END = date(2026, 9, 7), date(2026, 9, 20)


def interviews(**days: list[int]) -> pd.DataFrame:
    """Return interviews from district -> numbers on the 1st, 2nd, ... day."""
    rows = [
        (district, pd.Timestamp(START) + pd.Timedelta(days=day, hours=10))
        for district, counts in days.items()
        for day, count in enumerate(counts)
        for _ in range(count)
    ]
    return pd.DataFrame(rows, columns=["district", "submitted"])


PLAN = pd.DataFrame({"district": ["A", "B", "C", "D"], "target": [30, 100, 10, 10]})


def test_pace_and_forecast_by_hand() -> None:
    table = progress(
        PLAN,
        interviews(A=[3] * 5, B=[2] * 5, C=[3] * 5, D=[2] * 5, E=[1]),
        start=START,
        end=END,
        today=date(2026, 9, 11),
    )
    a, b, c, d = table.to_dict("records")
    assert (a["done"], a["pace"], a["forecast"], a["days"], a["state"]) == (15, 3.0, 15 + 3 * 9, 5.0, ON_COURSE)
    assert (b["done"], b["forecast"], b["state"]) == (10, 28.0, BEHIND)
    assert c["state"] == OVER
    assert d["state"] == REACHED
    assert table.attrs["outside"] == 1


def test_only_the_last_week_counts_for_the_pace() -> None:
    table = progress(PLAN[:1], interviews(A=[20] + [0] * 9), start=START, end=END, today=date(2026, 9, 16))
    assert table["pace"].iloc[0] == 0
    assert table["days"].isna().all()
    assert table["state"].iloc[0] == BEHIND


def test_no_forecast_after_the_last_day() -> None:
    table = progress(PLAN[:1], interviews(A=[2] * 10), start=START, end=END, today=END)
    assert table["forecast"].iloc[0] == table["done"].iloc[0] == 20
    assert table["state"].iloc[0] == SHORT


def test_before_the_first_interview() -> None:
    table = progress(PLAN, interviews(A=[]), start=START, end=END, today=START)
    assert table["done"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wave,district\nW1,A\n", "缺少列"),
        ("wave,target\nW1,5\n", "缺少分组列"),
        ("wave,district,target\nW1,A,many\n", "第 2 行 target 列：读到“many”，应为不小于 1 的整数"),
        ("轮次,区县,目标\nW1,A,0\n", "第 2 行 目标 列：读到“0”"),
        ("wave,district,target\nW1,A,1.5\n", "第 2 行"),
        ("wave,district,target\nW1,A,5\nW1,A,6\n", "第 3 行 district 列：读到“A”"),
        ("wave,district,target\nW1,A\n", "第 2 行 .*读到“2 格”"),
    ],
)
def test_a_faulty_plan_names_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "quota.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        read_plan(path, "W1")


def test_a_plan_is_read_by_wave(tmp_path: Path) -> None:
    path = tmp_path / "quota.csv"
    path.write_text("wave,district,target\nW1,A,5\nW2,A,7\n", encoding="utf-8-sig")
    assert read_plan(path, "W2").to_dict("records") == [{"district": "A", "target": 7}]


def test_a_plan_in_chinese_of_an_old_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "quota.csv"
    path.write_bytes('轮次,区县,age,目标,\r\nW1, 东区 ,18-39,"1,200",\r\n,,,,\r\n'.encode("gb18030"))
    assert read_plan(path, "W1").to_dict("records") == [{"district": "东区", "age": "18-39", "target": 1200}]


def test_a_plan_without_rows_or_without_the_wave_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "quota.csv"
    path.write_text("wave,district,target\n", encoding="utf-8")
    assert read_plan(path, "W1").empty
    path.write_text("wave,district,target\nW2,A,3\n", encoding="utf-8")
    assert list(read_plan(path, "W1").columns) == ["district", "target"]
    assert read_plan(path, "W1").empty
