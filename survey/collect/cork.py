"""Head and body of a response leave in one system call.

uvicorn writes them one after the other, and at thousands of small answers a second the second call is a third of what
the server does. The cork keeps what is written within one turn of the event loop and writes it once, at its end.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Cork:
    """A transport that gathers the writes of one turn.

    Args:
        transport: where they go.
        loop: the event loop.
    """

    __slots__ = ("_held", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Hold nothing yet."""
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep for the end of this turn."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)

    def flush(self) -> None:
        """Write what is held."""
        if self._held:
            held, self._held = b"".join(self._held), []
            self._transport.write(held)

    def close(self) -> None:
        """Write what is held, then close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)


class CorkedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol behind a cork."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the cork between."""
        super().connection_made(Cork(transport, self.loop))  # type: ignore[arg-type]
