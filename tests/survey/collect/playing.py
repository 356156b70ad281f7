"""Run a scenario against a started application, in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from survey.collect.serving.app import App
from survey.collect.serving.server import build
from survey.collect.serving.web import Response
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


Message = dict[str, Any]
HANGS = object()
"""An event that does not come."""


async def served(
    app: App, method: str, path: str, *events: Any, query: bytes = b"", address: str = "a", **more: Any
) -> list[Message]:
    """What an ASGI server gets for the events of a request; `more` of its scope."""
    waiting, sent = list(events), []

    async def receive() -> Message:
        event = waiting.pop(0)
        if event is HANGS:
            await asyncio.sleep(60)
        return event  # type: ignore[no-any-return]

    async def send(message: Any) -> None:
        sent.append(message)

    client = (address, 1)
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "client": client}
    await app({**scope, "headers": [(b"host", b"127.0.0.1:8600")], **more}, receive, send)
    return sent


def piece(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def ask(app: App, method: str, path: str, body: bytes = b"", **more: Any) -> Response:
    """The response to a request whose body comes in one piece; `more` is that of `served`."""
    start, content = await served(app, method, path, piece(body), **more)
    return Response(start["status"], content["body"], tuple(start["headers"]))


async def put(app: App, identity: str, body: bytes, address: str = "10.0.0.1") -> Response:
    """The response to an answer."""
    return await ask(app, "PUT", f"/r/{app.receiver.name}/{identity}", body, address=address)
