"""Deadlines of calls to a Spark Connect server: the client sets none, and would wait for ever for one that is stuck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from grpc import (
    StatusCode,
    StreamUnaryClientInterceptor,
    UnaryStreamClientInterceptor,
    UnaryUnaryClientInterceptor,
)

RESULTS = "ExecutePlan", "ReattachExecute"
"""Calls that bring results as they come."""
LONGEST = {True: 180.0, False: 120.0}
"""Seconds that a call may take, by whether it brings results.

A server that works ends such a call after two minutes, and the client takes it up where it was
(`spark.connect.execute.reattachable.senderMaxStreamDuration`).
"""
LEAVING = 5.0
"""Seconds that a call may take after one has taken too long: those that end the session."""


class _Details(NamedTuple):
    """What grpc asks of the details of a call."""

    method: str
    timeout: float | None
    metadata: Sequence[tuple[str, str | bytes]] | None
    credentials: Any
    wait_for_ready: bool | None
    compression: Any


class Deadlines(UnaryUnaryClientInterceptor, UnaryStreamClientInterceptor, StreamUnaryClientInterceptor):  # type: ignore[misc]
    """Gives every call a deadline, after which it fails with DEADLINE_EXCEEDED."""

    def __init__(self) -> None:
        """Start with a server that answers."""
        self._late = False

    def intercept_unary_unary(self, continuation: Callable[[Any, Any], Any], details: Any, request: Any) -> Any:
        """Make a call for one answer."""
        return self._call(continuation, details, request)

    def intercept_unary_stream(self, continuation: Callable[[Any, Any], Any], details: Any, request: Any) -> Any:
        """Make a call for answers as they come."""
        return self._call(continuation, details, request)

    def intercept_stream_unary(self, continuation: Callable[[Any, Any], Any], details: Any, request: Any) -> Any:
        """Make a call that sends files."""
        return self._call(continuation, details, request)

    def _call(self, continuation: Callable[[Any, Any], Any], details: Any, request: Any) -> Any:
        seconds = LEAVING if self._late else LONGEST[details.method.rpartition("/")[2] in RESULTS]
        asked = _Details(
            details.method, seconds, details.metadata, details.credentials, details.wait_for_ready, details.compression
        )
        call = continuation(asked, request)
        call.add_done_callback(self._ended)
        return call

    def _ended(self, call: Any) -> None:
        self._late = self._late or call.code() is StatusCode.DEADLINE_EXCEEDED
