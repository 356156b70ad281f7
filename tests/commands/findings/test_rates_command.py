"""`silu rates`: all formats, suppressed cells, and misuse reported in Chinese."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

import cli
from accounts.audit.chain import AUDIT
from survey.host.access import VARIABLE
from survey.study.template.new_study import init_study

DATA = Path(__file__).parent.parent.parent / "survey" / "data"
CITY = ["--districts", "2", "--streets-per-district", "3", "--responses", "900", "--waves", "2", "--seed", "7"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = Path(tmp_path_factory.mktemp("rates")) / "city"
    assert cli.main(["mock", str(root), *CITY]) == 0
    return str(root)


def run(capsys: pytest.CaptureFixture[str], city: str, *options: str) -> str:
    assert cli.main(["rates", "--study", city, *options]) == 0
    return capsys.readouterr().out


def test_four_rates_of_the_last_wave(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    lines = run(capsys, city).splitlines()
    assert lines[0].split()[:3] == ["题号", "题目", "指标"]
    assert [line.split()[2] for line in lines[1:5]] == ["知晓率", "支持率", "参与率", "满意率"]
    assert "模拟数据" in lines[6]
    assert "W2" in lines[6]
    assert "W1 2026" not in lines[6]


def test_json_has_shares_and_meta(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, city, "--by", "区县,sex", "--measure", "satisfaction", "--format", "json"))
    assert found["meta"]["by"] == ["district", "sex"]
    assert len(found["rows"]) == 4
    assert all(0 <= row["conf_low"] < row["estimate"] < row["conf_high"] <= 1 for row in found["rows"])


def test_csv_suppresses_small_cells(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--by", "street,age,sex", "--item", "E0", "--format", "csv"]
    text = run(capsys, city, *options)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff").split("\r\n\r\n")[0])))
    shown = [int(row["答卷数"]) for row in rows if row["答卷数"]]
    hidden = [row for row in rows if "不予公布" in row["说明"] or "反推" in row["说明"]]
    assert hidden
    assert all(row["比例(%)"] == row["答卷数"] == "" for row in hidden)
    assert min(shown, default=10) >= 10
    assert "未显示" in text


def test_workbook(city: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "four.xlsx"
    assert str(path) in run(capsys, city, "--by", "district", "--format", "xlsx", "--out", str(path))
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("题号", "题目", "指标", "区县")
    assert len([row for row in rows[1:] if row[4]]) == 8
    assert any("模拟数据" in str(row[0]) for row in rows)
    assert sheet.column_dimensions["A"].width < 20  # the caption below does not stretch the first column
    assert sheet.cell(2, rows[0].index("比例(%)") + 1).number_format == "0.0"


def test_a_domain_and_a_wave(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(run(capsys, city, "--by", "district", "--wave", "W1", "--format", "json", "--item", "A1"))
    name = whole["rows"][0]["district"]
    one = json.loads(run(capsys, city, "--where", f"区县={name}", "--wave", "W1", "--format", "json", "--item", "A1"))
    assert one["rows"][0]["std_error"] == pytest.approx(whole["rows"][0]["std_error"])
    assert one["rows"][0]["n"] == whole["rows"][0]["n"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "星座"], "没有这样的分组"),
        (["--item", "Z9"], "没有这样的分组或题号"),
        (["--wave", "W9"], "W1、W2"),
        (["--where", "district"], "列=值"),
        (["--format", "xlsx"], "--out"),
        (["--level", "95"], "置信水平"),
        (["--mode", "phone"], "没有这种方式的答卷"),
        (["--version", "99"], "版本"),
    ],
)
def test_misuse(city: str, capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    assert cli.main(["rates", "--study", city, *options]) == cli.EXIT_USER_ERROR
    assert words in capsys.readouterr().err


def test_a_study_without_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", str(tmp_path / "new")]) == 0
    assert cli.main(["rates", "--study", str(tmp_path / "new")]) == cli.EXIT_USER_ERROR
    assert "silu import" in capsys.readouterr().err


@pytest.fixture(scope="module")
def without_places(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A study with an online 问卷星 file without community codes, and a questionnaire without sex and age roles."""
    root = tmp_path_factory.mktemp("plain") / "study"
    init_study(root)
    (root / "questionnaire.json").write_bytes((DATA / "wm_questionnaire.surveyjs.json").read_bytes())
    (root / "margins.csv").write_text("区县,人口\n示例一区,5000\n示例二区,5000\n", encoding="utf-8")
    settings = (root / "study.toml").read_text(encoding="utf-8")
    (root / "study.toml").write_text(settings.replace('modes = ["household"]', 'modes = ["online"]'), encoding="utf-8")
    file = DATA / "exports" / "wjx_text_utf8bom.csv"
    assert cli.main(["import", str(file), "--study", str(root), "--wave", "W1", "--yes"]) == 0
    return str(root)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "district"], ["没有一份答卷能这样分组", "14 份没有区县", "psu"]),
        (["--by", "sex"], ["问卷里没有问性别", '"role": "sex"']),
        (["--where", "年龄=18"], ["问卷里没有问年龄"]),
    ],
)
def test_an_empty_group_is_reported_with_its_remedy(
    without_places: str, capsys: pytest.CaptureFixture[str], options: list[str], words: list[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["rates", "--study", without_places, *options]) == cli.EXIT_USER_ERROR
    output = capsys.readouterr().err
    assert all(word in output for word in words)
    assert "psu、" not in output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "age,sex"], "一次只用一种"),
        (["--by", "community"], "用区县、街道"),
        (["--where", "年龄=18—29岁,30—44岁"], "一次只写一个取值"),
        (["--version", "1"], "换一个数据版本来算"),
        (["--without-excluded"], "换一批答卷来算"),
    ],
)
def test_a_leader_gets_protected_tables_only(
    city: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.setenv(VARIABLE, "leader")
    assert cli.main(["rates", "--study", city, "--mode", "household", *options]) == cli.EXIT_USER_ERROR
    output = capsys.readouterr().err
    assert "只对分析员开放" in output
    assert words in output


def test_a_leader_sees_the_same_figures_except_disclosive_ones(
    city: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    options = ["--by", "street,age", "--item", "A1", "--mode", "household", "--format", "json"]
    every = json.loads(run(capsys, city, *options))["rows"]
    monkeypatch.setenv(VARIABLE, "leader")
    some = json.loads(run(capsys, city, *options))["rows"]
    pairs = list(zip(every, some, strict=True))
    assert all(one["n"] in (None, other["n"]) for other, one in pairs)
    assert sum(row["n"] is None for row in some) >= sum(row["n"] is None for row in every) > 0
    assert any(row["n"] is not None for row in some)


def test_a_command_is_logged(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, city, "--by", "district", "--where", "sex=女")
    last = json.loads((Path(city) / AUDIT).read_text(encoding="utf-8").splitlines()[-1])
    assert last["command"] == "rates"
    assert last["by"] == "district"
    assert "sex=女" in last["where"]
    assert {"at", "who", "role"} <= set(last)
