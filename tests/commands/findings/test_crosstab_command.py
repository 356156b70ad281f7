"""`silu crosstab`: text, csv and workbook say the same; wrong options are named."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import openpyxl
import pytest

import cli
from tests.city_folder import imported_city

ROWS = ("--rows", "A1,E0", "--by", "district,sex×age", "--net", "E0:满意=很满意+比较满意")
WHERE = ("--where", "({age} = 1 or {age} = 2) and not ({sex} = 1)")
"""Women below 45; "not (" stands for "!(", which a shell does not pass on."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("crosstab") / "city"
    return imported_city(root, districts=3, streets_per_district=2, communities_per_street=2, texts=False)


def test_text_csv_and_workbook_say_the_same(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["crosstab", "--study", str(city), *ROWS]) == 0
    text = capsys.readouterr().out
    assert "↑ 明显高于" in text
    assert "模拟数据" in text
    table, book = tmp_path / "t.csv", tmp_path / "t.xlsx"
    assert cli.main(["crosstab", "--study", str(city), *ROWS, "--format", "csv", "--out", str(table)]) == 0
    assert cli.main(["crosstab", "--study", str(city), *ROWS, "--format", "xlsx", "--out", str(book)]) == 0
    rows = [row for row in csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))) if row.get("答案") == "满意"]
    whole = next(row for row in rows if row["组"] == "全体")
    assert f"{float(whole['比例(%)或平均']):.1f}%" in text
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["目录", "T1", "T2", "说明"]
    assert not any(sheet.merged_cells.ranges for sheet in sheets)
    assert cli.main(["crosstab", "--study", str(city), "--rows", "E0", "--by", "sex", *WHERE]) == 0
    assert ["题目", "答案", "全体", "女"] in [line.split() for line in capsys.readouterr().out.splitlines()]
    second = {str(row[0]): row for row in sheets["T2"].iter_rows(min_row=4, values_only=True)}
    assert second["满意"][1] == pytest.approx(float(whole["比例(%)或平均"]) / 100, abs=1e-5)
    assert second["有效答卷"][1] == float(whole["答卷数"])


def test_a_terminal_says_what_is_checked_first(
    city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shutil.rmtree(city / "store" / "lights", ignore_errors=True)
    command = ["crosstab", "--study", str(city), "--rows", "E0", "--by"]
    said = []
    for head in ("sex", "district", "district"):
        assert cli.main([*command, head]) == 0
        said.append("正在核查" in capsys.readouterr().err)
    assert said == [False, True, False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--rows", "Z1"), "问卷里没有这道题"),
        (("--rows", "A1", "--by", "age×sex×district"), "最多嵌套两层"),
        (("--rows", "A1", "--net", "A1"), "合并要写成"),
        (("--rows", "A1", "--where", "{A1} ="), "条件"),
        (("--rows", "A1", "--alpha", "5"), "显著水平"),
        (("--rows", "A1", "--format", "xlsx"), "xlsx 要存成文件"),
    ],
)
def test_wrong_options_are_named(
    city: Path, options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["crosstab", "--study", str(city), *options]) == 2
    assert message in capsys.readouterr().err
