"""`silu crosstab` tabulates every stored answer of a study, and names what it cannot."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from reports.crosstab.variables import groups
from survey.study.study import load_study
from tests.city_folder import imported_city

ANSWERS = 115
"""Coded columns of the questionnaire of the mock city."""
AT_ONCE = 8
"""Columns of one table."""
PROCESSES = ("A1", "B1.97", "E.E22")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("every") / "city"
    return imported_city(root, districts=3, streets_per_district=2, communities_per_street=2, waves=1, texts=False)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 320 streets."""
    size = {"districts": 40, "streets_per_district": 8, "communities_per_street": 2}
    return imported_city(tmp_path_factory.mktemp("wide") / "city", **size, waves=1, texts=False)


def names(city: Path) -> list[str]:
    return [item.name for item in load_study(city).questionnaire.items]


def asked(city: Path, *options: str) -> list[str]:
    return ["crosstab", "--study", str(city), *options]


def test_the_command_tabulates_every_column(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = names(city)
    assert len(every) == ANSWERS
    out = tmp_path / "table.csv"
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        options = ("--rows", ",".join(some), "--by", "district,sex", "--format", "csv", "--out", str(out))
        assert cli.main(asked(city, *options)) == 0
        lines = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
        rows = [row for row in lines if row.get("组") == "全体"]
        for name in some:
            own = [row for row in rows if row["题号"] == name]
            assert own, name
            if all(row["说明"] == "suppressed" for row in own):  # asked of fewer than ten people
                assert not any(row["比例(%)或平均"] for row in own)
                continue
            shares = [float(row["比例(%)或平均"]) for row in own if row["答案"] != "平均"]
            assert not shares or sum(shares) == pytest.approx(100, abs=0.1), name


def test_the_command_groups_by_every_column(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = groups(load_study(city))
    usable = [name for name in names(city) if name in known]
    assert len(usable) >= ANSWERS - 1  # all but a number
    for start in range(0, len(usable), AT_ONCE):
        assert cli.main(asked(city, "--rows", "A1", "--by", ",".join(usable[start : start + AT_ONCE]))) == 0
        assert "A1" in capsys.readouterr().out


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_of_its_own_tabulates_it(city: Path, name: str) -> None:
    command = [sys.executable, str(Path(cli.__file__)), *asked(city, "--rows", name, "--by", "district")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "模拟数据" in done.stdout


def test_an_unanswered_question_a_few_people_and_overlapping_nets_are_named(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "{district} = '没有这个区'"
    nets = ("--net", "E0:满意=很满意+比较满意", "--net", "E0:不差=比较满意+一般")
    assert cli.main(asked(city, "--rows", "E0", "--where", other)) == 2
    assert "没有一份答卷符合条件" in capsys.readouterr().err
    place = load_study(city).areas.frame["community"].iloc[0]
    few = f"{{community}} = '{place}' and {{age}} = 1 and {{sex}} = 1 and {{A1}} = 1"
    assert cli.main(asked(city, "--rows", "E0", "--by", "sex", "--where", few)) in (0, 2)
    told = capsys.readouterr()
    assert "不足 10 份，都不显示" in told.out or "没有一份答卷符合条件" in told.err
    assert cli.main(asked(city, "--rows", "E0", *nets)) == 0
    assert "两项不能相加" in capsys.readouterr().out


def test_320_streets_are_tabulated_and_too_many_groups_refused(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "streets.xlsx"
    by_street = ("--rows", "B1", "--by", "street", "--format", "xlsx", "--out", str(out))
    assert load_study(wide).areas.frame["street"].count() >= 320
    assert cli.main(asked(wide, *by_street)) == 0
    assert out.stat().st_size > 10_000
    capsys.readouterr()
    for options, message in (
        (("--rows", "A1", "--by", "street×B1"), "分组太多，列不下"),
        (("--rows", "B1", "--by", "street", "--marks", "letters"), "两两比的字母没法读"),
    ):
        assert cli.main(asked(wide, *options)) == 2
        told = capsys.readouterr().err
        assert message in told
        assert "至多" in told
