"""An account file with cheap hashes and a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import argon2
import pytest

from accounts.audit.log import Act, record
from accounts.clock import Clock
from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.users import User, add_users
from survey.host.access import Role
from survey.host.person import use_source

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The product's hashes take 64 MiB; those of the tests 8 KiB."""
RIGHT, WRONG = "Kp7x-Wm3q", "Kp7x-Wm3r"


@dataclass
class Hands:
    """The hands of a clock: the computer's, and the count since its start."""

    wall: float = 1_800_000_000.0
    elapsed: float = 1000.0

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.elapsed += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def entry(tmp_path: Path, hands: Hands) -> Entry:
    """Two people: 张三 is a leader, li of one district."""
    made = Entry(account_file(tmp_path), hasher=Hasher(CHEAP), clock=clock_of(hands))
    made.file.make()
    now, hashed = made.clock.now(), made.hasher.hash(RIGHT)
    leader = User("zhang", "张三", Role.LEADER, made=now, changed=now)
    add_users(made.file, [(leader, hashed), (replace(leader, name="li", role=Role.UNIT, district="东城区"), hashed)])
    return made


def clock_of(hands: Hands) -> Clock:
    """Return a clock as one that a process sets at its start."""
    return Clock(lambda: hands.wall, lambda: hands.elapsed)


@pytest.fixture(autouse=True)
def nobody_acts() -> Iterator[None]:
    yield
    use_source(None)


@pytest.fixture
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key and the head of the log, of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a study, empty but for its log."""
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


def fill(root: Path, count: int) -> None:
    """Log some views."""
    for number in range(count):
        record(root, Act.VIEW, {"page": f"p{number}", "version": 3})
