"""File permissions of a study: readable by its owner, and optionally by one named group."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from survey.errors import ArgumentError

try:
    import grp
except ImportError:  # Windows has access control lists instead
    grp = None  # type: ignore[assignment]

DEFINITIONS = frozenset(
    {"study.toml", "questionnaire.json", "boundaries.geojson", "lexicon"}
    | {f"{name}.csv" for name in ("frame", "margins", "targets", "quota", "neighbours", "tiles")}
)
"""Files that define a study and are not confidential; all others in its folder concern people's answers."""
CLOSED = "accounts"
"""Folder with the accounts, which no group shares."""
OTHERS, GROUP = 0o007, 0o070


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A file or folder with permissions that are too open.

    Attributes:
        path: file or folder.
        who: 所有用户, or the name of a group, in Chinese.
        may: what they may do with it, in Chinese.
    """

    path: Path
    who: str
    may: str


def restrict_new_files(group: str = "") -> None:
    """Restrict new files to their owner (0600, folders 0700), or to owner and group (0660, 2770 in a group folder)."""
    os.umask(OTHERS if group else OTHERS | GROUP)


def check_group(group: str, where: str) -> None:
    """Refuse a group that this machine does not have.

    Raises:
        ArgumentError: the group does not exist.
    """
    if group and grp is not None and group not in {entry.gr_name for entry in grp.getgrall()}:
        raise ArgumentError(
            "这台机器没有这个用户组", where=where, got=group, cure=f"先建用户组：sudo groupadd {shlex.quote(group)}"
        )


def share(root: Path, group: str) -> None:
    """Give a group all files (0660) and folders (2770) below a folder, as if they had been made with it named.

    Raises:
        OSError: this user may not give files to the group.
    """
    if grp is None:
        return
    number = grp.getgrnam(group).gr_gid
    for path in (root, *root.rglob("*")):
        if CLOSED in path.relative_to(root).parts[:1]:
            continue
        os.chown(path, -1, number)
        path.chmod(0o2770 if path.is_dir() else 0o660)


def open_places(root: Path, group: str = "") -> tuple[OpenPlace, ...]:
    """Return paths in a study folder that are too open; none where the folder itself is closed, or on Windows.

    Args:
        root: folder of the study.
        group: group with access besides the owner; "" for none.
    """
    if grp is None or not root.is_dir():
        return ()
    allowed = _gid(group)
    if not _excess(root, allowed):
        return ()
    entries = sorted(path for path in root.iterdir() if path.name not in DEFINITIONS and not path.is_symlink())
    return tuple(place for path in entries for place in _look(path, allowed))


def remedy(root: Path, group: str = "") -> str:
    """Return the command that restricts a study folder to owner and group."""
    folder = shlex.quote(str(root))
    if not group:
        return f"chmod -R go= {folder}"
    shared = f"chgrp -R {shlex.quote(group)} {folder} && chmod -R u=rwX,g=rwX,o= {folder}"
    return f"{shared} && find {folder} -type d -exec chmod g+s {{}} +"


def report(root: Path, group: str = "") -> str:
    """Return a report in Chinese of what is too open, with the remedy; "" where nothing is."""
    found = open_places(root, group)
    if not found:
        return ""
    listed = "；".join(f"{place.path.name}（{place.who}{place.may}）" for place in found[:5])
    more = f"，另有 {len(found) - 5} 处" if len(found) > 5 else ""
    return f"注意：调查文件夹里有 {len(found)} 处权限过宽：{listed}{more}\n处理办法：{remedy(root, group)}"


def make_private(path: Path, mode: int = 0o600) -> None:
    """Remove the permissions of all other users on a file; leave files of other owners unchanged.

    Raises:
        ArgumentError: another user owns the file and others can read it.
    """
    if grp is None or not stat.S_IMODE(path.stat().st_mode) & ~mode:
        return
    try:
        path.chmod(mode)
    except PermissionError as error:
        cure = f"请文件的所有者运行：chmod {mode:o} {shlex.quote(str(path))}"
        raise ArgumentError("密钥文件别人也能读，不能使用", where=str(path), cure=cure) from error


def _look(path: Path, allowed: int | None) -> Iterator[OpenPlace]:
    excess = _excess(path, allowed)
    if not excess:
        return
    who = "所有用户" if excess & OTHERS else f"用户组 {_group_name(path.stat().st_gid)} "
    writable = excess & 0o022
    yield OpenPlace(path, who, "可以改动" if writable else "可以读")


def _excess(path: Path, allowed: int | None) -> int:
    """Return the mode bits that grant more than owner and permitted group may have."""
    facts = path.stat()
    mine = GROUP if allowed is not None and facts.st_gid == allowed else 0
    return stat.S_IMODE(facts.st_mode) & (OTHERS | GROUP) & ~mine


def _gid(group: str) -> int | None:
    try:
        return grp.getgrnam(group).gr_gid if group else None
    except KeyError:
        return None


def _group_name(gid: int) -> str:
    try:
        return str(grp.getgrgid(gid).gr_name)
    except KeyError:
        return str(gid)
