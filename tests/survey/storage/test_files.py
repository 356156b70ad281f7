"""Files are written atomically, also across an error or a power cut."""

import os
import stat
from pathlib import Path

import pytest

from survey.errors import StoreError
from survey.host import disk
from survey.host.disk import write_whole
from survey.storage.files import keep_newest, place


def test_the_folder_is_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    kept = tmp_path / "a" / "b" / "words.txt"
    assert place(kept, lambda copy: copy.write_text("停车", encoding="utf-8"), "词典") == kept
    assert kept.read_text(encoding="utf-8") == "停车"
    assert list(kept.parent.iterdir()) == [kept]


def test_the_temporary_copy_is_in_the_same_folder(tmp_path: Path) -> None:
    """Another folder may be on another disk, where a rename would fail."""
    seen: list[Path] = []
    place(tmp_path / "words.txt", seen.append, "词典")
    assert [copy.parent for copy in seen] == [tmp_path]


@pytest.mark.parametrize("failure", [OSError(28, "No space left"), ValueError("not a text"), KeyboardInterrupt()])
def test_an_existing_file_stays_where_the_new_one_cannot_be_written(tmp_path: Path, failure: BaseException) -> None:
    kept = tmp_path / "words.txt"
    kept.write_text("old", encoding="utf-8")

    def half(copy: Path) -> None:
        copy.write_text("ne", encoding="utf-8")
        raise failure

    with pytest.raises(StoreError if isinstance(failure, OSError) else type(failure)):
        place(kept, half, "词典")
    assert kept.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [kept]


def test_the_error_names_problem_place_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        place(tmp_path / "raw" / "a.csv", lambda copy: copy.write_bytes(b""), "原始文件")
    text = str(caught.value)
    for part in ("原始文件不能存入调查文件夹", str(tmp_path / "raw"), "检查写权限和磁盘空间"):
        assert part in text
    with pytest.raises(OSError, match="raw"):
        write_whole(tmp_path / "raw" / "a.csv", lambda copy: copy.write_bytes(b""))


def test_the_content_is_on_the_disk_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another order a power cut could leave an empty file."""
    steps: list[tuple[str, bytes]] = []
    kept, renamed, synced = tmp_path / "a.csv", Path.replace, os.fsync

    def fsync(handle: int) -> None:
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        steps.append(("folder", b"") if folder else ("file", os.pread(handle, 100, 0)))
        synced(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append(("rename", b""))
        return renamed(self, target)

    monkeypatch.setattr(disk.os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    place(kept, lambda copy: copy.write_bytes(b"1,2"), "原始文件")
    assert steps == [("file", b"1,2"), ("rename", b""), ("folder", b"")]


def test_rights_are_those_of_any_new_file_or_of_the_one_replaced(tmp_path: Path) -> None:
    """A colleague who may read the store may read what lies beside it."""
    plain, kept = tmp_path / "plain", tmp_path / "kept"
    plain.write_bytes(b"")
    place(kept, lambda copy: copy.write_bytes(b"1"), "问卷")
    assert kept.stat().st_mode == plain.stat().st_mode
    kept.chmod(0o640)
    place(kept, lambda copy: copy.write_bytes(b"2"), "问卷")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert kept.read_bytes() == b"2"


def test_only_the_newest_results_are_kept(tmp_path: Path) -> None:
    for at, name in enumerate(["a.json", "b.json", "c.json", "d.txt"]):
        write_whole(tmp_path / name, lambda copy: copy.write_bytes(b""))
        os.utime(tmp_path / name, (at, at))
    keep_newest(tmp_path, "*.json", 2)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b.json", "c.json", "d.txt"]
