"""`--engine`, `--master` and `--memory`: the same table from every engine, and clear words where one cannot compute."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import cli
from analysis.engines import duck
from analysis.engines.duck import DuckEngine
from commands.terminal.parser import command_first
from reports.counted import cells as counting
from reports.counted import engine_cells
from reports.fieldwork import area_lights
from survey.errors import EngineError
from survey.host.access import VARIABLE
from tests.city_folder import imported_city

SHAPE = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "texts": False}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported_city(tmp_path_factory.mktemp("engine") / "city", **SHAPE)


def run(capsys: pytest.CaptureFixture[str], city: Path, *options: str) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.main([options[0], "--study", str(city), *options[1:]])
    told = capsys.readouterr()
    return code, told.out + told.err


def stored(city: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in (city / "store").rglob("*") if path.is_file()}


def test_every_engine_on_this_machine_prints_the_same_table(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("rates", "--by", "district,sex", "--format", "csv")
    plain, before = run(capsys, city, *asked), stored(city)
    assert plain[0] == 0
    assert run(capsys, city, *asked, "--engine", "duckdb") == plain
    assert run(capsys, city, *asked, "--memory", "600MB") == plain
    assert run(capsys, city, "weak", "--engine", "duckdb") == run(capsys, city, "weak")
    assert stored(city).keys() - before.keys() <= {name for name in stored(city) if "/lights/" in name}
    assert [path.name for path in city.rglob("*spill*")] == []


def test_memory_may_stand_before_the_command(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("rates", "--by", "district", "--format", "csv")
    plain = run(capsys, city, *asked)
    for before in (["--memory", "600MB"], ["--memory=600MB", "--study", str(city)]):
        code = cli.main([*before, *asked, "--study", str(city)])
        assert (code, "".join(capsys.readouterr())) == plain
    assert command_first(["--memory"]) == ["--memory"]
    assert command_first(["rates", "--memory", "1GB"]) == ["rates", "--memory", "1GB"]
    with pytest.raises(SystemExit):
        cli.main(["--memory", "1GB"])


def test_a_small_machine_needs_no_option(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("rates", "--by", "district,sex", "--format", "csv")
    plain = run(capsys, city, *asked)
    mine = Path(shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("lights")))
    opened: list[object] = []
    monkeypatch.setattr(engine_cells, "DuckEngine", lambda rows: opened.append(rows) or DuckEngine(rows))
    monkeypatch.setattr(counting, "RESPONSE_BYTES", 1 << 50)
    assert (run(capsys, city, *asked), len(opened)) == (plain, 1)
    monkeypatch.setattr(area_lights, "CHECK_BYTES", 1 << 50)
    monkeypatch.setattr(area_lights, "_report", lambda *_: pytest.fail("checked on the way"))
    code, told = run(capsys, mine, "rates", "--by", "district")
    assert (code, "真实性检查没有做（先运行 silu derive），判断是暂定的" in told) == (0, True)


def test_large_waves_are_not_checked_on_the_way(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path(shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("lights")))
    monkeypatch.setattr(area_lights, "MOST_CHECKED", 10)
    monkeypatch.setattr(area_lights, "_report", lambda *_: pytest.fail("checked on the way"))
    for command in (("rates", "--by", "district"), ("weak",)):
        code, told = run(capsys, mine, *command, "--engine", "duckdb")
        assert (code, "真实性检查没有做（先运行 silu derive），判断是暂定的" in told) == (0, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--memory", "10MB"), "选项写法不对\n位置：--memory\n读到：10MB\n应为：不小于 512MB"),
        (("--master", "spark://a:7077"), "位置：--master\n读到：spark://a:7077"),
        (("--engine", "spark"), "Spark 的地址不对"),
    ],
)
def test_misuse_is_explained(
    city: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    pytest.importorskip("pyspark", reason="pyspark-client 没有安装")
    code, told = run(capsys, city, "rates", *options)
    assert code == 2
    assert said in told


def test_settings_of_the_study_are_checked_and_used(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path(shutil.copytree(city, tmp_path / "city"))
    text = (mine / "study.toml").read_text("utf-8")

    def with_engine(lines: str) -> None:
        (mine / "study.toml").write_text(f"{text}\n[engine]\n{lines}\n", encoding="utf-8")

    with_engine('engine = "hadoop"')
    code, told = run(capsys, mine, "rates")
    assert (code, "计算引擎不对" in told, "[engine] engine" in told) == (2, True, True)
    with_engine('engine = "duckdb"\nmemory = "2GB"')
    used: list[duck.Limits] = []

    @contextmanager
    def watched(limits: duck.Limits) -> Iterator[Any]:
        used.append(limits)
        with duck.limited(limits) as connection:
            yield connection

    monkeypatch.setattr(engine_cells, "limited", watched)
    assert run(capsys, mine, "rates") == run(capsys, city, "rates")
    assert [one.memory for one in used] == [2 * 1024**3 - 300 * 1024**2]
    assert used[0].spill is not None
    assert used[0].spill.is_relative_to(mine)


def test_a_full_disk_leaves_the_study_as_it_was(
    city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(city)

    def full(*_: Any) -> Any:
        raise duck._explained(OSError("could not write: No space left on device"), duck.Limits(1 << 30, city))

    monkeypatch.setattr(engine_cells, "_in_duckdb", full)
    code, told = run(capsys, city, "rates", "--memory", "1GB")
    assert (code, "磁盘写满了" in told, "答卷没有改动" in told) == (2, True, True)
    assert stored(city) == before
    assert [path.name for path in city.rglob("*spill*")] == []


def test_a_damaged_part_is_named_whatever_the_engine(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = Path(shutil.copytree(city, tmp_path / "city"))
    part = next((mine / "store" / "responses").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-100])
    code, told = run(capsys, mine, "rates", "--engine", "duckdb")
    assert (code, "答卷文件损坏" in told, part.name in told) == (3, True, True)


def test_published_results_are_not_moved_to_another_engine(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path(shutil.copytree(city, tmp_path / "city"))
    monkeypatch.setenv(VARIABLE, "leader")
    code, told = run(capsys, mine, "rates", "--memory", "1GB")
    assert (code, "公布的结果在本机算" in told) == (2, True)


def test_an_unreachable_cluster_is_reported(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyspark", reason="pyspark-client 没有安装")
    before = stored(city)
    for command in ("rates", "weak"):
        code, told = run(capsys, city, command, "--master", "sc://127.0.0.1:1")
        assert (code, "连不上 Spark 服务端" in told) == (2, True)
    assert stored(city) == before


def test_engine_errors_have_a_code() -> None:
    assert EngineError("x").code == "engine"
