"""Backend: what an inbox needs of the table behind it. SQLite by default, PostgreSQL when several hosts write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from survey.collect.inbox.submission import (
    Arrival,
    Holdings,
    Reached,
    Receipt,
    Step,
    Stored,
    Submission,
    SubmissionHead,
)


class Backend(Protocol):
    """A durable table of submissions: SQLite by default, PostgreSQL when several hosts write."""

    def write(self, submissions: Sequence[Submission], steps: Sequence[Step] = ()) -> list[Receipt]:
        """Store a batch in one transaction; on return it survives a power cut."""

    def find(self, identity: bytes) -> tuple[Receipt, bytes] | None:
        """Return receipt and SHA-256 of a submission; None when it is unknown."""

    def spent(self, token: str) -> bool:
        """Return whether this invitation was used."""

    def read(self, after: int, limit: int) -> list[Stored]:
        """Return submissions numbered above `after`, oldest first, without erased; damaged ones are not `intact`."""

    def withdraw(self, number: int, at: int) -> bool:
        """Erase the body; return False when there is no such submission or it is erased already."""

    def withdrawn(self, after: int) -> list[tuple[int, bytes]]:
        """Return number of the withdrawal and id of the submission, oldest first."""

    def scrub(self) -> bool:
        """Clear remains of erased bodies outside the table; return False when other connections prevent it."""

    def envelopes(self, after: int, limit: int) -> list[SubmissionHead]:
        """Return submissions numbered above `after` without bodies and without erased ones."""

    def arrivals(self, after: int, limit: int) -> list[Arrival]:
        """Return submissions by an open link numbered above `after`, oldest first, without erased ones."""

    def bodies(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the raw JSON of some submissions, oldest first, without erased ones."""

    def erased(self) -> list[int]:
        """Return the numbers of submissions with erased bodies."""

    def reached(self, since: int = 0) -> list[Reached]:
        """Return counts of last steps since a time (milliseconds since 1970)."""

    def remember(self, key: str, value: str, *, once: bool = False) -> str:
        """Keep a setting and return the value in force; with `once` the first value ever set remains."""

    def recall(self, key: str) -> str | None:
        """Return a setting kept by `remember`."""

    def faults(self) -> list[str]:
        """Return faults of the table and its indexes, in Chinese; the submissions themselves are not checked."""

    def recalled(self, prefix: str) -> dict[str, str]:
        """Return settings whose key begins with a prefix: rest of the key -> value."""

    def forget(self, key: str) -> None:
        """Remove a setting; ignore a missing one."""

    def holdings(self, wave: str) -> Holdings:
        """Return what is still stored of the submissions of a wave."""

    def contacts(self, wave: str, after: int, limit: int) -> list[Stored]:
        """Return submissions of a wave numbered above `after` with contacts, oldest first, without erased ones."""

    def clear(self, submissions: Sequence[Stored], at: int) -> None:
        """Replace submissions by the same without their contacts, in one transaction."""

    def clear_erased(self, wave: str, at: int) -> int:
        """Remove the contacts of erased submissions of a wave; return how many had any."""

    def tokens(self, wave: str) -> list[str]:
        """Return the invitations used by submissions of a wave."""

    def expire(self, wave: str, at: int, limit: int) -> int:
        """Erase the bodies of the oldest submissions of a wave, `limit` at most; return how many."""

    def expired(self) -> list[int]:
        """Return the numbers of submissions whose bodies were erased at the end of their period."""

    def drop_steps(self, before: int) -> int:
        """Remove steps before a time (milliseconds since 1970); return how many."""

    def close(self) -> None:
        """Release the connection."""
