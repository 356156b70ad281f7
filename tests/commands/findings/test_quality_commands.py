"""`silu quality|integrity|exclude`, and `--without-excluded` of every command that computes."""

import json
import shutil
from pathlib import Path

import pytest

import cli
from survey.host.access import VARIABLE
from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from tests.city_folder import imported_city

COMPUTING = {
    "rates": (),
    "weak": (),
    "change": (),
    "pass": (),
    "plan": ("--n", "240", "--minimum", "60"),
    "outreach": (),
    "text": (),
}
"""Command -> options that this small city needs."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three districts, shared by tests that only read."""
    root = tmp_path_factory.mktemp("quality") / "city"
    return imported_city(root, seed=1, districts=3, streets_per_district=3, communities_per_street=3)


@pytest.fixture(scope="module")
def decided(city: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The same city with one interviewer excluded, and the number of interviews."""
    root = tmp_path_factory.mktemp("decided") / "city"
    shutil.copytree(city, root)
    rows = ResponseStore(root / "store").read(["response_id", "interviewer"], waves=["W2"]).to_pandas()
    name = rows["interviewer"].dropna().iloc[0]
    ids = rows.loc[rows["interviewer"] == name, "response_id"].tolist()
    Decisions(root / FILE).exclude(ids, wave="W2", who="张三", why="复访核实", grounds=name)
    return root, len(ids)


def run(capsys: pytest.CaptureFixture[str], command: str, root: Path, *options: str, code: int = 0) -> str:
    capsys.readouterr()
    assert cli.main([command, "--study", str(root), *options]) == code
    output = capsys.readouterr()
    return output.out if code != cli.EXIT_USER_ERROR else output.err


@pytest.mark.parametrize("command", COMPUTING)
def test_every_table_can_include_or_exclude_responses(
    command: str, decided: tuple[Path, int], capsys: pytest.CaptureFixture[str]
) -> None:
    root, count = decided
    options = COMPUTING[command]
    whole, less = run(capsys, command, root, *options), run(capsys, command, root, *options, "--without-excluded")
    assert f"未剔除（{count} 份已决定剔除的仍计入）" in whole
    assert f"已剔除 {count} 份" in less
    assert whole.replace("未剔除", "") != less


@pytest.mark.parametrize("command", [*COMPUTING, "export"])
def test_only_an_analyst_can_compare_both(
    command: str, city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The difference between the two would disclose the answers of the excluded."""
    monkeypatch.setenv(VARIABLE, "leader")
    place = [str(city), "--format", "ddi", "--out", str(tmp_path / "a.xml")] if command == "export" else []
    words = [command, *(place or ["--study", str(city)]), "--without-excluded"]
    assert cli.main(words) == cli.EXIT_USER_ERROR
    output = capsys.readouterr().err
    assert ("换一批答卷来算只对分析员开放" in output and "R-06" in output) or f"命令 {command}：您的岗位没有" in output


def test_quality_compares_with_and_without_for_analysts_only(
    decided: tuple[Path, int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "四率会怎样" in run(capsys, "quality", decided[0])
    monkeypatch.setenv(VARIABLE, "unit")
    assert "四率会怎样" not in run(capsys, "quality", decided[0], code=cli.EXIT_USER_ERROR)


def test_the_base_shrinks_by_exactly_the_excluded(
    decided: tuple[Path, int], capsys: pytest.CaptureFixture[str]
) -> None:
    root, count = decided
    options = ("--item", "A1", "--mode", "household", "--format", "json")
    both = ((), ("--without-excluded",))
    whole, less = (json.loads(run(capsys, "rates", root, *options, *more))["rows"][0]["n"] for more in both)
    assert whole - less == count


def test_without_exclusions_no_caption_is_added(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "rates", city) == run(capsys, "rates", city, "--without-excluded")
    assert "剔除" not in run(capsys, "rates", city)


def test_export_states_its_contents(
    decided: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, count = decided
    sizes = []
    for options in ((), ("--without-excluded",)):
        out = tmp_path / f"out{len(options)}"
        assert cli.main(["export", str(root), "--format", "csv", "--out", str(out), *options]) == 0
        sizes.append((out / "answers.csv").read_text(encoding="utf-8-sig").count("\n"))
    assert sizes[0] - sizes[1] == count
    assert f"已剔除 {count} 份" in (root / "log" / "audit.jsonl").read_text(encoding="utf-8")


def test_quality_reports_without_excluding(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "quality", city)
    assert "逐份检查（只是提醒，不会自动剔除任何答卷）" in text
    assert "哪些人更常被标记" in text
    assert "总体评价　满意：" in text
    assert "假如剔除被检查标记的" in text
    assert "没有 quota.csv" in text
    assert "没有 contacts.csv" in text
    ids = ResponseStore(city / "store").read(["response_id"])["response_id"].to_pylist()
    assert not [name for name in ids if name in text]
    assert not (city / FILE).exists()


def test_a_wave_is_registered_once(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "city"
    shutil.copytree(city, root)
    assert "已预登记 W2" in run(capsys, "quality", root, "--register", "用时不到三分之一的剔除", "--who", "张三")
    assert "没有偏离" in run(capsys, "quality", root)
    assert "错误" in run(capsys, "quality", root, "--register", "另一条", code=cli.EXIT_USER_ERROR)


def test_integrity_names_no_respondent_and_lists_alternative_explanations(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    code = cli.main(["integrity", "--study", str(city)])
    text = capsys.readouterr().out
    assert code == int("红灯 " in text)
    for part in ("不据此处罚任何人", "误报", "访问员：", "社区："):
        assert part in text
    ids = ResponseStore(city / "store").read(["response_id"])["response_id"].to_pylist()
    assert not [name for name in ids if name in text]


@pytest.mark.parametrize("command", ["quality", "integrity", "exclude"])
def test_an_unknown_wave_is_refused(command: str, city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "W9" in run(capsys, command, city, "--wave", "W9", code=cli.EXIT_USER_ERROR)


def test_exclude_and_restore(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "city"
    shutil.copytree(city, root)
    assert "还没有剔除过" in run(capsys, "exclude", root)
    assert "经办人和理由" in run(capsys, "exclude", root, "--check", "speed", code=cli.EXIT_USER_ERROR)
    words = ("--who", "张三", "--why", "太快")
    made = run(capsys, "exclude", root, "--check", "speed", *words)
    assert "第 1 号决定：剔除" in made
    assert "满意率" in made
    assert "没有可剔除" in run(capsys, "exclude", root, "--check", "speed", *words, code=cli.EXIT_USER_ERROR)
    assert "恢复" in run(capsys, "exclude", root, "--check", "speed", "--restore", *words)
    log = run(capsys, "exclude", root)
    assert log.index("剔除 ") < log.index("恢复 ")
    assert "张三" in log
    assert ResponseStore(root / "store").version == ResponseStore(city / "store").version


@pytest.mark.parametrize("options", [("--check", "sender"), ("--check", "无此检查"), ("--psu", "1"), ("--id", "没有")])
def test_hints_answers_and_unknown_units_cannot_be_excluded(
    options: tuple[str, str], city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "exclude", city, *options, "--who", "张三", "--why", "试", code=cli.EXIT_USER_ERROR)
    assert not (city / FILE).exists()


def test_only_analysts_exclude(city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SILU_ROLE", "unit")
    options = ("--check", "speed", "--who", "张三", "--why", "试")
    assert "分析员" in run(capsys, "exclude", city, *options, code=cli.EXIT_USER_ERROR)
