"""A simulated disk that keeps only synced data: it watches a folder and computes what a power cut leaves of it.

All writers are watched, Python and Rust libraries alike: the tree is read before every fsync, rename, removal and new
folder. File content is safe as of the last fsync of the file, a name as of the last fsync of its folder. Everything
else may be present, missing or truncated, in any combination. SQLite syncs by itself and its files are taken as they
are; power cuts inside its commits are tested in `benchmarks.collect_powercut`.
"""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

SQLITE = (".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal")
SKIPPED = (".lock", "lock")
Names = dict[str, tuple[int, bool]]
"""Name in a folder -> its number, and whether it is a folder; numbers of removed folders are given out again."""


@dataclass
class Platter:
    """What is safe of a folder.

    Attributes:
        root: the folder; all that lies there at the start is safe.
        shadow: an empty folder on the same disk; links in it keep the number of a file from being given to another.
        safe: number of a file -> its content at the last fsync.
        names: number of a folder -> the names in it at the last fsync.
        seen: number of a file -> its content when last looked at, and what that look found.
    """

    root: Path
    shadow: Path
    safe: dict[int, bytes] = field(default_factory=dict)
    names: dict[int, Names] = field(default_factory=dict)
    seen: dict[int, tuple[bytes, tuple[int, int]]] = field(default_factory=dict)
    live: dict[int, Names] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Treat all existing files as synced."""
        self.look()
        self.names = {number: dict(names) for number, names in self.live.items()}
        self.safe = {number: content for number, (content, _) in self.seen.items()}

    def look(self) -> None:
        """Read the tree as programs currently see it."""
        before, self.live = self.live, {}
        for folder, _, files in os.walk(self.root):
            path = Path(folder)
            listed = {
                entry.name: (entry.inode(), entry.is_dir()) for entry in os.scandir(path) if self._watched(entry.name)
            }
            number = path.stat().st_ino
            self.live[number] = listed
            if number not in before:
                self.names.pop(number, None)
            for name in files:
                if name in listed:
                    self._read(path / name)

    def _watched(self, name: str) -> bool:
        return not name.endswith(SQLITE) and not name.endswith(SKIPPED)

    def _read(self, path: Path) -> None:
        facts = path.stat()
        known = self.seen.get(facts.st_ino)
        when = (facts.st_size, facts.st_mtime_ns)
        if known is None:
            os.link(path, self.shadow / str(facts.st_ino))
        if known is None or known[1] != when:
            self.seen[facts.st_ino] = (path.read_bytes(), when)

    def synced(self, handle: int) -> None:
        """Mark a file, or the names in a folder, as synced."""
        facts = os.fstat(handle)
        if stat.S_ISDIR(facts.st_mode):
            if facts.st_ino in self.live:
                self.names[facts.st_ino] = dict(self.live[facts.st_ino])
        elif facts.st_ino in self.seen:
            self.safe[facts.st_ino] = self.seen[facts.st_ino][0]

    def cut(self, target: Path, chance: random.Random) -> None:
        """Write the state after a power cut at this moment; copy SQLite files unchanged."""
        keep = chance.choice([0.0, 0.5, 0.9, 1.0])
        self._folder(self.root.stat().st_ino, target, keep, chance)
        for path in self.root.rglob("*.sqlite*"):
            if path.name.endswith(SQLITE):
                place = target / path.relative_to(self.root)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(path.read_bytes())

    def _folder(self, number: int, target: Path, keep: float, chance: random.Random) -> None:
        target.mkdir(parents=True, exist_ok=True)
        safe, live = self.names.get(number, {}), self.live.get(number, {})
        for name in sorted({*safe, *live}):
            chosen = live.get(name) if chance.random() < keep else safe.get(name)
            if chosen is None:
                continue
            if chosen[1]:
                self._folder(chosen[0], target / name, keep, chance)
            else:
                (target / name).write_bytes(self._content(chosen[0], keep, chance))

    def _content(self, number: int, keep: float, chance: random.Random) -> bytes:
        safe, live = self.safe.get(number, b""), self.seen[number][0]
        if safe == live or chance.random() < keep:
            return live
        kept = safe if live.startswith(safe) else b""  # lines that are added do not touch those that were synced
        torn = live[: chance.randint(len(kept), len(live))]
        rest = bytes(len(live) - len(torn))
        return chance.choice([safe, kept, torn, kept + bytes(len(live) - len(kept)), torn + rest])


@contextmanager
def watched(platter: Platter, moment: Callable[[], None]) -> Iterator[None]:
    """Call `moment` before every step at which a power cut could occur, while the block runs."""
    fsync, looking = os.fsync, False

    def look() -> None:
        nonlocal looking
        if not looking:  # a cut writes its image with the same functions
            looking = True
            platter.look()
            moment()
            looking = False

    def step(handle: int) -> None:
        look()
        fsync(handle)
        platter.synced(handle)

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **more: Any) -> Any:
            look()
            return function(*args, **more)

        return stepped

    with (
        patch("os.fsync", step),
        patch("os.replace", before(os.replace)),
        patch("os.unlink", before(os.unlink)),
        patch("os.mkdir", before(os.mkdir)),
    ):
        yield
