"""Passwords: what a new one must look like, one-time passwords, and argon2id hashes, at most two computed at once."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from survey.errors import AccountError

SHORTEST, LONGEST, KINDS = 8, 200, 3
"""Characters of a password, and kinds of characters: capital letter, small letter, digit, any other."""
EXPECTED = "至少 8 个字符，大写字母、小写字母、数字、其他字符（汉字、符号）四类里至少三类，不含用户名"
AT_ONCE, QUEUE, PATIENCE = 2, 16, 20.0
"""Hashes computed at once (64 MiB each), requests that may wait for one, and seconds that each waits."""
LETTERS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")
"""Characters of one-time passwords, without those that look alike."""


def check_password(text: str, name: str) -> str:
    """Return a new password in the form that is hashed (NFKC, so that every keyboard writes the same).

    Raises:
        AccountError: it is too short or long, has too few kinds of characters, or contains the name.
    """
    password = normal(text)
    kinds = {_kind(char) for char in password}
    named = len(name) > 2 and name.casefold() in password.casefold()
    if not SHORTEST <= len(password) <= LONGEST or len(kinds) < KINDS or named:
        raise AccountError("口令太简单", expected=EXPECTED, cure="换一个口令")
    return password


def normal(text: str) -> str:
    """Return a password in the form that is hashed."""
    return unicodedata.normalize("NFKC", text)


def one_time_password() -> str:
    """Return a password of three groups of four characters, each group with three kinds: about 66 bits."""
    mixed = "".join(LETTERS)
    groups = []
    for _ in range(3):
        group = [secrets.choice(letters) for letters in LETTERS] + [secrets.choice(mixed)]
        secrets.SystemRandom().shuffle(group)
        groups.append("".join(group))
    return "-".join(groups)


@dataclass(frozen=True)
class Hasher:
    """Hash and check passwords; requests beyond the queue are refused.

    Whoever guesses must not keep the others out: addresses with wrong tries have one place and the first half of the
    queue together, and the second half takes one request from each other address.

    Attributes:
        method: argon2id and its cost.
        queue: requests that may wait for a place.
        patience: seconds that each may wait.
    """

    method: argon2.PasswordHasher = field(default_factory=argon2.PasswordHasher)
    queue: int = QUEUE
    patience: float = PATIENCE
    _places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE), init=False)
    _doubtful: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE - 1), init=False)
    _asking: Counter[str] = field(default_factory=Counter, init=False)
    _counting: threading.Lock = field(default_factory=threading.Lock, init=False)
    _nobody: str = field(init=False)

    def __post_init__(self) -> None:
        """Make the hash against which the passwords of unknown names are checked."""
        object.__setattr__(self, "_nobody", self.method.hash(secrets.token_hex(16)))

    def hash(self, password: str) -> str:
        """Return the hash of a password of `check_password`.

        Raises:
            AccountError: too many requests are waiting.
        """
        with self.place():
            return self.method.hash(password)

    def matches(self, hashed: str, text: str) -> bool:
        """Return whether a password belongs to a hash; never for "", after the same work. Call it within `place`."""
        try:
            return self.method.verify(hashed or self._nobody, normal(text[:LONGEST])) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False

    @contextmanager
    def place(self, address: str = "", *, doubtful: bool = False) -> Iterator[None]:
        """Wait for one of the places.

        Args:
            address: network address of the request; "" for this machine.
            doubtful: whether wrong tries came from it.

        Raises:
            AccountError: too many requests are waiting, or this one waited too long.
        """
        self._queue_up(address, doubtful=doubtful)
        try:
            with ExitStack() as held:
                for places in (self._doubtful, self._places) if doubtful else (self._places,):
                    if not places.acquire(timeout=self.patience):
                        raise _busy()
                    held.callback(places.release)
                yield
        finally:
            self._leave(address)

    def _queue_up(self, address: str, *, doubtful: bool) -> None:
        with self._counting:
            waiting, most = self._asking.total(), self.queue + AT_ONCE
            reserved = 2 * waiting >= most and (doubtful or self._asking[address] > 0)
            if waiting >= most or reserved:
                raise _busy()
            self._asking[address] += 1

    def _leave(self, address: str) -> None:
        with self._counting:
            self._asking[address] -= 1
            if not self._asking[address]:
                del self._asking[address]


def _kind(char: str) -> str:
    if char.isascii() and char.isalpha():
        return "upper" if char.isupper() else "lower"
    return "digit" if char.isdigit() else "other"


def _busy() -> AccountError:
    return AccountError("现在登录的人太多", cure="过半分钟再试")
