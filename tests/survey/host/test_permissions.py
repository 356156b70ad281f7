"""New files are private or accessible to a named group; files that are too open are reported with the remedy."""

from __future__ import annotations

import grp
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from survey.errors import ArgumentError
from survey.host import permissions
from survey.host.permissions import OpenPlace, make_private, open_places, remedy, report
from survey.study.template.new_study import init_study

ROOT = Path(__file__).parents[3]
OWN = grp.getgrgid(os.getgid()).gr_name
WORK = """
import sys
from pathlib import Path
import cli
from survey.collect.inbox.sqlite import SqliteBackend
from survey.study.plans.rollout import RollOuts
cli.main(["mock", sys.argv[1], "--districts", "2", "--seed", "3"])
root = Path(sys.argv[1])
(root / "study.toml").open("a").write(sys.argv[2])
cli.main(["history", "--study", str(root)])
SqliteBackend(root / "inbox" / "inbox.sqlite").close()
cli.main(["rates", "--study", str(root), "--format", "csv", "--out", str(root / "out" / "a.csv")])
"""


def modes(root: Path) -> tuple[set[int], set[int]]:
    """Modes of the files and of the folders below a folder."""
    found = [(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in root.rglob("*")]
    return {mode for folder, mode in found if not folder}, {mode for folder, mode in found if folder}


def test_everything_that_commands_write_is_for_the_owner(tmp_path: Path) -> None:
    root = tmp_path / "city"
    subprocess.run([sys.executable, "-c", WORK, str(root), ""], cwd=ROOT, check=True, capture_output=True)
    files, folders = modes(root)
    assert (files, folders) == ({0o600}, {0o700})
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert report(root) == ""


def test_a_group_that_is_named_shares_what_is_written_from_then_on(tmp_path: Path) -> None:
    root = tmp_path / "city"
    settings = f'\n[access]\ngroup = "{OWN}"\n'
    subprocess.run([sys.executable, "-c", WORK, str(root), settings], cwd=ROOT, check=True, capture_output=True)
    for path in (root / "inbox", root / "out"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o770
    for path in (root / "inbox" / "inbox.sqlite", root / "out" / "a.csv"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
    subprocess.run(remedy(root, OWN), shell=True, check=True)
    files, folders = modes(root)
    assert (files, folders) == ({0o660}, {0o2770})
    assert report(root, OWN) == ""
    assert "用户组" in report(root)


def test_what_is_too_open_is_listed_with_the_command_that_closes_it(tmp_path: Path) -> None:
    root = init_study(tmp_path / "a study")
    root.chmod(0o755)
    for name, mode in (("raw", 0o755), ("log", 0o777), ("store", 0o750), ("inbox", 0o700)):
        (root / name).mkdir(exist_ok=True)
        (root / name).chmod(mode)
    (root / "contacts.csv").touch()
    (root / "contacts.csv").chmod(0o644)
    (root / "frame.csv").chmod(0o644)
    assert open_places(root) == (
        OpenPlace(root / "contacts.csv", "所有用户", "可以读"),
        OpenPlace(root / "log", "所有用户", "可以改动"),
        OpenPlace(root / "raw", "所有用户", "可以读"),
        OpenPlace(root / "store", f"用户组 {OWN} ", "可以读"),
    )
    assert "有 4 处权限过宽" in report(root)
    assert "chmod -R go= '" in report(root)
    subprocess.run(remedy(root), shell=True, check=True)
    assert report(root) == ""


def test_a_folder_that_is_closed_itself_hides_what_is_in_it(tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    (root / "raw").chmod(0o777)
    root.chmod(0o700)
    assert open_places(root) == ()


def test_a_server_reports_open_permissions_at_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = init_study(tmp_path / "study")
    root.chmod(0o755)
    (root / "raw").chmod(0o755)
    monkeypatch.setattr("commands.upkeep.dashboard.show", lambda args: None)
    assert cli.main(["dashboard", str(root)]) == 0
    output = capsys.readouterr().err
    assert "raw（所有用户可以读）" in output
    assert "处理办法：chmod -R go=" in output


def test_a_group_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = init_study(tmp_path / "study")
    text = (root / "study.toml").read_text(encoding="utf-8").replace('group = ""', 'group = "nobody-knows"')
    (root / "study.toml").write_text(text, encoding="utf-8")
    assert cli.main(["history", "--study", str(root)]) == cli.EXIT_USER_ERROR
    output = capsys.readouterr().err
    assert "没有这个用户组" in output
    assert "study.toml [access] group" in output


def test_a_secret_is_closed_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    path.touch()
    path.chmod(0o644)
    make_private(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(ArgumentError, match="密钥文件别人也能读"):
        make_private(path)
    monkeypatch.setattr(permissions, "grp", None)
    make_private(path)
    assert open_places(tmp_path) == ()
