"""A carrier's honest residents and a script, played through the real receiver on a clock of its own."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass

from survey.collect.serving.app import App
from survey.collect.serving.web import Request, Response
from survey.study.study import Study
from tests.survey.collect.playing import ask, play
from tests.survey.collect.town import answers_of, body_of, uuid7

POOL = 300
"""Different sets of answers in the play."""
PAUSE = 1000
"""Submissions between two waits for the inbox."""


@dataclass(frozen=True, order=True)
class Act:
    """One submission: when it is sent (seconds from the start), from where, and when its form was opened, if it was."""

    at: float
    address: str
    identity: str
    opened: float | None = None


def residents(address: str, n: int, chance: random.Random) -> list[Act]:
    """People of one hour behind one address; each takes two to nine minutes."""
    sent = (chance.uniform(0, 3600) for _ in range(n))
    return [Act(at, address, uuid7(chance), at - chance.uniform(120, 540)) for at in sent]


def script(addresses: int, each: int, seconds: float, chance: random.Random) -> list[Act]:
    """Submissions of a script that never opens the form, in the middle of that hour."""
    return [
        Act(1800 + chance.uniform(0, seconds), f"198.{18 + at // 250}.{at % 250}.7", uuid7(chance))
        for at in range(addresses)
        for _ in range(each)
    ]


def submit(study: Study, acts: Sequence[Act], begin: float, chance: random.Random) -> list[int]:
    """Send all submissions in the order of time and return the statuses; the durations they state are all plausible."""
    bodies = [body_of(study, "@" * 36, answers_of(study.questionnaire, chance), place=None) for _ in range(POOL)]
    opened = [(act.opened, False, act) for act in acts if act.opened is not None]
    events = list(heapq.merge(sorted(opened), sorted((act.at, True, act) for act in acts)))
    statuses: list[int] = []

    async def scenario(app: App) -> None:
        waiting: list[asyncio.Future[Response]] = []
        for at, sending, act in events:
            app.receiver.clock = lambda at=at: begin + at  # type: ignore[misc]
            if not sending:
                step = f"{act.identity} consent".encode()
                await ask(app, "POST", f"/p/{app.receiver.name}", step, address=act.address)
                continue
            body = chance.choice(bodies).replace(b"@" * 36, act.identity.encode())
            future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
            app.receiver.take(Request(act.address, body), app.receiver.name, act.identity, future.set_result)
            waiting.append(future)
            if len(waiting) == PAUSE:
                statuses.extend(one.status for one in await asyncio.gather(*waiting))
                waiting.clear()
        statuses.extend(one.status for one in await asyncio.gather(*waiting))

    play(study, scenario)
    return statuses
