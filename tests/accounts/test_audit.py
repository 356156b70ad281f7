"""The audit log: what it holds, when it refuses, and that every changed, removed or cut-off line is found."""

import logging
import os
import shutil
from pathlib import Path

import pytest

import cli
from accounts.audit import chain as audit_chain
from accounts.audit import log as audit
from accounts.audit.chain import AUDIT, log_files, read_head
from accounts.audit.check import check_audit
from accounts.audit.keys import KEY, audit_key, head_path, state_folder
from accounts.audit.log import Act, events, record, record_purged
from survey.errors import StoreError
from survey.host import access
from survey.host.person import Person, acting
from survey.host.sealed_lines import read_lines
from survey.storage.integrity.anchor import audit_anchor
from tests.accounts.conftest import fill

WANG = Person("wang", "王强", "leader", address="10.0.0.7")


pytestmark = pytest.mark.usefixtures("own_key")


def test_a_line_says_who_when_from_where_what_and_with_what_result(root: Path) -> None:
    with acting(WANG):
        record(root, Act.VIEW, {"page": "overview", "version": 3, "age": "60岁及以上"})
    line = read_lines(root / AUDIT)[0]
    said = {name: line[name] for name in ("who", "account", "role", "from", "act", "page", "version", "age", "result")}
    assert said == {
        "who": "王强", "account": "wang", "role": "leader", "from": "10.0.0.7", "act": "查看", "page": "overview",
        "version": 3, "age": "60岁及以上", "result": "成功",
    }  # fmt: skip
    assert line["at"].startswith("20")


def test_the_key_lies_outside_the_study_for_its_owner_only(root: Path) -> None:
    fill(root, 1)
    path = state_folder() / KEY
    assert path.stat().st_mode & 0o777 == 0o600
    assert not [file for file in root.rglob("*") if file.is_file() and audit_key().hex() in file.read_text()]
    assert not path.is_relative_to(root)


@pytest.mark.parametrize("durable", [False, True])
def test_a_head_is_as_durable_as_its_line(root: Path, monkeypatch: pytest.MonkeyPatch, durable: bool) -> None:
    record(root, Act.VIEW, {"page": "overview"})
    synced, fsync = list[str](), os.fsync

    def note(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").resolve().suffix)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    record(root, Act.VIEW, {"page": "area"}, durable=durable)
    assert synced == ([AUDIT.suffix, head_path(root).suffix, ""] if durable else [])
    assert [line["page"] for line in read_lines(root / AUDIT)] == ["overview", "area"]
    assert not check_audit(root).faults


def test_a_head_that_a_power_cut_left_behind_is_no_fault(root: Path) -> None:
    fill(root, 2)
    before = head_path(root).read_bytes()
    fill(root, 3)
    for left in (before, b""):
        head_path(root).write_bytes(left)
        assert not check_audit(root).faults
        fill(root, 1)
        assert not check_audit(root).faults


def test_a_cut_that_the_log_grew_over_is_found(root: Path) -> None:
    fill(root, 9)
    lines = (root / AUDIT).read_bytes().splitlines(keepends=True)
    (root / AUDIT).write_bytes(b"".join(lines[:6]))
    fill(root, 2)
    faults = check_audit(root).faults
    assert any("第 7 到第 9 条记录曾被删去" in fault for fault in faults), faults


def test_a_commit_remembers_the_head_where_the_key_is_lost(root: Path) -> None:
    fill(root, 5)
    last = read_lines(root / AUDIT)[-1]
    anchor = read_head(audit_anchor(root)["audit"])
    assert (anchor.number, anchor.mac) == (last["number"], last["mac"])
    lines = (root / AUDIT).read_bytes().splitlines(keepends=True)
    (root / AUDIT).write_bytes(b"".join(lines[:3]))
    head_path(root).unlink()
    assert check_audit(root).faults == []
    assert "第 5 条" in check_audit(root, [anchor]).faults[0]


def test_lines_of_another_user_are_counted_not_checked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(root, 2)
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "other"))
    fill(root, 2)
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "state"))
    fill(root, 1)
    found = check_audit(root)
    assert (found.lines, found.foreign, found.faults) == (5, 2, [])


def test_a_long_log_goes_on_in_another_file_and_old_files_may_be_purged(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "FULL", 1500)
    fill(root, 20)
    files = log_files(root)
    assert len(files) > 2
    assert check_audit(root).faults == []
    record_purged(root, files[:1])
    files[0].unlink()
    assert check_audit(root).faults == []
    files[1].unlink()
    assert check_audit(root).faults


@pytest.mark.parametrize("role", ["leader", "publicity", "unit"])
def test_an_unloggable_view_is_refused_to_others(role: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "log").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(access.VARIABLE, role)
    with pytest.raises(StoreError, match="查看记录写不进，不能向"):
        record(root, Act.VIEW, {"page": "overview"})


def test_an_analyst_can_view_a_read_only_study(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    (root / "log").write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.WARNING, logger="silu"):
        record(root, Act.VIEW, {"page": "overview"})
    assert "查看记录写不进" in caplog.text


def test_the_log_is_searched_by_person_kind_and_day(root: Path) -> None:
    fill(root, 3)
    with acting(WANG):
        record(root, Act.EXPORT, {"format": "csv"})
    assert [line["act"] for line in events(root, who="王")] == ["导出"]
    assert [line["page"] for line in events(root, act=Act.VIEW)] == ["p2", "p1", "p0"]
    assert events(root, since="2999-01-01") == events(root, until="2000-01-01") == []


def test_the_command_checks_and_lists(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "study.toml").write_text("", encoding="utf-8")
    fill(root, 3)
    assert cli.main(["audit", "verify", str(root)]) == 0
    assert "次序和内容都没有改动" in capsys.readouterr().out
    assert cli.main(["audit", "list", str(root), "--kind", "查看"]) == 0
    assert capsys.readouterr().out.count("page=p") == 3
    shutil.copy(root / AUDIT, root / "kept")
    (root / AUDIT).write_text((root / AUDIT).read_text(encoding="utf-8").replace("p1", "p9"), encoding="utf-8")
    assert cli.main(["audit", "verify", str(root)]) == 3


def test_the_chain_needs_the_key() -> None:
    line = {"act": "查看", "number": 1}
    assert audit_chain.mac_of(b"a" * 32, "", line) != audit_chain.mac_of(b"b" * 32, "", line)
