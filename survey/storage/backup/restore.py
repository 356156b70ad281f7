"""Restore a snapshot into a new folder, check a backup, and remove old snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from survey.errors import ArgumentError, StoreError
from survey.host.disk import locked, sync
from survey.host.scratch import DRAFT, owner
from survey.storage.backup.objects import ObjectStore, StoredObject, read_identities
from survey.storage.backup.snapshot import LOCK, Snapshot, read_snapshot, snapshot_files, snapshots


def check(target: Path) -> Iterator[str]:
    """Yield every fault of a backup, in Chinese: damaged lists, missing or damaged contents. No private key needed."""
    checked: set[StoredObject] = set()
    for path in snapshot_files(target):
        try:
            one = read_snapshot(path)
        except StoreError as error:
            yield str(error).replace("\n", "；")
            continue
        objects = ObjectStore(target / "objects", one.recipients)
        for name, content in one.files.items():
            if content not in checked and (fault := objects.fault(content)):
                yield f"{path.stem} 的 {name}：{fault}"
            checked.add(content)


def restore(target: Path, root: Path, *, name: str = "", identity: Path | None = None) -> Snapshot:
    """Write a snapshot to a new folder, readable by its owner only; on return it survives a power cut.

    Args:
        target: folder of the backups.
        root: the folder to create; an existing one must be empty.
        name: beginning of the name of the snapshot; the newest when "".
        identity: age identity file, for encrypted backups.

    Raises:
        ArgumentError: the folder is not empty or inside a study, or there is no such snapshot.
        StoreError: a content is missing or damaged; partial output is removed.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ArgumentError("恢复的目标不是空文件夹，没有写入任何文件", got=str(root), cure="换一个新的文件夹名")
    if any((folder / "study.toml").exists() for folder in root.resolve().parents):
        raise ArgumentError("恢复的目标在另一个调查的文件夹里", got=str(root), cure="换一个别处的文件夹名")
    found = [path for path in snapshot_files(target) if path.name.startswith(name)]
    if not found:
        raise ArgumentError("没有这一份备份", where=str(target), got=name, cure="用 --list 看有哪些备份")
    chosen = read_snapshot(found[-1])
    objects = ObjectStore(target / "objects", chosen.recipients)
    identities = read_identities(identity) if identity else []
    partial = root.resolve().with_name(f"{DRAFT}{owner()}{uuid4().hex}")
    try:
        for path, content in chosen.files.items():
            objects.get(content, _inside(partial, path), identities)
            _inside(partial, path).chmod(0o600)
            sync(_inside(partial, path))
        for folder in (partial, *(path for path in partial.rglob("*") if path.is_dir())):
            sync(folder)
        if root.exists():
            root.rmdir()
        partial.rename(root)
        sync(root.resolve().parent)
    except OSError as error:
        raise StoreError("没有恢复成", where=str(root), got=str(error), cure="检查空间和写权限") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return chosen


def forget(target: Path, keep: int) -> int:
    """Remove all but the `keep` newest snapshots, and unreferenced contents; return the number of snapshots removed."""
    with locked(target / LOCK):
        return _forget(target, keep)


def _forget(target: Path, keep: int) -> int:
    every = snapshots(target)
    gone = every[: max(len(every) - keep, 0)]
    kept = {path for one in every[len(gone) :] for path in _places(target, one)}
    for one in gone:
        (target / "snapshots" / one.name).unlink()
    if gone:
        for path in (target / "objects").rglob("*"):
            if path.is_file() and path not in kept:
                path.unlink()
    return len(gone)


def _inside(root: Path, name: str) -> Path:
    """Return a path of a snapshot below a folder; refuse paths of a forged list that lead elsewhere."""
    path = root / name
    if ".." in Path(name).parts or path.is_absolute() != root.is_absolute() or Path(name).is_absolute():
        raise StoreError("备份的文件清单里有不该有的路径", got=name, cure="这份备份不可信，换一份")
    return path


def _places(target: Path, one: Snapshot) -> Iterator[Path]:
    objects = ObjectStore(target / "objects", one.recipients)
    return (objects.place(content.sha256) for content in one.files.values())
