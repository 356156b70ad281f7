"""Submissions as received, their receipts, and their metadata."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32


class Submission(NamedTuple):
    """One submission as the phone sent it; fields are in the order of the columns of the table.

    Attributes:
        id: the client's UUIDv7, 16 bytes.
        study: short name of the study.
        wave, mode, version: wave, mode of collection, and version of the questionnaire.
        place: 12-digit community code, None where the link names none.
        received: milliseconds since 1970 (UTC) on the server's clock.
        sha256: SHA-256 of the body, 32 bytes.
        token: single-use invitation, None for an open link.
        device, address: keyed hashes, hints for the burst report; never the address itself.
        flags: comma-joined remarks (honeypot, fast), empty for none.
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
"""Types that the fields of a submission may have; a damaged table has others."""


def mark_of(submission: Submission, number: int = 0) -> bytes:
    """Return a CRC-32 of the number and all fields but the body, which has its own checksum; it is stored beside them.

    It finds every damage of up to 32 bits in a row, and is computed while others wait for the commit: it must be fast.

    Args:
        submission: the submission.
        number: its number; 0 where the database assigns it only on insertion.
    """
    identity, study, wave, mode, version, place, received, digest, token, device, address, flags, _ = submission
    about = f"{number}\n{study}\n{wave}\n{mode}\n{version}\n{place}\n{received}"
    words = f"{about}\n{token!r}\n{device}\n{address}\n{flags}"
    return crc32(identity + digest + words.encode("utf-8", "surrogatepass")).to_bytes(4, "big")


class State(StrEnum):
    """Outcome of a submission."""

    STORED = "stored"
    SAME = "same"
    DIFFERENT = "different"
    SPENT = "spent"
    WITHDRAWN = "withdrawn"


class Receipt(NamedTuple):
    """Receipt of one submission: its number and its outcome."""

    number: int
    state: State

    @classmethod
    def again(cls, met: tuple[int, bytes, bool], digest: bytes) -> Receipt:
        """Return the receipt of a submission whose id is known.

        Args:
            met: number, SHA-256 and "withdrawn" of the first submission.
            digest: SHA-256 of the new body.
        """
        number, kept, erased = met
        if erased:
            return cls(number, State.WITHDRAWN)
        return cls(number, State.SAME if kept == digest else State.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of a respondent: the question on the screen. Never counted as an answer."""

    id: bytes
    study: str
    question: str
    at: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored submission with its number.

    Attributes:
        number: its number.
        submission: its stored content.
        mark: `mark_of` submission and number on arrival; None where an early version stored it.
    """

    number: int
    submission: Submission
    mark: bytes | None = None

    @classmethod
    def lost(cls, number: int) -> Stored:
        """Return a submission that was acknowledged and is unreadable."""
        return cls(number, Submission(b"", "", "", "", "", None, 0, b"", None, "", "", "", b""))

    @property
    def intact(self) -> bool:
        """Return whether body and envelope are unchanged since the acknowledgement."""
        submission = self.submission
        if tuple(map(type, submission)) not in TYPES or hashlib.sha256(submission.body).digest() != submission.sha256:
            return False
        return self.mark is None or self.mark in (mark_of(submission, self.number), mark_of(submission))


class SubmissionHead(NamedTuple):
    """A submission without its body, for counting: its number and its other fields."""

    number: int
    received: int
    mode: str
    place: int | None
    device: str
    address: str
    flags: str


class Arrival(NamedTuple):
    """A submission by an open link without its answers, with the server's own times.

    Attributes:
        number: its number.
        id: the client's UUIDv7, 16 bytes.
        wave: its wave.
        received: milliseconds since 1970 at which the server took it.
        address: keyed hashes of its network and block of addresses, see `Receiver`.
        opened: milliseconds since 1970 at which the server first heard of this form; None for never.
        seen: whether the server ever heard of this form before it was sent; earlier versions kept no `opened`.
    """

    number: int
    id: bytes
    wave: str
    received: int
    address: str
    opened: int | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """Number of people whose last step is a question, and how many of those have submitted."""

    question: str
    count: int
    finished: int


class Holdings(NamedTuple):
    """What an inbox still holds of a wave.

    Attributes:
        contacts: letters with contacts.
        bodies: letters with their bodies.
        size: bytes of the bodies.
    """

    contacts: int
    bodies: int
    size: int
