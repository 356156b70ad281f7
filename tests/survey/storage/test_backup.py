"""A backup of a study in use restores, on an empty machine, to identical tables."""

import grp
import hashlib
import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyrage import x25519

import cli
from reports.health.verification import verify
from survey.collect.links.keys import FILE
from survey.errors import ArgumentError, StoreError
from survey.storage.backup import objects
from survey.storage.backup import snapshot as module
from survey.storage.backup.objects import ObjectStore
from survey.storage.backup.restore import check, forget, restore
from survey.storage.backup.snapshot import newest, snapshots, take
from survey.storage.repair.verify import Stored
from survey.storage.store import ResponseStore
from survey.study.plans.backup_plan import BackupPlan, back_up, backup_alarm, is_due
from survey.study.study import load_study

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A study with a store of four imports, exclusions, a ledger and an inbox in which answers wait."""
    shutil.unpack_archive(DATA / "study_0_1_0.zip", tmp_path)
    return tmp_path / "study_0_1_0"


def tables(root: Path) -> dict[str, object]:
    """Every table of a study, as it is read."""
    store = ResponseStore(root / "store")
    found: dict[str, object] = {}
    for version in range(5):
        found[f"responses {version}"] = store.read(version=version).to_pylist()
        found[f"texts {version}"] = store.texts(version=version).to_pylist()
    for name in ("decisions.sqlite", "ledger.sqlite", "inbox/inbox.sqlite"):
        with closing(sqlite3.connect(root / name)) as base:
            found[name] = list(base.iterdump())
    for path in sorted(root.glob("*.*")) + sorted((root / "raw").iterdir()) + sorted((root / "log").iterdir()):
        if path.suffix != ".sqlite" and path.is_file():
            found[str(path.relative_to(root))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_everything_comes_back_bit_for_bit(root: Path, tmp_path: Path) -> None:
    take(root, tmp_path / "backup")
    before = tables(root)
    shutil.rmtree(root)
    restore(tmp_path / "backup", tmp_path / "again")
    assert tables(tmp_path / "again") == before
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "again").rglob("*") if path.is_file()} == {0}


def test_a_second_backup_writes_only_what_is_new(root: Path, tmp_path: Path) -> None:
    first = take(root, tmp_path / "backup")
    assert first.fresh == len({one.sha256 for one in first.files.values()})
    assert take(root, tmp_path / "backup").fresh == 0
    (root / "targets.csv").write_text((root / "targets.csv").read_text(encoding="utf-8-sig") + "\n", encoding="utf-8")
    assert take(root, tmp_path / "backup").fresh == 1
    assert len(snapshots(tmp_path / "backup")) == 3


def test_a_backup_during_imports_and_drains_is_consistent(root: Path, tmp_path: Path) -> None:
    raw = next(path for path in (root / "raw").iterdir() if path.stat().st_size > 50_000)
    for at in range(3):
        head, *rows = raw.read_text(encoding="utf-8-sig").splitlines()
        (tmp_path / f"new{at}.csv").write_text(
            "\n".join([head, *(f'"{at}{row[1:]}' for row in rows)]), encoding="utf-8"
        )
    work = (
        "import sys, cli\n"
        "same = ['--confirm', 'same-answers']\n"
        "for at in range(3):\n"
        "    words = ['import', f'{sys.argv[2]}/new{at}.csv', '--study', sys.argv[1], '--wave', 'W2']\n"
        "    assert cli.main([*words, '--mode', 'household', '--yes', *same, '--who', 'x']) < 2, at\n"
        "assert cli.main(['drain', sys.argv[1]]) == 0\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", work, str(root), str(tmp_path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as busy:
        count = 0
        while busy.poll() is None or not count:
            take(root, tmp_path / "backup")
            count += 1
    assert busy.returncode == 0
    assert ResponseStore(root / "store").read().num_rows == 432 + 5 + 3 * 168
    taken = snapshots(tmp_path / "backup")
    assert len(taken) == count
    for at, one in enumerate([taken[0], *taken[1 : -1 : max(len(taken) // 4, 1)], taken[-1]]):
        again = tmp_path / f"again{at}"
        restore(tmp_path / "backup", again, name=one.name)
        store = ResponseStore(again / "store")
        assert store.read().num_rows >= 432
        assert store.texts().num_rows >= 0
        assert cli.main(["drain", str(again)]) == 0
        assert len(set(ResponseStore(again / "store").read()["response_id"].to_pylist())) >= 437


@pytest.mark.parametrize("encrypted", [False, True])
def test_every_flipped_bit_is_found_and_nothing_damaged_is_restored(
    root: Path, tmp_path: Path, encrypted: bool
) -> None:
    identity = x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(str(identity), encoding="utf-8")
    take(root, tmp_path / "backup", [str(identity.to_public())] if encrypted else [])
    files = [path for path in (tmp_path / "backup").rglob("*") if path.is_file() and path.stat().st_size]
    chance = random.Random(3)
    for at in range(40):
        path = chance.choice(files)
        good = path.read_bytes()
        place = chance.randrange(8 * len(good))
        path.write_bytes(good[: place // 8] + bytes([good[place // 8] ^ 1 << place % 8]) + good[place // 8 + 1 :])
        assert list(check(tmp_path / "backup")), f"flip {at}: bit {place} of {path.name} was not found"
        with pytest.raises(StoreError):
            restore(tmp_path / "backup", tmp_path / "again", identity=key if encrypted else None)
        assert not (tmp_path / "again").exists()
        path.write_bytes(good)
    assert not list(check(tmp_path / "backup"))
    restore(tmp_path / "backup", tmp_path / "again", identity=key if encrypted else None)
    assert tables(tmp_path / "again") == tables(root)


def test_an_encrypted_backup_shows_nothing_and_needs_its_key(root: Path, tmp_path: Path) -> None:
    identity, other = x25519.Identity.generate(), x25519.Identity.generate()
    take(root, tmp_path / "backup", [str(identity.to_public())])
    kept = b"".join(path.read_bytes() for path in (tmp_path / "backup" / "objects").rglob("*.age"))
    assert b"response_id" not in kept
    with pytest.raises(ArgumentError, match="加密"):
        restore(tmp_path / "backup", tmp_path / "again")
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(str(other), encoding="utf-8")
    with pytest.raises(ArgumentError, match="打不开"):
        restore(tmp_path / "backup", tmp_path / "again", identity=wrong)
    assert not (tmp_path / "again").exists()


def test_a_content_that_two_files_share_comes_back_from_an_encrypted_backup(root: Path, tmp_path: Path) -> None:
    shutil.copy(next((root / "raw").glob("*.csv")), root / "答卷.csv")
    identity = x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(f"{identity}\n", encoding="ascii")
    for _ in range(2):
        take(root, tmp_path / "backup", [str(identity.to_public())])
    assert list(check(tmp_path / "backup")) == []
    restore(tmp_path / "backup", tmp_path / "again", identity=key)
    assert tables(tmp_path / "again") == tables(root)


def test_two_backups_at_once_are_both_whole(root: Path, tmp_path: Path) -> None:
    target, key = tmp_path / "backup", str(x25519.Identity.generate().to_public())
    command = [sys.executable, "cli.py", "backup", str(target), "--study", str(root), "--recipient", key, "--keep", "2"]
    both = [subprocess.Popen(command, cwd=DATA.parents[1], stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0].count("已备份".encode()) for process in both] == [1, 1]
    assert len(snapshots(target)) == 2
    assert list(check(target)) == []


def test_a_new_key_opens_what_was_kept_for_the_old_one(root: Path, tmp_path: Path) -> None:
    old, new = x25519.Identity.generate(), x25519.Identity.generate()
    take(root, tmp_path / "backup", [str(old.to_public())])
    take(root, tmp_path / "backup", [str(new.to_public())])
    key = tmp_path / "key.txt"
    key.write_text(str(new), encoding="utf-8")
    restore(tmp_path / "backup", tmp_path / "again", identity=key)
    assert tables(tmp_path / "again") == tables(root)


@pytest.mark.parametrize("target", [".", "raw", "backups/here", ".."])
def test_a_backup_into_the_study_itself_is_refused(root: Path, target: str) -> None:
    with pytest.raises(ArgumentError, match="不能放在调查文件夹里"):
        take(root, root / target)


def test_a_restore_over_a_study_is_refused(root: Path, tmp_path: Path) -> None:
    take(root, tmp_path / "backup")
    before = tables(root)
    with pytest.raises(ArgumentError, match="不是空文件夹"):
        restore(tmp_path / "backup", root)
    assert tables(root) == before


def test_a_full_disk_leaves_the_backups_before(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(root, tmp_path / "backup")
    (root / "targets.csv").write_text("x", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("survey.storage.backup.objects.write_whole", full)
    with pytest.raises(StoreError, match="以前的备份不受影响"):
        take(root, tmp_path / "backup")
    assert not list(check(tmp_path / "backup"))
    assert len(snapshots(tmp_path / "backup")) == 1


def test_a_part_that_vanishes_makes_the_snapshot_start_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, tries = module._take, []

    def vanishing(*args: object) -> object:
        tries.append(1)
        if len(tries) == 1:
            raise FileNotFoundError("part")
        return whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_take", vanishing)
    assert take(root, tmp_path / "backup").files
    assert len(tries) == 2


def test_a_list_of_a_newer_program_or_with_a_path_outside_is_refused(root: Path, tmp_path: Path) -> None:
    made = take(root, tmp_path / "backup")
    path = tmp_path / "backup" / "snapshots" / made.name
    value = json.loads(path.read_text(encoding="utf-8"))
    value.pop("seal")
    for change, words in (
        ({"format": 2}, "更新的版本"),
        ({"files": {"../x": value["files"]["study.toml"]}}, "不该有的路径"),
    ):
        changed = value | change
        path.write_text(json.dumps(changed | {"seal": module._seal(changed)}), encoding="utf-8")
        with pytest.raises(StoreError, match=words):
            restore(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "x").exists()


def test_old_snapshots_go_with_what_only_they_need(root: Path, tmp_path: Path) -> None:
    for text in ("a", "b", "c"):
        (root / "note.txt").write_text(text, encoding="utf-8")
        take(root, tmp_path / "backup")
    assert forget(tmp_path / "backup", 1) == 2
    kept = {path.stem for path in (tmp_path / "backup" / "objects").rglob("*") if path.is_file()}
    assert kept == {one.sha256 for one in snapshots(tmp_path / "backup")[0].files.values()}
    assert not list(check(tmp_path / "backup"))


class Clock(datetime):
    """A clock that was set wrong."""

    at = datetime.now(UTC)

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return cls.at


def test_a_clock_that_jumps_neither_hides_nor_discards_the_newest_backup(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = BackupPlan(tmp_path / "backup", timedelta(hours=24), 2, ())
    right = datetime(2026, 11, 28, 9, tzinfo=UTC)
    study = load_study(root)
    monkeypatch.setattr(module, "datetime", Clock)
    for at in (right, datetime(2099, 1, 1, tzinfo=UTC), right + timedelta(days=1), datetime(1970, 1, 1, tzinfo=UTC)):
        Clock.at = at
        (root / "note.txt").write_text(at.isoformat(), encoding="utf-8")
        made = back_up(study, plan)
        assert snapshots(plan.target)[-1].name == made.name
        assert (newest(plan.target), is_due(plan, right + timedelta(days=1, hours=1))) == (
            at, at != right + timedelta(days=1),
        )  # fmt: skip
        again = tmp_path / made.name
        restore(plan.target, again)
        assert (again / "note.txt").read_text(encoding="utf-8") == at.isoformat()
    assert len(snapshots(plan.target)) == 2


def test_a_late_backup_is_reported(root: Path, tmp_path: Path) -> None:
    settings = root / "study.toml"
    text = settings.read_text(encoding="utf-8").replace('data = "mock"', 'data = "real"')
    settings.write_text(text, encoding="utf-8")
    assert "没有设置备份" in backup_alarm(load_study(root))
    settings.write_text(f'{text}\n[backup]\ntarget = "kept"\nhours = 24\n', encoding="utf-8")
    assert "还没有备份过" in backup_alarm(load_study(root))
    assert cli.main(["backup", "--study", str(root), "--due"]) == 0
    assert len(snapshots(tmp_path / "kept")) == 1
    assert cli.main(["backup", "--study", str(root), "--due"]) == 0
    assert len(snapshots(tmp_path / "kept")) == 1
    assert backup_alarm(load_study(root)) == ""
    now = datetime.now(UTC)
    assert "备份晚了" in backup_alarm(load_study(root), now + timedelta(hours=37))
    assert "时钟" in backup_alarm(load_study(root), now - timedelta(days=20_000))


def test_the_commands(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = str(tmp_path / "kept")
    assert cli.main(["backup", target, "--study", str(root)]) == 0
    assert cli.main(["restore", target, "--list"]) == 0
    assert cli.main(["restore", target, "--check"]) == 0
    assert cli.main(["restore", target, str(tmp_path / "again")]) == 0
    assert cli.main(["restore", target, str(tmp_path / "again")]) == 2
    assert cli.main(["restore", str(tmp_path), "x"]) == 2
    out = capsys.readouterr()
    assert "全部完好" in out.out
    assert "逐个核对无误" in out.out
    assert "不是空文件夹" in out.err


def test_a_restored_study_is_shared_with_the_group_of_its_settings(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, target = (root / "study.toml").read_text(encoding="utf-8"), tmp_path / "backup"
    (root / FILE).parent.mkdir(exist_ok=True)
    (root / FILE).write_text("2026-11-01 00\n", encoding="ascii")
    for group, name in ((grp.getgrgid(os.getgid()).gr_name, "shared"), ("没有这个组", "alone"), ("", "private")):
        named = f'\n[access]\ngroup = "{group}"\n' if group else ""
        (root / "study.toml").write_text(settings + named, encoding="utf-8")
        take(root, target)
        assert cli.main(["restore", str(target), str(tmp_path / name)]) == 0
        assert ("用户组" in capsys.readouterr().out) == (name == "alone")
        again = tmp_path / name
        found = {stat.S_IMODE(path.stat().st_mode) for path in again.rglob("*") if path.is_file()}
        shared = name == "shared"
        assert found == ({0o660, 0o640} if shared else {0o600})
        assert stat.S_IMODE((again / FILE).stat().st_mode) == (0o640 if shared else 0o600)
        assert stat.S_IMODE((again / "store").stat().st_mode) == (0o2770 if shared else 0o700)


def test_what_was_restored_verifies(root: Path, tmp_path: Path) -> None:
    assert verify(load_study(root)).faults == []
    take(root, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    assert not list((tmp_path / "again").rglob("*.sqlite.sha256"))
    found = verify(load_study(tmp_path / "again"))
    assert found.faults == []
    assert found.unsealed == {Stored.INBOX: 1, Stored.LEDGER: 2}
    assert (tmp_path / "again" / "decisions.sqlite.sha256").exists()


def test_a_log_that_grows_while_it_is_copied_is_copied_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, kept = tmp_path / "audit.jsonl", ObjectStore(tmp_path / "objects")
    log.write_bytes(b"one\n")
    real, lines = objects.sha256_of, iter([b"two\n", b"three\n"])

    def grown(path: Path) -> str:
        digest = real(path)
        if path == log and (line := next(lines, b"")):
            log.write_bytes(log.read_bytes() + line)
        return digest

    monkeypatch.setattr(objects, "sha256_of", grown)
    stored = kept.put(log, {})
    assert kept.place(stored.sha256).read_bytes() == b"one\ntwo\nthree\n"
    monkeypatch.setattr(objects, "sha256_of", lambda path: "0" * 64)
    with pytest.raises(StoreError, match="一再被改动"):
        kept.put(log, {})
