"""A scenario played against a started application, in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from survey.collect.app import App
from survey.collect.server import build
from survey.study.study import Study

GOOD = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "E0": 1}
"""Answers that the default questionnaire takes."""


def play(study: Study, scenario: Callable[[App], Awaitable[None]], watchers: frozenset[str] = frozenset()) -> None:
    """Run a scenario against a started application."""

    async def run() -> None:
        app = build(study, watchers=watchers)
        app.receiver.inbox.start()
        try:
            await scenario(app)
        finally:
            app.receiver.inbox.close()

    asyncio.run(run())
