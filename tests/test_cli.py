"""The command line interface: every command has help, and misuse is reported in Chinese."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from accounts.audit.chain import AUDIT
from analysis.areas.adjusted_groups import CONTROLS
from analysis.decisions.sample_size import LABELS
from analysis.estimation.interval_names import INTERVAL_LABELS
from analysis.estimation.intervals import INTERVALS
from commands.terminal import choices
from commands.terminal.parser import CommandParser, columns, translate
from commands.terminal.tables import FORMATS
from survey.study.template.new_study import init_study

LIGHT = ["rates", "weak", "change", "compare", "passing", "planning", "outreach", "ledger"]
"""Commands whose help loads no numbers."""


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0
    assert text.startswith("用法：")
    assert cli.COMMANDS[name][1] in text


def test_unknown_command_is_answered_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["nonsense"])
    assert stop.value.code == 2
    assert "nonsense" in (text := capsys.readouterr().err)
    assert "不能是" in text


@pytest.mark.parametrize(("encoding", "start"), [("ascii", "错误".encode()), ("gbk", "错误".encode("gbk"))])
def test_no_terminal_gets_a_traceback(encoding: str, start: bytes) -> None:
    folder = "研究 é"  # é is in neither encoding
    done = subprocess.run(
        [sys.executable, "-m", "cli", "history", "--study", folder],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding},
        cwd=Path(cli.__file__).parent,
    )
    assert done.returncode == cli.EXIT_USER_ERROR
    assert done.stderr.startswith(start)


def test_a_folder_with_a_chinese_name_opens_where_python_takes_names_for_ascii(tmp_path: Path) -> None:
    root = tmp_path / "调查 一"
    (root / "store" / "responses" / "_delta_log").mkdir(parents=True)
    init_study(tmp_path / "new")
    for file in (tmp_path / "new").iterdir():
        file.rename(root / file.name)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "history", "--study", str(root)],
        check=False,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        cwd=Path(cli.__file__).parent,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "还没有导入过任何答卷" in done.stdout.decode()


def test_a_closed_pipe_causes_no_traceback_and_is_logged(tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    words = [sys.executable, "-m", "cli", "history", "--study", str(root)]
    with subprocess.Popen(
        words, cwd=Path(cli.__file__).parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == cli.EXIT_CLOSED_PIPE
    assert '"command": "history"' in (root / AUDIT).read_text(encoding="utf-8")


def test_an_unwritable_place_is_reported_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_: object) -> int:
        (tmp_path / "no" / "table.csv").write_bytes(b"")
        return 0

    monkeypatch.setattr("commands.answers.history.run", run)
    assert cli.main(["history", "--study", str(tmp_path)]) == cli.EXIT_USER_ERROR
    text = capsys.readouterr().err
    for part in ("错误：文件不能读写", "table.csv", "No such file", "检查路径、权限和磁盘空间"):
        assert part in text


def test_the_log_keeps_a_list_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = init_study(tmp_path / "study")
    monkeypatch.setattr("commands.answers.import_.run", lambda _: 0)
    assert cli.main(["import", "a.csv", "乙.xlsx", "--study", str(root), "--wave", "W1"]) == 0
    assert '"files": "a.csv、乙.xlsx"' in (root / AUDIT).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("the following arguments are required: FILE, --wave", "缺少必需的参数：FILE, --wave"),
        ("argument --port: invalid int value: 'x'", "--port 应为数字，读到 'x'"),
        ("something new", "something new"),
    ],
)
def test_translate(message: str, expected: str) -> None:
    assert translate(message) == expected


def test_help_breaks_no_latin_word_and_no_line_is_too_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    parser = CommandParser(prog="silu")
    parser.add_argument(
        "--by", help="用逗号分开，例如 district,age；可用：urban_rural、stratum、residence、insider、education"
    )
    text = parser.format_help()
    assert "education" in text
    assert "residence" in text
    assert max(columns(line) for line in text.splitlines()) <= 60


def test_an_unknown_argument_refers_to_the_help_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["ledger", "list", "--study", "city"])
    assert stop.value.code == cli.EXIT_USER_ERROR
    assert "不认识的参数：list" in (text := capsys.readouterr().err)
    assert "silu ledger --help" in text


HEAVY = ("numpy", "pandas", "pyarrow", "scipy", "duckdb", "deltalake", "streamlit", "starlette", "typst")


def test_no_help_loads_a_large_library() -> None:
    """The help of every command is printed at once: at most 0.12 CPU s, see `benchmarks/front_door.py`."""
    script = f"""
import argparse, importlib, sys, cli
for module, _ in cli.COMMANDS.values():
    importlib.import_module("commands." + module).configure(argparse.ArgumentParser())
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=Path(cli.__file__).parent
    )
    assert done.stdout.strip() == "[]"


def test_counting_does_not_load_duckdb() -> None:
    """It takes 15 MB, and the cells of a study are counted without it."""
    script = "import sys, reports.sample; print('duckdb' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=Path(cli.__file__).parent
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("given", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "4"}, "4")])
def test_numpy_computes_in_one_thread_unless_the_environment_says_otherwise(given: dict[str, str], used: str) -> None:
    program = (
        "import os, sys; import cli; sys.argv = ['silu', '--help']\ntry:\n cli.main()\nexcept SystemExit:\n pass\n"
    )
    program += "print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    around = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, env={**around, **given}, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"{used} False"


def test_names_in_light_modules_match_the_heavy_ones() -> None:
    assert tuple(FORMATS) == choices.FORMATS
    assert set(INTERVAL_LABELS) == set(INTERVALS)
    assert {**choices.KINDS, **CONTROLS, "wave": "各轮"} == choices.GROUPS
    assert dict(LABELS) == choices.RULES
