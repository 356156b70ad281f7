"""The audit log against whoever may write its files: changed, removed and cut-off records, and edited settings."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import cli
from accounts.audit.chain import AUDIT, log_files, read_head
from accounts.audit.check import check_audit
from accounts.audit.files import KEPT, note_files
from accounts.audit.keys import head_path, state_folder
from accounts.audit.log import Act, events, record_purged
from reports.health.audit import check_log
from survey.errors import StudyError
from survey.host.sealed_lines import append_line
from survey.storage.backup.snapshot import take
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from survey.study.template.new_study import init_study
from tests.accounts.conftest import fill

OLD_STUDY = Path(__file__).parents[1] / "data" / "study_0_1_0.zip"
Lines = list[bytes]
Facts = list[dict[str, Any]]


pytestmark = pytest.mark.usefixtures("own_key")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A study with answers, in which undoing an import makes a commit."""
    shutil.unpack_archive(OLD_STUDY, tmp_path)
    return tmp_path / "study_0_1_0"


def sealed(facts: Facts) -> Lines:
    """Return records with new seals, which need no key."""
    path = state_folder() / "again.jsonl"
    path.unlink(missing_ok=True)
    for line in facts:
        append_line(path, {name: value for name, value in line.items() if name != "seal"})
    return path.read_bytes().splitlines() if facts else []


def facts_of(lines: Lines) -> Facts:
    return [json.loads(line) for line in lines]


def changed(lines: Lines, at: int) -> Lines:
    facts = json.loads(lines[at])
    return [*lines[:at], json.dumps({**facts, "who": "x"}, ensure_ascii=False).encode(), *lines[at + 1 :]]


def resealed(lines: Lines, at: int, upto: int = 0, **more: str) -> Lines:
    last = upto or at + 1
    return sealed([{**one, "page": "x", **more} if at <= n < last else one for n, one in enumerate(facts_of(lines))])


def swapped(lines: Lines, at: int) -> Lines:
    found, other = list(lines), (at + 1) % len(lines)
    found[at], found[other] = lines[other], lines[at]
    return found


WAYS: Mapping[str, Callable[[Lines, int], Lines]] = {
    "changed": changed,
    "changed and resealed": resealed,
    "as a record of another user, whose HMAC cannot be checked": lambda lines, at: resealed(lines, at, key="deadbeef"),
    "the same, and all below": lambda lines, at: resealed(lines, at, len(lines), key="deadbeef"),
    "removed": lambda lines, at: [*lines[:at], *lines[at + 1 :]],
    "removed and resealed": lambda lines, at: sealed([one for n, one in enumerate(facts_of(lines)) if n != at]),
    "cut off": lambda lines, at: lines[:at],
    "cut off and resealed": lambda lines, at: sealed(facts_of(lines[:at])),
    "cut off in a record": lambda lines, at: [*lines[:-1], lines[-1][: 1 + at % (len(lines[-1]) - 2)]],
    "twice": lambda lines, at: [*lines[:at], lines[at], *lines[at:]],
    "swapped": swapped,
}


def missed(root: Path, count: int, check: Callable[[], list[str]], upto: int) -> list[str]:
    """Return the mutations that a check does not find, of so many, each of one of the first records of the log."""
    whole, chance = (root / AUDIT).read_bytes(), random.Random(7)
    found = []
    for number in range(count):
        name, way = list(WAYS.items())[number % len(WAYS)]
        lines = way(whole.splitlines(), chance.randrange(upto))
        (root / AUDIT).write_bytes(b"".join(line + b"\n" for line in lines))
        found += [name] if not check() else []
    (root / AUDIT).write_bytes(whole)
    return found


@pytest.mark.parametrize("count", [len(WAYS) * 5, pytest.param(1000, marks=pytest.mark.slow)])
def test_every_mutation_is_found(root: Path, count: int) -> None:
    fill(root, 30)
    assert check_audit(root).faults == []
    assert missed(root, count, lambda: check_audit(root).faults, 30) == []
    (root / AUDIT).unlink()
    assert check_audit(root).faults


@pytest.mark.parametrize("count", [len(WAYS) * 2, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kept", ["commit", "backup"])
def test_a_commit_or_a_backup_finds_what_lies_above_it_without_key_and_head(
    stored: Path, tmp_path: Path, kept: str, count: int
) -> None:
    """The local user owns key and head too; whoever removes both is still found by what lies elsewhere."""
    (stored / AUDIT).unlink(missing_ok=True)
    fill(stored, 12)
    backup = None
    if kept == "commit":
        ResponseStore(stored / "store").undo(who="李", why="错", to=1)
    else:
        take(stored, backup := tmp_path / "backup")
    shutil.rmtree(state_folder())
    assert check_log(stored, backup).faults == []
    assert missed(stored, count, lambda: check_log(stored, backup).faults, 12) == []
    (stored / AUDIT).unlink()
    assert check_log(stored, backup).faults


def test_a_purge_that_only_a_stranger_noted_is_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.audit.log.FULL", 1500)
    fill(root, 20)
    first = log_files(root)[0]
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "stranger"))
    record_purged(root, [first])
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "state"))
    first.unlink()
    assert check_audit(root).faults


