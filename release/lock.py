"""The runtime lock, read: every package that an installation may hold, with its hashes and who needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "runtime.txt"
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
OURS = "-r requirements/runtime.in"


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of the lock.

    Attributes:
        name: normalised name.
        version: the one version.
        marker: on which machines it is installed; "" for all.
        hashes: SHA-256 of its files, in hex, sorted.
        needed_by: packages that require it, sorted; empty where only Silu itself does.
        direct: Silu itself requires it.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]
    direct: bool


def read_lock(path: Path = LOCK) -> tuple[Locked, ...]:
    """Read a lock as uv or pip-compile writes it, with hashes and `# via` comments.

    Raises:
        ValueError: a requirement is not pinned with ==, or has no hash.
    """
    entries: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            entries.append([])
        if entries:
            entries[-1].append(line)
    return tuple(map(_locked, entries))


def _locked(lines: list[str]) -> Locked:
    wanted = Requirement(lines[0].removesuffix("\\").strip())
    (pin,) = wanted.specifier
    if pin.operator != "==":
        raise ValueError(f"{wanted} is not pinned")
    text = "\n".join(lines)
    hashes = tuple(sorted(HASH.findall(text)))
    if not hashes:
        raise ValueError(f"{wanted} has no hash")
    comments = [line.strip().removeprefix("#").strip() for line in lines if line.lstrip().startswith("#")]
    via = [line.removeprefix("via").strip() for line in comments]
    needed_by = tuple(sorted(name for name in via if name and name != OURS))
    marker = str(wanted.marker or "")
    return Locked(wanted.name.lower(), pin.version, marker, hashes, needed_by, OURS in via)
