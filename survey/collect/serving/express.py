"""Fast path for submissions through the server.

The regular path creates a scope, a task, an event, two timers and several dictionaries per request, which doubles the
CPU time of a submission. A submission needs none of them: once its bytes are complete the receiver takes it, and its
commit writes the reply. Only a plain PUT takes this path (HTTP/1.1, a content length, no other request in progress on
the connection); any other request takes the regular path through `App` and gets the same response.

This subclass relies on attributes of uvicorn's protocol that uvicorn does not promise to keep, so requirements pin
uvicorn exactly, and tests/survey/collect/serving/test_express_base.py fails when that protocol is another one.
"""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from survey.collect.serving.app import App
from survey.collect.serving.clients import forwarded
from survey.collect.serving.web import Request, Response

LOG = logging.getLogger("silu.collect")
UNUSUAL = frozenset({b"transfer-encoding", b"upgrade", b"content-encoding", b"expect"})
"""Headers that rule out the fast path."""
NOTED = UNUSUAL | {b"content-length"}
IDENTITY = 36
"""Letters of the id of an answer."""
HEAD_LIMIT = 1 << 16
"""Maximum size of headers, bytes; a browser sends one or two thousand."""


class Visit:
    """A submission on the fast path, with the interface that uvicorn expects of a request in progress."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self) -> None:
        """Start without a request in progress."""
        self.response_complete = self.keep_alive = True
        self.disconnected = False
        self.message_event = asyncio.Event()


class ExpressProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with a fast path for submissions and a timeout for idle connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep the application and its receiver."""
        super().__init__(*args, **kwargs)
        assert isinstance(self.app, App)
        self._app = self.app
        self._prefix = f"/r/{self._app.receiver.name}/".encode()
        self._visit = Visit()
        self._short = False
        self._length = -1
        self._usual = True
        self._body: list[bytes] = []
        self._head = 0
        self._heard = 0.0
        self._seen: list[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout of the connection."""
        super().connection_made(transport)
        self._heard = self.loop.time()
        self._watch = self.loop.call_later(self.timeout_keep_alive, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timeout."""
        self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Close an idle connection; one timer per connection, not per request.

        A request that is still the same at the next check (slow body, or unread reply) is aborted; each request has its
        own list of headers, which identifies it.
        """
        silent = self.loop.time() - self._heard
        busy = self._head > 0 or (self.cycle is not None and not self.cycle.response_complete)
        if self.transport.is_closing() or (busy and self._seen is self.headers):
            self.transport.abort()
            return
        self._seen = self.headers if busy else None
        if not busy and silent >= self.timeout_keep_alive:
            self.transport.close()
        wait = self.timeout_keep_alive if busy else self.timeout_keep_alive - min(silent, self.timeout_keep_alive - 1)
        self._watch = self.loop.call_later(wait, self._look)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; reject endless headers."""
        self._heard = self.loop.time()
        super().data_received(data)
        if self._head:
            self._head += len(data)
            if self._head > HEAD_LIMIT and not self.transport.is_closing():
                self.send_400_response("Headers too long.")

    def on_message_begin(self) -> None:
        """Start a request; create what the regular path needs only when it is needed."""
        self._head = 1
        self._short = False
        self._length = -1
        self._usual = True
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, and note whether it rules out the fast path."""
        name = name.lower()
        if name in NOTED:
            if name == b"content-length":
                self._length = int(value)
            else:
                self._usual = False
                self.expect_100_continue |= name == b"expect" and value.lower() == b"100-continue"
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Choose the path."""
        self._head = 0
        if self._plain():
            self._short = True
            self._body = []
            self._visit.response_complete = False
            self._visit.keep_alive = self.parser.should_keep_alive()
            self.cycle = self._visit  # type: ignore[assignment]
            return
        url, headers, waits = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, waits
        self.headers.extend(headers)
        super().on_headers_complete()

    def _plain(self) -> bool:
        """Return whether a request may take the fast path."""
        if not (self._usual and 0 <= self._length <= self._app.receiver.settings.body_limit):
            return False
        idle = self.cycle is None or self.cycle.response_complete
        answer = len(self.url) == len(self._prefix) + IDENTITY and self.url.startswith(self._prefix)
        if not (idle and answer and self.parser.get_method() == b"PUT"):
            return False
        return not self.flow.write_paused and bool(self.parser.get_http_version() == "1.1")

    def on_body(self, body: bytes) -> None:
        """Keep a chunk of the body."""
        if self._short:
            self._body.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Pass the submission to the receiver."""
        if not self._short:
            super().on_message_complete()
            return
        self._short = False
        address = self.client[0] if self.client else ""
        if address in self._app.trusted:
            address = forwarded(self.headers) or address
        path = self.url.decode("latin-1")
        request = Request(address, b"".join(self._body))
        receiver = self._app.receiver
        try:
            receiver.take(request, receiver.name, path[len(self._prefix) :], self._reply)
        except Exception:
            LOG.exception("an answer could not be judged")
            self._visit.keep_alive = False
            self._reply(Response(500, b"Internal Server Error", ((b"content-type", b"text/plain"),)))

    def _reply(self, response: Response) -> None:
        """Write a response at once; then process data that arrived on the connection meanwhile."""
        visit = self._visit
        visit.response_complete = True
        if self.parser is None or self.transport.is_closing():
            return
        closing = b"" if visit.keep_alive else b"connection: close\r\n"
        head = _head(response.status, response.headers)
        self.transport.write(b"%b%bcontent-length: %d\r\n\r\n%b" % (head, closing, len(response.body), response.body))
        if not visit.keep_alive:
            self.transport.close()
        elif self.pipeline:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1


@lru_cache(maxsize=64)
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Return status line and headers, cached."""
    return STATUS_LINE[status] + b"".join(b"%b: %b\r\n" % header for header in headers)
