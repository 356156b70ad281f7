"""`silu brief`: writes documents, checks a finished one, and refuses in Chinese."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

import cli
from commands.terminal.exit_codes import EXIT_NEEDS_YOU, EXIT_USER_ERROR
from tests.briefed import briefed


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return briefed(tmp_path_factory.getbasetemp()).city


def test_a_written_document_is_verified_and_a_changed_one_found(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["brief", str(city), "--form", "html", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("简报_*.html")
    assert cli.main(["brief", str(city), "--verify", str(path)]) == 0
    assert "逐字节一致" in capsys.readouterr().out
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("入户访问居民", "入户访问居民9", 1), encoding="utf-8")
    assert cli.main(["brief", str(city), "--verify", str(path)]) == EXIT_NEEDS_YOU
    assert "第 3 个段落：存底为“日至20日，入户访问居民864名。全市" in capsys.readouterr().out


@pytest.mark.slow
def test_all_districts_fit_in_one_archive_that_is_the_same_again(city: Path, tmp_path: Path) -> None:
    asked = ["brief", str(city), "--kind", "区域档案", "--form", "html", "--zip"]
    assert cli.main([*asked, str(tmp_path / "一.zip")]) == 0
    assert cli.main([*asked, str(tmp_path / "二.zip")]) == 0
    one, two = ((tmp_path / name).read_bytes() for name in ("一.zip", "二.zip"))
    assert one == two
    names = zipfile.ZipFile(io.BytesIO(one)).namelist()
    assert len(names) == 4 + 1  # and the list


def test_what_cannot_be_written_is_refused_in_chinese(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["brief", str(city), "--form", "exe"]) == EXIT_USER_ERROR
    assert "没有这种格式" in capsys.readouterr().err
    assert cli.main(["brief", str(city), "--verify", str(city / "没有.docx")]) == EXIT_USER_ERROR
    assert "没有这个文件" in capsys.readouterr().err


def test_a_file_is_verified_by_the_command_verify_until_it_is_withdrawn(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["brief", str(city), "--kind", "通报", "--form", "html", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("通报_*.html")
    assert cli.main(["verify", str(path), "--study", str(city)]) == 0
    assert "这份材料有效" in capsys.readouterr().out
    assert cli.main(["verify", str(path)]) == EXIT_USER_ERROR
    assert "不知道这份材料属于哪个调查" in capsys.readouterr().err
    assert cli.main(["brief", str(city), "--history"]) == 0
    said = capsys.readouterr().out
    assert hashlib.sha256(path.read_bytes()).hexdigest() in said
    name = path.stem.rpartition("_")[2]
    assert cli.main(["brief", str(city), "--withdraw", name, "--why", "印错了"]) == 0
    assert cli.main(["verify", str(path), "--study", str(city)]) == EXIT_NEEDS_YOU
    assert "原因：印错了" in capsys.readouterr().out
    assert cli.main(["brief", str(city), "--kind", "通报", "--form", "html", "--out", str(tmp_path)]) == EXIT_USER_ERROR
    assert "不能再出" in capsys.readouterr().err


def test_a_template_is_started_checked_and_used(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "母版.pptx"
    assert cli.main(["brief", "--new-template", str(path)]) == 0
    assert cli.main(["brief", "--check-template", str(path)]) == 0
    assert "可以用" in capsys.readouterr().out
    out = tmp_path / "out"
    assert cli.main(["brief", str(city), "--template", str(path), "--out", str(out)]) == 0
    made = next(out.glob("简报_*.pptx"))
    before = made.read_bytes()
    assert cli.main(["brief", str(city), "--refresh", str(made)]) == 0
    assert "原来的文件没有动" in capsys.readouterr().out
    assert made.read_bytes() == before
    assert cli.main(["brief", str(city), "--verify", str(next(out.glob("*_版本*.pptx")))]) == 0
    path.write_bytes(path.read_bytes()[:99])
    assert cli.main(["brief", "--check-template", str(path)]) != 0
    assert "已损坏" in capsys.readouterr().out


def test_a_scheduled_run_writes_once_for_each_data_version(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["brief", str(city), "--kind", "简报，区域档案", "--form", "html", "--when", "new-version", "--to"]
    assert cli.main([*asked, str(tmp_path)]) == 0
    there = sorted(path.name for path in tmp_path.iterdir())
    assert len(there) == 1 + 4 + 1
    capsys.readouterr()
    assert cli.main([*asked, str(tmp_path)]) == 0
    assert capsys.readouterr().out == "数据没有新版本，没有写文件。\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == there
    state = tmp_path / "已写版本.json"
    state.write_text(state.read_text(encoding="utf-8").replace(": ", ": 1"), encoding="utf-8")
    assert cli.main([*asked, str(tmp_path)]) == 0
    assert "已存到" in capsys.readouterr().out
