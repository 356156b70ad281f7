"""Keys for receipts, invitations and interviewers' links, in a file that only its owner may read.

    secrets/collect.keys      one key per line, newest first: creation time, and 32 bytes in hex

New codes use the newest key; codes of older keys stay valid until these are retired. The inbox keeps a fingerprint, so
that a lost file is detected before a code is made with another key.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from survey.collect.inbox.drain_state import position_of
from survey.collect.inbox.inbox import Backend
from survey.collect.links.seals import Seals
from survey.errors import ArgumentError, CollectError
from survey.host.disk import locked, make_folder, write_whole
from survey.host.permissions import make_private
from survey.study.study import Study

FILE = Path("secrets") / "collect.keys"
FINGERPRINT = "keys"
"""Setting of the inbox with the fingerprint of the newest key; different for every inbox, and not secret."""
EMBEDDED = "secret"
"""Setting in which version 0.1.0 kept its only key, in the inbox itself."""
OWNER, SHARED = 0o600, 0o640


@dataclass(frozen=True, slots=True)
class Key:
    """One key and its creation time, UTC as ISO text."""

    made: str
    secret: bytes

    @property
    def fingerprint(self) -> str:
        """Return an identifier that reveals nothing about the key."""
        return hashlib.sha256(b"fingerprint\0" + self.secret).hexdigest()[:16]


def seals_of(study: Study, backend: Backend) -> Seals:
    """Return the seals of a study's online form; the first call creates its key.

    Raises:
        CollectError: the file is damaged, or missing although codes were made with it.
        ArgumentError: other users can read the file, and it has another owner.
    """
    return Seals(*(key.secret for key in keys_of(study, backend)))


def keys_of(study: Study, backend: Backend) -> tuple[Key, ...]:
    """Return the keys, the newest first; see `seals_of`."""
    path = study.root / FILE

    def known() -> Sequence[Key]:
        return _known(path, backend)

    if not path.exists():
        _change(study, backend, known)
    keys = _read(path)
    make_private(path, _mode(study))
    recorded = backend.recall(FINGERPRINT) or backend.remember(FINGERPRINT, keys[0].fingerprint, once=True)
    if recorded not in {key.fingerprint for key in keys}:
        raise CollectError(
            "密钥文件不是这个收件箱的：已发出的回执、邀请码和访问员链接用它都核对不了",
            where=str(path),
            cure=f"从备份或另一台主机取回原来的 {FILE}；确实找不回来就运行 silu keys 调查文件夹 --lost",
        )
    return keys


def rotate(study: Study, backend: Backend) -> tuple[Key, ...]:
    """Add a new key; codes of older keys stay valid."""
    keys_of(study, backend)
    return _change(study, backend, lambda: (_new(), *_read(study.root / FILE)))


def retire(study: Study, backend: Backend) -> tuple[Key, ...]:
    """Remove all keys but the newest: receipts, invitations and links of the others become invalid.

    Raises:
        ArgumentError: answers that name an interviewer by such a link still wait in the inbox.
    """
    keys = keys_of(study, backend)
    if backend.read(position_of(study, backend).number, 1):
        raise ArgumentError("收件箱里还有答卷没有入库，旧密钥要留着核对它们", cure="先运行 silu drain，再停用旧密钥")
    return _change(study, backend, lambda: keys[:1])


def replace_lost(study: Study, backend: Backend) -> tuple[Key, ...]:
    """Create a new key where the file is lost: all earlier codes become invalid.

    Raises:
        ArgumentError: the file exists.
    """
    if (study.root / FILE).exists():
        raise ArgumentError("密钥文件还在，没有换掉它", where=str(study.root / FILE), cure="要换新密钥用 --rotate")
    return _change(study, backend, lambda: (_new(),))


def _known(path: Path, backend: Backend) -> Sequence[Key]:
    """Return the initial keys: those just written by another process, that of version 0.1.0, or a new one."""
    if path.exists():
        return _read(path)
    if backend.recall(FINGERPRINT):
        raise CollectError(
            "密钥文件不见了：已发出的回执、邀请码和访问员链接都要靠它核对",
            where=str(path),
            cure=f"从备份或另一台主机取回 {FILE}；确实找不回来就运行 silu keys 调查文件夹 --lost，以前发出的全部作废",
        )
    embedded = backend.recall(EMBEDDED)
    return (Key(_now(), bytes.fromhex(embedded)) if embedded else _new(),)


def _change(study: Study, backend: Backend, keys: Callable[[], Sequence[Key]]) -> tuple[Key, ...]:
    """Rewrite the file, one process at a time, and keep the fingerprint of the newest key in the inbox."""
    path = study.root / FILE
    try:
        make_folder(path.parent)
        with locked(path.with_suffix(".lock")):
            made = tuple(keys())
            write_whole(path, lambda draft: _fill(draft, made, _mode(study)))
            path.chmod(_mode(study))
    except OSError as error:
        raise CollectError("密钥文件写不进去", where=str(path), got=str(error), cure="检查空间和写权限") from error
    backend.remember(FINGERPRINT, made[0].fingerprint)
    if backend.recall(EMBEDDED):
        # No longer read, but version 0.1.0 started by mistake must not find it empty.
        backend.remember(EMBEDDED, secrets.token_hex(32))
    return made


def _fill(draft: Path, keys: Sequence[Key], mode: int) -> None:
    draft.chmod(mode)
    draft.write_text("".join(f"{key.made} {key.secret.hex()}\n" for key in keys), encoding="ascii")


def _read(path: Path) -> tuple[Key, ...]:
    try:
        rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        keys = tuple(Key(made, bytes.fromhex(secret)) for made, secret in rows)
    except OSError as error:
        raise CollectError("密钥文件打不开", where=str(path), got=error.strerror or "", cure="检查读权限") from error
    except ValueError:
        keys = ()
    if not keys or any(len(key.secret) < 32 for key in keys):
        raise CollectError("密钥文件损坏", where=str(path), cure=f"从备份取回 {FILE}")
    return keys


def _new() -> Key:
    return Key(_now(), secrets.token_bytes(32))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _mode(study: Study) -> int:
    return SHARED if study.sections.get("access", {}).get("group") else OWNER
