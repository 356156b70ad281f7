# ruff: noqa: D102, D107, N802 - a disk speaks with the method names that SQLite calls
"""Power cuts: an acknowledged answer must survive, on a simulated disk that keeps only what was synced.

    python -m benchmarks.collect_powercut --trials 1000

An APSW VFS holds every file in memory as SQLite wrote it, and beside it as the platter would hold it: writes reach
the platter at xSync only. At a random moment the power goes. What was synced is kept, and in half of the trials also
a random choice of the writes still under way, each perhaps torn at a 512-byte sector. The inbox is opened again on
that image, and every acknowledged submission must be there, whole, once. The same is done with synchronous NORMAL,
which must be seen to lose some: otherwise the disk would prove nothing.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from survey.collect.inbox.inbox import State, Submission
from survey.collect.inbox.sqlite import SqliteBackend

SECTOR = 512


class PowerCutError(Exception):
    """Simulated loss of power while SQLite was writing."""


@dataclass
class File:
    """One file: its written content, its synced content, and the writes between the two."""

    written: bytearray = field(default_factory=bytearray)
    synced: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        put(self.written, offset, data)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        del self.written[size:]
        self.pending.append((size, None))

    def sync(self) -> None:
        self.synced = bytearray(self.written)
        self.pending.clear()


def put(image: bytearray, offset: int, data: bytes) -> None:
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """A disk in memory that can lose its power.

    Args:
        name: VFS name, unique.
        files: what is on the platter at the start.
        fuse: writes and syncs until the power goes; None for never.
    """

    def __init__(self, name: str, files: dict[str, bytes] | None = None, fuse: int | None = None) -> None:
        self.name, self.fuse = name, fuse
        self.fault: type[Exception] | None = None
        self.files = {path: File(bytearray(data), bytearray(data)) for path, data in (files or {}).items()}
        super().__init__(name, base="")

    def connect(self, path: Path) -> apsw.Connection:
        """Connect to this disk; exclusive, because the simulated disk has no shared memory."""
        connection = apsw.Connection(str(path), vfs=self.name)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        return connection

    def burn(self) -> None:
        """Count one write or sync towards the power cut."""
        if self.fault is not None:
            raise self.fault("as planned")
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                raise PowerCutError

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the content of the disk after the power comes back."""
        keep = chance.choice([0.0, 0.5])
        return {path: bytes(survived(file, keep, chance)) for path, file in self.files.items()}

    def xOpen(self, name: Any, flags: list[int]) -> Handle:
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return Handle(self, self.files.setdefault(path, File()))

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.files.pop(name, None)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self.files

    def xFullPathname(self, name: str) -> str:
        return name


def survived(file: File, keep: float, chance: random.Random) -> bytearray:
    image = bytearray(file.synced)
    for offset, data in file.pending:
        if chance.random() >= keep:
            continue
        if data is None:
            del image[offset:]
        else:
            whole = chance.random() < 0.7
            cut = len(data) if whole else SECTOR * chance.randint(0, len(data) // SECTOR)
            put(image, offset, data[:cut])
    return image


class Handle:
    """An open file of the disk."""

    def __init__(self, disk: Disk, file: File) -> None:
        self.disk, self.file = disk, file

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self.file.written[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.burn()
        self.file.write(offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        self.disk.burn()
        self.file.truncate(size)

    def xSync(self, flags: int) -> None:
        self.disk.burn()
        self.file.sync()

    def xFileSize(self) -> int:
        return len(self.file.written)

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xLock(self, level: int) -> None: ...
    def xUnlock(self, level: int) -> None: ...
    def xClose(self) -> None: ...


@dataclass(frozen=True)
class Trial:
    """One power cut: submissions acknowledged, of those lost, doubled or changed, and whether the file opened again."""

    acked: int
    lost: int
    readable: bool


def trial(seed: int, group: int, submissions: list[Submission], synchronous: str = "FULL") -> Trial:
    """Write submissions in groups until the power goes, then check."""
    chance = random.Random(seed)
    disk = Disk(f"cut{seed}{synchronous}{group}")
    path = Path("/inbox/i.sqlite")
    folder = tempfile.TemporaryDirectory()  # what the inbox puts beside its file
    backend = SqliteBackend(Path(folder.name) / "i.sqlite", lambda _: disk.connect(path))
    backend._connection.execute(f"PRAGMA synchronous={synchronous}")
    disk.fuse = chance.randint(1, 1500 if group == 1 else 500)
    if chance.random() < 0.3:
        backend._connection.execute("PRAGMA wal_autocheckpoint=20").fetchall()
    acked: list[Submission] = []
    try:
        for start in range(0, len(submissions), group):
            batch = submissions[start : start + group]
            assert all(receipt.state is State.STORED for receipt in backend.write(batch))
            acked += batch
    except (PowerCutError, apsw.Error):
        pass
    image = disk.after_cut(chance)
    disk.fuse = None  # the image is taken; errors of the old process no longer matter
    backend.close()
    folder.cleanup()
    return look(image, acked, f"after{seed}{synchronous}{group}")


def look(image: dict[str, bytes], acked: list[Submission], name: str) -> Trial:
    """Open the image and compare it with what was acknowledged."""
    disk = Disk(name, image)
    path = Path("/inbox/i.sqlite")
    folder = tempfile.TemporaryDirectory()
    try:
        backend = SqliteBackend(Path(folder.name) / "i.sqlite", lambda _: disk.connect(path))
        found = [stored.submission for stored in backend.read(0, 1 << 30)]
        sound = backend._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except apsw.Error:
        folder.cleanup()
        return Trial(len(acked), len(acked), False)
    backend.close()
    folder.cleanup()
    kept = {submission.id: submission for submission in found}
    assert len(kept) == len(found), "a letter came back twice"
    return Trial(len(acked), sum(kept.get(submission.id) != submission for submission in acked), sound)


def report(trials: int, submissions: list[Submission]) -> str:
    """Return the Markdown table of all settings."""
    lines = [
        "| synchronous | group | power cuts | acked | lost | worst cut | unreadable | CPU s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    plan = (("FULL", 1, trials // 2), ("FULL", 20, trials - trials // 2), ("NORMAL", 1, 20), ("NORMAL", 20, 20))
    for synchronous, group, count in plan:
        start = time.process_time()
        done = [trial(seed, group, submissions, synchronous) for seed in range(count)]
        lines.append(
            f"| {synchronous} | {group} | {count} | {sum(t.acked for t in done):,} | {sum(t.lost for t in done):,} "
            f"| {max(t.lost for t in done)} | {sum(not t.readable for t in done)} "
            f"| {time.process_time() - start:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    from tests.survey.collect.inbox.inbox_submissions import submission

    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=1000)
    count = parser.parse_args().trials
    print(report(count, [submission(number, b"x" * 640 + b"%d" % number) for number in range(1, 401)]))


if __name__ == "__main__":
    main()