def test_verify_with_a_backup(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stored / AUDIT).unlink(missing_ok=True)
    fill(stored, 3)
    take(stored, tmp_path / "backup")
    fill(stored, 2)
    command = ["audit", "verify", str(stored), "--backup", str(tmp_path / "backup")]
    assert cli.main(command) == 0
    lines = (stored / AUDIT).read_bytes().splitlines()
    shutil.rmtree(state_folder())
    (stored / AUDIT).write_bytes(b"".join(line + b"\n" for line in sealed(facts_of(lines[:2]))))
    capsys.readouterr()
    assert cli.main(command) == cli.EXIT_NEEDS_YOU
    assert "里的审计记录和现在的不一样：记录被改动、截短或删去过" in capsys.readouterr().out
    assert cli.main(["audit", "verify", str(stored), "--backup", str(tmp_path / "nowhere")]) == cli.EXIT_USER_ERROR
    assert "没有备份" in capsys.readouterr().err


def test_a_purged_file_in_an_older_backup_is_no_fault(stored: Path, tmp_path: Path) -> None:
    (stored / AUDIT).unlink(missing_ok=True)
    fill(stored, 3)
    take(stored, tmp_path / "backup")
    (stored / AUDIT).rename(old := stored / AUDIT.with_name("audit-20260101T000000.jsonl"))
    fill(stored, 1)
    record_purged(stored, [old])
    old.unlink()
    assert check_log(stored, tmp_path / "backup").faults == []


def test_a_head_is_read_as_it_was_written() -> None:
    for text in ("7:ab:cd", "7:ab:"):
        assert str(read_head(text)) == text
    assert str(read_head("7:ab")) == "7:ab:"
    assert read_head("x").number == read_head("").number == 0


def test_the_log_cannot_be_kept_for_less_than_180_days(root: Path) -> None:
    study = init_study(root / "new")
    settings = study / "study.toml"
    text = re.sub(r"(?m)^logs = .*\n", "", settings.read_text(encoding="utf-8"))
    settings.write_text(text.replace("[retention]", "[retention]\nlogs = 180"), encoding="utf-8")
    assert load_study(study).retention.logs == 180
    for less in ("179", "0", "-1", "true", '"180"'):
        settings.write_text(text.replace("[retention]", f"[retention]\nlogs = {less}"), encoding="utf-8")
        with pytest.raises(StudyError, match="180 到 "):
            load_study(study)


def settings_of(root: Path) -> list[tuple[Any, ...]]:
    found = [line for line in events(root, act=Act.SETTING) if "keys" in line]
    return [(line["by"], line["keys"], sorted(line["files"])) for line in reversed(found)]


def test_an_edit_by_hand_is_noticed_and_logged(root: Path) -> None:
    settings = root / "study.toml"
    settings.write_text('title = "甲"\n[backup]\ntarget = "/a"\n', encoding="utf-8")
    note_files(root)
    note_files(root)
    assert [line["what"] for line in events(root)] == ["第一次记下调查文件"]
    settings.write_text('title = "甲"\n[backup]\ntarget = "/elsewhere"\n[privacy]\nfew = 5\n', encoding="utf-8")
    (root / "targets.csv").write_text("a,b\n", encoding="utf-8")
    note_files(root)
    note_files(root, "silu xlsform")
    assert settings_of(root) == [
        ("四率之外", ["study.toml backup.target", "study.toml privacy.few"], ["study.toml", "targets.csv"])
    ]
    (root / "targets.csv").unlink()
    note_files(root, "import")
    assert settings_of(root)[-1] == ("import", [], ["targets.csv"])
    assert check_log(root).faults == []


def test_an_edit_is_found_where_its_notice_was_prevented(root: Path) -> None:
    settings = root / "study.toml"
    settings.write_text('title = "甲"\n', encoding="utf-8")
    note_files(root)
    settings.write_text('title = "乙"\n', encoding="utf-8")
    forged = json.loads((root / KEPT).read_text("utf-8"))
    (root / KEPT).unlink()
    assert check_log(root).faults == ["study.toml 和记录里最后记下的不一样，改动没有记下"]
    assert forged["study.toml"]


def test_a_command_logs_what_changed_before_it_and_by_it(root: Path) -> None:
    assert cli.main(["init", str(root / "new")]) == 0
    made = events(root / "new")
    assert [line["act"] for line in made] == ["命令", "设置"]
    assert (made[1]["what"], made[0]["command"]) == ("第一次记下调查文件", "init")
    settings = root / "new" / "study.toml"
    settings.write_text(settings.read_text("utf-8") + "\n", encoding="utf-8")
    assert cli.main(["history", "--study", str(root / "new")]) == 0
    assert [line.get("by", "") for line in events(root / "new")[:2]] == ["", "四率之外"]
    assert not head_path(root).exists()
