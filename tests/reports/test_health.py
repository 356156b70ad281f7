"""Each check of `silu doctor` finds its fault, and a machine in order has none."""

import grp
import os
import socket
import stat
from datetime import datetime
from pathlib import Path

import pytest

import cli
from accounts.clock import Clock
from accounts.database import account_file
from accounts.users import UNUSED, User, add_users, all_users, disable
from reports.health import machine_health
from reports.health.machine_health import GIB, State, clock, space, synced_writes
from reports.health.machine_health import machine_health as look
from reports.health.study_health import study_health
from survey.host.access import Role
from survey.host.permissions import share
from survey.storage.backup.restore import restore
from survey.storage.backup.snapshot import take
from survey.study.template.new_study import init_study


def states(root: Path) -> dict[str, State]:
    return {one.name: one.state for one in study_health(root)}


def test_a_clock_in_1970_and_a_full_disk_are_faults() -> None:
    assert clock(datetime(1970, 1, 1)).state is State.FAULT
    assert clock(datetime(2027, 1, 1)).state is State.GOOD
    assert (space(GIB).state, space(3 * GIB).state) == (State.FAULT, State.GOOD)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(machine_health, "PORTS", {port: "看板"})
            found = {one.name: one for one in look(tmp_path)}
    assert found[f"端口 {port}"].state is State.HINT
    assert "--port" in found[f"端口 {port}"].cure


def test_without_fonts_and_browser_the_check_names_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {one.name: one for one in look(tmp_path)}
    assert (found["中文字体"].state, found["浏览器"].state) == (State.FAULT, State.HINT)
    assert "noto" in found["中文字体"].cure
    assert "chromium" in found["浏览器"].cure


def test_the_probe_of_the_disk_leaves_nothing(tmp_path: Path) -> None:
    assert synced_writes(tmp_path, 0.02) > 0
    assert not list(tmp_path.iterdir())


def test_a_disk_that_refuses_to_write_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> float:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(machine_health, "synced_writes", refuse)
    found = {one.name: one for one in look(tmp_path)}
    assert found["写入"].state is State.FAULT
    assert "Read-only" in found["写入"].found


def test_a_study_of_the_template_needs_somebody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = init_study(tmp_path / "city")
    found = states(root)
    faults = {one.found for one in study_health(root) if one.state is State.FAULT}
    assert any("个目标还是示例" in one for one in faults)
    assert not any("调查名称" in one for one in faults)
    assert found["答卷库"] is State.HINT
    assert cli.main(["doctor", str(root)]) == 3
    out = capsys.readouterr().out
    assert "targets.csv 第 2—5 行：4 个目标还是示例" in out
    assert "处理办法" in out


def test_a_broken_study_is_a_finding_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = init_study(tmp_path / "city")
    (root / "frame.csv").unlink()
    assert states(root) == {"调查设置": State.FAULT}
    assert cli.main(["doctor", str(root)]) == 3
    assert "frame.csv" in capsys.readouterr().out


def test_a_backup_on_the_disk_of_the_study_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = init_study(tmp_path / "study")
    assert "备份的位置" not in states(study)
    with (study / "study.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[backup]\ntarget = "backups/daily"\n')
    assert states(study)["备份的位置"] is State.HINT
    (tmp_path / "backups").symlink_to("/proc")  # another file system
    assert states(study)["备份的位置"] is State.GOOD


def test_accounts_are_checked_where_there_are_any(tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")

    def checked() -> list[tuple[State, str]]:
        return [(one.state, one.found) for one in study_health(root) if one.name == "账户"]

    assert checked() == []
    file = account_file(root)
    file.make()
    now = Clock().now()
    add_users(file, [(User("alt", role=Role.LEADER, made=now - UNUSED - 60, changed=now), "")])
    assert checked() == [(State.FAULT, "没有一位能用的安全管理员")]
    add_users(file, [(User("sec", role=Role.SECURITY, made=now, changed=now), "")])
    assert checked() == [(State.HINT, "久未登录：alt")]
    disable(file, "alt")
    assert checked() == [(State.GOOD, "1 个账户能用，口令 90 天一换")]
    file.path.write_bytes(b"")
    ((state, found),) = checked()
    assert state is State.FAULT
    assert "账户文件损坏或丢失" in found


def test_a_backup_brings_the_accounts_back_and_they_stay_private(tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    account_file(root).make()
    add_users(account_file(root), [(User("sec", role=Role.SECURITY), "x")])
    take(root, tmp_path / "backup")
    restored = tmp_path / "new"
    restore(tmp_path / "backup", restored)
    file = account_file(restored)
    assert [user.name for user in all_users(file)] == ["sec"]
    file.check()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    share(restored, grp.getgrgid(os.getgid()).gr_name)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE((restored / "study.toml").stat().st_mode) == 0o660
