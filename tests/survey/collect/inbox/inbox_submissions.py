"""Submissions for the inbox tests."""

from __future__ import annotations

import hashlib
import uuid

from survey.collect.inbox.inbox import Submission


def submission(number: int, body: bytes | None = None, *, token: str | None = None) -> Submission:
    content = body if body is not None else b'{"answers":{"A1":%d}}' % number
    return Submission(
        id=uuid.UUID(int=number, version=4).bytes,
        study="demo",
        wave="W1",
        mode="online",
        version="1",
        place=990101001001,
        received=1_800_000_000_000 + number,
        sha256=hashlib.sha256(content).digest(),
        token=token,
        device="d",
        address="a",
        flags="",
        body=content,
    )
