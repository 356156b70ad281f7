"""Submissions lose their contacts: the hints beside the body, and in the body what the phone said of itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import orjson

from survey.collect.inbox.inbox import Backend, Stored
from survey.collect.links.revocations import expired_memory, revoke_used
from survey.collect.links.seals import Seals
from survey.study.terms import Wave

CONTACT_KEYS = ("device", "token", "pass")
"""Keys of a body that name the phone, the invitation and the interviewer."""
CHUNK = 200
"""Submissions of one transaction, so that the receiver waits for milliseconds at most."""


def clear_submissions(backend: Backend, seals: Seals, wave: Wave, today: date, at: int) -> tuple[int, tuple[int, ...]]:
    """Take the contacts out of every submission of a wave; what was interrupted goes on where it stopped.

    An invitation that would still be valid is revoked first: only the submission kept it from being used again.

    Args:
        backend: the inbox.
        seals: of the same inbox.
        wave: the wave.
        today: Beijing time.
        at: milliseconds since 1970.

    Returns:
        How many submissions were cleared, and numbers of those that are damaged: they stay as they are until they are
        repaired, for their checksum is all that tells what they were.
    """
    for token in backend.tokens(wave.name):
        revoke_used(backend, seals, token, today)
    cleared, damaged, after = 0, [], 0
    while found := backend.contacts(wave.name, after, CHUNK):
        after = found[-1].number
        damaged += [one.number for one in found if not one.intact]
        backend.clear([_cleared(one) for one in found if one.intact], at)
        cleared += sum(one.intact for one in found)
    return cleared + backend.clear_erased(wave.name, at), tuple(damaged)


def forget_expired(backend: Backend, today: date, days: int) -> int:
    """Drop what is remembered of invitations and interviewers long after none of it is good; how many entries."""
    keys = expired_memory(backend, today, days)
    for key in keys:
        backend.forget(key)
    return len(keys)


def _cleared(one: Stored) -> Stored:
    submission = one.submission
    content = orjson.loads(submission.body)
    kept = {key: value for key, value in content.items() if key not in CONTACT_KEYS}
    body = submission.body if kept == content else orjson.dumps(kept)
    digest = hashlib.sha256(body).digest()
    return replace(one, submission=submission._replace(body=body, sha256=digest, device="", address="", token=None))
