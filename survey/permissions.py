"""Who on this machine may read the files of a study: their owner alone, or one named group besides."""

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
except ImportError:  # Windows has access lists instead
    grp = None  # type: ignore[assignment]

DEFINITIONS = frozenset(
    {"study.toml", "questionnaire.json", "frame.csv", "margins.csv", "targets.csv", "quota.csv", "lexicon"}
)
"""What a study is made of and nobody has to hide; everything else in its folder is about people's answers."""
OTHERS, GROUP = 0o007, 0o070


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """Something that more people can read or change than should.

    Attributes:
        path: file or folder.
        who: 所有用户, or the name of a group, in Chinese.
        may: what they may do, in Chinese.
    """

    path: Path
    who: str
    may: str


def restrict_new_files(group: str = "") -> None:
    """Let new files be for their owner (0600, folders 0700), or for a group too (0660, 2770 in a folder of theirs)."""
    os.umask(OTHERS if group else OTHERS | GROUP)


def check_group(group: str, where: str) -> None:
    """Refuse a group that this machine does not have.

    Raises:
        ArgumentError: there is none of this name.
    """
    if group and grp is not None and group not in {entry.gr_name for entry in grp.getgrall()}:
        raise ArgumentError(
            "这台机器没有这个用户组", where=where, got=group, cure=f"先建用户组：sudo groupadd {shlex.quote(group)}"
        )


def open_places(root: Path, group: str = "") -> tuple[OpenPlace, ...]:
    """Find what is too open in the folder of a study: nothing where the folder itself is closed, or on Windows.

    Args:
        root: folder of the study.
        group: who may share it besides its owner; "" for nobody.
    """
    if grp is None or not root.is_dir():
        return ()
    allowed = _gid(group)
    if not _excess(root, allowed):
        return ()
    entries = sorted(path for path in root.iterdir() if path.name not in DEFINITIONS and not path.is_symlink())
    return tuple(place for path in entries for place in _look(path, allowed))


def remedy(root: Path, group: str = "") -> str:
    """Return the command that closes a study folder to all others."""
    folder = shlex.quote(str(root))
    if not group:
        return f"chmod -R go= {folder}"
    shared = f"chgrp -R {shlex.quote(group)} {folder} && chmod -R u=rwX,g=rwX,o= {folder}"
    return f"{shared} && find {folder} -type d -exec chmod g+s {{}} +"


def report(root: Path, group: str = "") -> str:
    """Say in Chinese what is too open and how to mend it; "" where nothing is."""
    found = open_places(root, group)
    if not found:
        return ""
    listed = "；".join(f"{place.path.name}（{place.who}{place.may}）" for place in found[:5])
    more = f"，另有 {len(found) - 5} 处" if len(found) > 5 else ""
    return f"注意：调查文件夹里有 {len(found)} 处权限过宽：{listed}{more}\n处理办法：{remedy(root, group)}"


def make_private(path: Path, mode: int = 0o600) -> None:
    """Take from everybody else what they may do with a file; for one that is not ours this is left as it is.

    Raises:
        ArgumentError: the file is somebody else's and others can read it.
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
    """Bits of the mode that let in more than the owner and the group that may."""
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
