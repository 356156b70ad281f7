"""Set bursts apart before their answers reach the store; the answers are stored like all others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import numpy as np
import orjson
import pandas as pd

from survey.collect.draining.stuffing import REASONS, Ints, suspects, unseen_of
from survey.collect.inbox.inbox import Backend
from survey.collect.inbox.salvage import is_malformed
from survey.collect.inbox.submission import Arrival
from survey.collect.settings import CHINA, collect_settings
from survey.study.burst_log import Found, burst_log
from survey.study.study import Study

BACK = 50_000
"""Number of earlier submissions that new ones are compared with, at most."""
DAY = 24 * 3_600_000
"""Age of the earliest one, milliseconds before the first new one."""
PAGE = 50_000
INTACT = (int, bytes, str, int, str)
"""Types of the first columns of an arrival; a damaged table has others."""


def keep_bursts_apart(study: Study, backend: Backend, after: int, until: int) -> int:
    """Set bursts among the submissions numbered above `after` and up to `until` apart, with earlier ones of theirs.

    Returns:
        Number of submissions that were in no burst before.

    Raises:
        StoreError: the log of bursts cannot be written.
    """
    return burst_log(study).set_apart(bursts_of(study, backend, after, until))


def bursts_of(study: Study, backend: Backend, after: int, until: int) -> list[Found]:
    """Return the bursts among submissions by an open link, wave by wave; none where the inbox is damaged."""
    try:
        arrivals = _recent(backend, after, until)
    except Exception as error:
        if not is_malformed(error):
            raise
        return []
    minimum = collect_settings(study).minimum_seconds * 1000
    found: list[Found] = []
    for wave in dict.fromkeys(one.wave for one in arrivals):
        mine = [one for one in arrivals if one.wave == wave]
        table = pd.DataFrame(mine, columns=list(Arrival._fields))
        some = suspects(table, unseen_of(table, minimum), lambda numbers: _digests(backend, numbers))
        found += [_found([mine[row] for row in one.rows.tolist()], one.reasons) for one in some]
    return found


def _recent(backend: Backend, after: int, until: int) -> list[Arrival]:
    """Return new submissions and those of the day before the first of them; none where there is nothing new."""
    arrivals = [one for one in _pages(backend, max(0, after - BACK), until) if tuple(map(type, one[:5])) == INTACT]
    first = next((one.received for one in arrivals if one.number > after), None)
    return [] if first is None else [one for one in arrivals if one.received >= first - DAY]


def _pages(backend: Backend, after: int, until: int) -> Iterator[Arrival]:
    while after < until and (found := backend.arrivals(after, PAGE)):
        yield from (one for one in found if one.number <= until)
        after = found[-1].number


def _found(some: list[Arrival], reasons: frozenset[str]) -> Found:
    first, last = (
        datetime.fromtimestamp(one.received / 1000, CHINA).replace(tzinfo=None) for one in (some[0], some[-1])
    )
    ids = frozenset(str(UUID(bytes=one.id)) for one in some)
    return Found(some[0].wave, first, last, ids, "；".join(REASONS[name] for name in REASONS if name in reasons))


def _digests(backend: Backend, numbers: Ints) -> Ints:
    """Return a hash of the coded answers of each submission; all different where one was erased meanwhile."""
    bodies = backend.bodies(numbers.tolist())
    if len(bodies) != len(numbers):
        return -numbers
    found = np.array([_digest(body) for body in bodies], dtype=np.int64)
    order = np.argsort(numbers, kind="stable")  # bodies come in order of number
    placed = np.empty_like(found)
    placed[order] = found
    return placed


def _digest(body: bytes) -> int:
    """Return a hash of the answers without texts, of the whole body where it is damaged."""
    try:
        coded = {name: value for name, value in orjson.loads(body)["answers"].items() if type(value) is not str}
        text = orjson.dumps(coded, option=orjson.OPT_SORT_KEYS)
    except (ValueError, KeyError, TypeError, AttributeError):
        text = body
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)
