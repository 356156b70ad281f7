"""Objects of a backup: contents stored once, named by their SHA-256, encrypted where there are recipients.

Encryption is age (https://age-encryption.org/v1) by pyrage. The public key on this machine can only encrypt; a restore
needs the identity file.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from survey.errors import ArgumentError, StoreError
from survey.host.disk import sha256_of, write_whole

CHUNK, TRIES = 2**20, 5


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One content in the backup.

    Attributes:
        sha256: SHA-256 of the content.
        size: bytes of the content.
        stored: SHA-256 of the file in the backup; differs from `sha256` where the content is encrypted.
    """

    sha256: str
    size: int
    stored: str


class _ChangedError(Exception):
    """A file changed while it was copied."""


class ObjectStore:
    """Folder of contents.

    Args:
        folder: created where missing.
        recipients: age public keys ("age1..."); without any, contents are not encrypted.
    """

    def __init__(self, folder: Path, recipients: Sequence[str] = ()) -> None:
        """Validate the recipients."""
        self.folder = folder
        self._keys = [_recipient(text) for text in recipients]
        # Contents are stored separately for each set of recipients: a new key cannot open the old files.
        readers = hashlib.sha256("\n".join(sorted(recipients)).encode()).hexdigest()[:8]
        self._ending = f".{readers}.age" if recipients else ""

    def put(self, path: Path, known: Mapping[str, StoredObject]) -> StoredObject:
        """Store the content of a file unless it is stored already.

        Args:
            path: the file.
            known: SHA-256 -> content of an earlier snapshot for the same recipients. A stored file that is unknown or
                has another size was left by an interrupted copy, and is written again.

        Raises:
            OSError: the file has gone, or the target cannot be written; existing contents are unchanged.
            StoreError: the file changed each time while it was copied.
        """
        for _ in range(TRIES):
            with suppress(_ChangedError):  # a log grows by a line now and then
                return self._put(path, known)
        raise StoreError("文件在备份时一再被改动", where=path.name, cure="再备份一次")

    def _put(self, path: Path, known: Mapping[str, StoredObject]) -> StoredObject:
        digest, size = sha256_of(path), path.stat().st_size
        before, kept = known.get(digest), self.place(digest)
        if before and kept.exists() and (self._keys or kept.stat().st_size == size):
            return before
        write_whole(kept, lambda copy: self._fill(path, copy, digest))
        return StoredObject(digest, size, sha256_of(kept))

    def place(self, sha256: str) -> Path:
        """Return the path of a content."""
        return self.folder / sha256[:2] / f"{sha256}{self._ending}"

    def fault(self, one: StoredObject) -> str:
        """Return the fault of a stored content, in Chinese; "" when it is intact."""
        path = self.place(one.sha256)
        try:
            return "" if sha256_of(path) == one.stored else "内容已损坏"
        except FileNotFoundError:
            return "文件不见了"
        except OSError as error:
            return f"读不出来：{error.strerror}"

    def get(self, one: StoredObject, target: Path, identities: Sequence[Any] = ()) -> None:
        """Write a content to a path and verify it.

        Raises:
            StoreError: the content is missing or damaged, or no identity can decrypt it.
        """
        if fault := self.fault(one):
            cure = "用 silu restore --list 看更早的备份，或换一份备份"
            raise StoreError(f"备份里的一份内容不能用：{fault}", where=one.sha256[:16], cure=cure)
        target.parent.mkdir(parents=True, exist_ok=True)
        source = self.place(one.sha256)
        if self._keys:
            _decrypt(source, target, identities)
        else:
            shutil.copyfile(source, target)
        if sha256_of(target) != one.sha256:
            raise StoreError("解密后的内容和备份时不同", where=one.sha256[:16], cure="换一份更早的备份")

    def _fill(self, path: Path, copy: Path, digest: str) -> None:
        with path.open("rb") as source, copy.open("wb") as target:
            reader = _Hashing(source)
            if self._keys:
                import pyrage

                pyrage.encrypt_io(reader, target, self._keys)
            else:
                shutil.copyfileobj(reader, target, CHUNK)
        if reader.hash.hexdigest() != digest:
            raise _ChangedError


class _Hashing:
    """A reader that hashes the bytes it returns."""

    def __init__(self, source: IO[bytes]) -> None:
        self.hash = hashlib.sha256()
        self._read: Callable[[int], bytes] = source.read

    def read(self, size: int = -1) -> bytes:
        block = self._read(size)
        self.hash.update(block)
        return block


def read_identities(path: Path) -> list[Any]:
    """Return the private keys of an age identity file.

    Raises:
        ArgumentError: no such file, or no key in it.
    """
    from pyrage import IdentityError, x25519

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except (OSError, UnicodeDecodeError, IdentityError) as error:
        raise ArgumentError("私钥文件不能用", where=str(path), got=str(error)) from error
    if not found:
        raise ArgumentError("私钥文件里没有私钥", where=str(path), expected="以 AGE-SECRET-KEY- 开头的一行")
    return found


def _recipient(text: str) -> Any:
    from pyrage import RecipientError, x25519

    try:
        return x25519.Recipient.from_str(text)
    except RecipientError as error:
        cure = "用 age-keygen 生成一对密钥，这里写 age1 开头的公钥"
        raise ArgumentError("加密备份的公钥不对", got=text, expected="age1 开头的公钥", cure=cure) from error


def _decrypt(source: Path, target: Path, identities: Sequence[Any]) -> None:
    from pyrage import DecryptError, decrypt_io

    if not identities:
        raise ArgumentError("这份备份是加密的", cure="用 --identity 指出私钥文件；私钥丢了，任何人都不能恢复")
    try:
        with source.open("rb") as reader, target.open("wb") as writer:
            decrypt_io(reader, writer, list(identities))
    except DecryptError as error:
        raise ArgumentError("私钥打不开这份备份", got=str(error), cure="换成备份时那把公钥对应的私钥文件") from error
