"""Letters: an answer as it came, what the inbox says of it, and what is known without opening it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Submission(NamedTuple):
    """One answer as the phone sent it; the order of the fields is the order of the columns in the table.

    Attributes:
        id: the client's UUIDv7, 16 bytes.
        study: short name of the study.
        wave, mode, version: what it answers, how, and which questionnaire.
        place: 12-digit community code, None where the link names none.
        received: milliseconds since 1970 (UTC) on the server's clock.
        sha256: of the body, 32 bytes.
        token: single-use invitation, None for an open link.
        device, address: keyed hashes, hints for the burst report; never the address itself.
        flags: comma-joined remarks (honeypot, fast), empty when there is nothing to say.
        body: the raw JSON.
    """

    id: bytes
    study: str
    wave: str
    mode: str
    version: str
    place: int | None
    received: int
    sha256: bytes
    token: str | None
    device: str
    address: str
    flags: str
    body: bytes


_FIXED = (bytes, str, str, str, str)
TYPES = frozenset(
    (*_FIXED, place, int, bytes, token, str, str, str, bytes)
    for place in (int, type(None))
    for token in (str, type(None))
)
"""Types that the fields of a letter may have; a damaged table gives others."""


def mark_of(letter: Submission) -> bytes:
    """A checksum of everything about a letter but its body, which has one of its own; kept beside it."""
    return hashlib.blake2b(repr(tuple(letter[:-1])).encode("utf-8", "surrogatepass"), digest_size=8).digest()


class State(StrEnum):
    """What became of a letter."""

    STORED = "stored"
    SAME = "same"
    DIFFERENT = "different"
    SPENT = "spent"
    WITHDRAWN = "withdrawn"


class Receipt(NamedTuple):
    """The inbox's word on one letter: its running number and what became of it."""

    number: int
    state: State

    @classmethod
    def again(cls, met: tuple[int, bytes, bool], digest: bytes) -> Receipt:
        """The word on a letter whose id is there already.

        Args:
            met: running number, sha256 and "withdrawn" of the letter that came first.
            digest: sha256 of the body that came now.
        """
        number, kept, erased = met
        if erased:
            return cls(number, State.WITHDRAWN)
        return cls(number, State.SAME if kept == digest else State.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Step:
    """How far someone has come: the question on the screen. Never counted as an answer."""

    id: bytes
    study: str
    question: str
    at: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A letter read back, with its running number.

    Attributes:
        number: its running number.
        letter: what is there now.
        mark: `mark_of` the letter when it came; None where the version before has stored it.
    """

    number: int
    letter: Submission
    mark: bytes | None = None

    @classmethod
    def lost(cls, number: int) -> Stored:
        """One that was acknowledged and cannot be read."""
        return cls(number, Submission(b"", "", "", "", "", None, 0, b"", None, "", "", "", b""))

    @property
    def intact(self) -> bool:
        """Whether body and envelope are what was acknowledged."""
        letter = self.letter
        if tuple(map(type, letter)) not in TYPES or hashlib.sha256(letter.body).digest() != letter.sha256:
            return False
        return self.mark is None or self.mark == mark_of(letter)


class SubmissionHead(NamedTuple):
    """A letter without its body, for counting: its running number, and the rest as in the letter."""

    number: int
    received: int
    mode: str
    place: int | None
    device: str
    address: str
    flags: str


@dataclass(frozen=True, slots=True)
class Reached:
    """How many people have a question as their last step, and how many of those have sent their answers."""

    question: str
    count: int
    finished: int
